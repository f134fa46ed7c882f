import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'vitest';
import { endpointOf } from '../src/okta/endpoints.ts';
import { reportOf } from './whole-job/launch.fixture.ts';
import { makeServiceApp } from './whole-job/service-app.fixture.ts';
import { test } from './whole-job/stage.fixture.ts';

const SOURCE = join(import.meta.dirname, '../src');
const COMMENT = /\/\*[\s\S]*?\*\//g;
const PATH = /['"`](GET )?\/(api\/v1|oauth2\/v1|\.well-known)\//;

test('endpoints: what the reports of a full and an incremental run count stands in the table of endpoints', async ({
  makeStage,
}) => {
  const { oauth, env } = makeServiceApp();
  const { org, okta, run } = await makeStage({ okta: { oauth } });
  const name = org.groups.find(({ type }) => type === 'OKTA_GROUP')?.name ?? '';
  const deactivated = { INCLUDE_DEPROVISIONED: 'true' };
  const reports = [
    reportOf(await run(['sync'], { env: { ...env, ...deactivated } })),
    reportOf(await run(['sync', '--incremental'], { env: { ...env, ...deactivated } })),
    reportOf(await run(['sync', '--full'], { env: { ...env, INCLUDE_GROUPS: name } })),
  ];

  const counted = reports.flatMap((report) => Object.keys(report.okta.calls));

  expect(reports.map(({ error }) => error)).toEqual([undefined, undefined, undefined]);
  expect(counted.length).toBeGreaterThan(10);
  expect(counted.filter((template) => endpointOf(template) === undefined)).toEqual([]);
  expect([...okta.calls.keys()].filter((template) => endpointOf(template) === undefined)).toEqual([]);
});

/** The simulator has its own idea of what Okta is. The command `hooks` writes, with a credential of its own, and no run counts its calls. */
test('endpoints: no other file spells the path of an endpoint, but the one of the command that writes', () => {
  const files = readdirSync(SOURCE, { recursive: true, encoding: 'utf8' }).filter(
    (path) => path.endsWith('.ts') && !/\.(test|fixture)\.ts$/.test(path) && !path.startsWith('simulator'),
  );

  const spelling = files.filter((path) =>
    PATH.test(readFileSync(join(SOURCE, path), 'utf8').replaceAll(COMMENT, '')),
  );

  expect(spelling.toSorted()).toEqual([join('okta', 'endpoints.ts'), join('okta', 'hooks', 'api.ts')]);
});
