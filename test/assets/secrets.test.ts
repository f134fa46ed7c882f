import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { DEFAULT_DEVICES_CONNECTOR_UUID, DEFAULT_TOKEN, PLANTED_SECRET } from '../../src/simulator/index.ts';
import { changing } from '../incremental/changing-stage.fixture.ts';
import type { Ended } from '../whole-job/launch.fixture.ts';
import { test } from '../whole-job/stage.fixture.ts';

const ENV = {
  ASSETS: 'groups,apps,app-users,rules,devices,org',
  APP_USERS: 'all',
  SEKOIA_DEVICES_CONNECTOR_UUID: DEFAULT_DEVICES_CONNECTOR_UUID,
  DIALECT: 'ocsf-1.6.0',
  RAW_DATA: 'true',
  LOG_LEVEL: 'trace',
};
const ORG = { users: 60, apps: 24, appsForEveryone: 2, usersPerApp: 8, rules: 6, devices: 12 };
const FORMATS = ['ndjson', 'opengraph', 'sqlite', 'neo4j'] as const;

/** Every file below a folder, as a text that shows any run of bytes. */
function textsIn(folder: string): readonly string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map(({ parentPath, name }) => readFileSync(join(parentPath, name), 'latin1'));
}

/** The places at which a text shows what the simulated org has planted there, and activation secrets of factors. */
function leaksIn(texts: readonly string[]): readonly string[] {
  const leak = new RegExp(`${PLANTED_SECRET}[\\w-]*|sharedSecret|SECRET[A-Z0-9]{8,}`, 'gu');
  return [...new Set(texts.flatMap((text) => text.match(leak) ?? []))];
}

test('no credential, key, phone number or note turns up in the state, a log, an event or an export', async ({
  makeStage,
  expect,
}) => {
  const { okta, intake, stateDir, run, mutations, org } = changing(await makeStage({ org: ORG }));
  const said: Ended[] = [];
  const does = async (...argv: readonly string[]): Promise<void> => {
    said.push(await run(argv, { env: ENV }));
  };

  await does('sync');
  mutations.randomChanges(20, 3);
  const user = org.users.find(({ status }) => status === 'ACTIVE')?.id ?? '';
  const others = org.assets.apps.filter(({ ownUsers }) => ownUsers.get(user)?.scope !== 'USER');
  for (const { id } of others.slice(0, 6)) mutations.assignUser(id, user);
  await does('sync', '--incremental');
  await does('dry-run', '--assets', 'groups,apps,rules,roles,devices,org');
  for (const format of FORMATS)
    await does('graph', 'export', '--format', format, '--out', join(stateDir, format));
  await does('graph', 'export', '--access', 'effective');

  const asked = ['apps?limit=200', 'org', 'devices?expand=userSummary', `users/${user}/factors`];
  const authorization = { headers: { authorization: `SSWS ${DEFAULT_TOKEN}` } };
  const answers = await Promise.all(
    asked.map(async (path) => (await fetch(`${okta.url}/api/v1/${path}`, authorization)).text()),
  );
  expect(leaksIn(answers).length).toBeGreaterThan(10);
  expect(said.map(({ code }) => code)).toEqual(said.map(() => 0));
  expect(said[0]?.stderr).toContain('"level":"trace"');
  expect(intake.received.length).toBeGreaterThan(ORG.users);
  expect(textsIn(stateDir).length).toBeGreaterThan(FORMATS.length + 10);
  const told = said.flatMap(({ stdout, stderr }) => [stdout, stderr]);
  expect(leaksIn([...told, JSON.stringify(intake.received), ...textsIn(stateDir)])).toEqual([]);
});
