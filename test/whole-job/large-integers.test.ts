import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect } from 'vitest';
import { test } from '../hostile/meddler.fixture.ts';
import { on } from '../hostile/meddler.ts';
import { reportOf } from './launch.fixture.ts';
import { userOf } from './said.fixture.ts';

/** As Okta writes them; the first is one that no double holds. */
const GIVEN =
  '"badge":9007199254740993,"least":-9007199254740993,"cards":[12345678901234567890,7],"plain":9007199254740991';
/** As they are carried: docs/decisions/0015. */
const CARRIED = {
  badge: '9007199254740993',
  least: '-9007199254740993',
  cards: ['12345678901234567890', 7],
  plain: 9_007_199_254_740_991,
};

test("whole job, large integers: integers that no double holds reach the intake with every digit, from Okta's answer and from the inventory", async ({
  makeStage,
  meddleWith,
}) => {
  const { okta, intake, stateDir, run } = await makeStage({ org: { users: 6 } });
  const meddler = await meddleWith(
    okta.url,
    on(/^\/api\/v1\/users(\?|\/[^/]+$)/, ({ body }) => ({
      body: body.replaceAll('"profile":{', `"profile":{${GIVEN},`),
    })),
  );
  const mapping = join(stateDir, 'mapping.yaml');
  await writeFile(mapping, '- to: user.domain\n  from: profile.badge\n');
  const env = { OKTA_BASE_URL: meddler.url, DIALECT: 'ocsf-1.6.0', RAW_DATA: 'true', MAPPING_FILE: mapping };

  const { users } = reportOf(await run(['sync'], { env }));
  const resent = reportOf(await run(['sync', '--resend'], { env }));

  expect([users.emitted, users.dead_lettered, resent.users.emitted]).toEqual([users.listed, 0, users.listed]);
  expect(intake.received).toHaveLength(2 * users.listed);
  for (const { item } of intake.received) {
    expect(item['unmapped']).toMatchObject({ okta: { custom: CARRIED } });
    expect(JSON.parse(String(item['raw_data']))).toMatchObject({ profile: CARRIED });
    expect(userOf(item)['domain']).toBe(CARRIED.badge);
  }
});
