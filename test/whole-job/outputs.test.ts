import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe } from 'vitest';
import { faultsOf } from '../output-faults.ts';
import { expectedEvents, userOf } from './said.fixture.ts';
import { test, type Stage } from './stage.fixture.ts';

/** An org with users of whom no event can be made, and an intake that refuses one user. */
async function makeOddStage(makeStage: (options: object) => Promise<Stage>) {
  const refused = new Set<string>();
  const stage = await makeStage({
    org: { users: 30, brokenUsers: true },
    intake: {
      refuseEvent: (event: Readonly<Record<string, unknown>>) =>
        refused.has(String(userOf(event)['uid'])) ? 422 : undefined,
    },
  });
  const [first = '', second = ''] = expectedEvents(stage.org).keys();
  refused.add(first);
  return { stage, refused: first, sent: second };
}

test('whole job, outputs: a field too few, too many or with another value is a fault', ({ expect }) => {
  const replayed = { version: 1, offered: 0, read_again: 0, overtaken: 0, without_id: 0 };
  const { without_id: _, ...fewer } = replayed;
  const faults = [replayed, fewer, { ...replayed, more: 1 }, { ...replayed, version: 2 }].map(
    (output) => faultsOf('dead-letters-replay', output).length,
  );

  // Both schemas find the fault, but a later version may add a field, which only the closed one finds.
  expect(faults).toEqual([0, 2, 1, 2]);
});

describe('whole job, outputs of --json', () => {
  test('fit the schemas that docs/reference.md names, and tell no field that these do not', async ({
    makeStage,
    expect,
  }) => {
    const { stage, refused, sent } = await makeOddStage(makeStage);
    const theirs = join(stage.stateDir, 'theirs.ndjson');
    const fits = async (schema: string, argv: readonly string[], env = {}): Promise<unknown> => {
      const { code, stdout } = await stage.run([...argv, '--json'], { env, sleepsFaster: 50 });
      const output: unknown = JSON.parse(stdout);
      expect([argv, faultsOf(schema, output)]).toEqual([argv, []]);
      return [code, output];
    };

    await fits('settings', ['settings']);
    await fits('test', ['test'], { OKTA_API_TOKEN: '00wrongwrongwrong' });
    await fits('test', ['test']);
    await fits('plan', ['plan', '--quick'], { LOOKUPS: 'factors' });
    await fits('plan', ['plan']);
    await stage.run(['sync']);
    const plan = await fits('plan', ['plan']);
    await fits('explain', ['explain', sent]);
    const ofRefused = await fits('explain', ['explain', refused]);
    await fits('explain', ['explain', sent], { LOOKUPS: 'groups,factors', DIALECT: 'ocsf-1.6.0' });
    const [event, ...others] = [...stage.intake.latestByUid().values()];
    await writeFile(theirs, JSON.stringify([{ ...event, severity_id: 99 }, ...others.slice(1)]));
    const compared = await fits('compare', ['compare', theirs]);
    const letters = await fits('dead-letters', ['dead-letters']);
    const replayed = await fits('dead-letters-replay', ['dead-letters', 'replay']);
    const waiting = await fits('explain', ['explain', refused]);
    await fits('report', ['report']);

    // Each output had in it what the schema tells of.
    expect(plan).toMatchObject([0, { version: 1, basis: 'inventory', next_full_run: {} }]);
    expect(ofRefused).toMatchObject([0, { version: 1, delivery: { refused: { by: 'intake' } } }]);
    expect(compared).toMatchObject([
      4,
      { version: 1, summary: { users: { different: 1, 'only-there': 0 } } },
    ]);
    expect(letters).toMatchObject([
      0,
      {
        version: 1,
        dead_letters: expect.arrayContaining([
          expect.objectContaining({ refused_by: 'intake', event: expect.any(Object) }),
          expect.objectContaining({ refused_by: 'mapping' }),
        ]),
      },
    ]);
    expect(replayed).toMatchObject([0, { version: 1, offered: 1 }]);
    expect(waiting).toMatchObject([0, { delivery: { waiting: { has_left: false } } }]);
  });
});
