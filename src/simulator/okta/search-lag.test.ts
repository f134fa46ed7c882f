import { afterEach, expect, test } from 'vitest';
import { createMutations, createOrg, startOktaServer, type OktaServer } from '../index.ts';
import { ask, idsOf, walk } from '../loopback.fixture.ts';

const START = Date.UTC(2026, 7, 21, 9);
const LAG = 2_000;
let now = START;
let server: OktaServer | undefined;

afterEach(() => server?.close());

async function search(kind: string, expression: string): Promise<string[]> {
  return (
    await walk(`${server?.url}/api/v1/${kind}?limit=9&search=${encodeURIComponent(expression)}`)
  ).flat();
}

test('simulated okta, search lag: a search shows users as they were; lists and single questions as they are', async () => {
  const org = createOrg({ users: 40, deprovisionedShare: 0.1 });
  server = await startOktaServer(org, { now: () => now, rates: { limits: 1e9 }, searchLagMs: LAG });
  const mutations = createMutations(org, { now: server.now });
  const [first = '', second = ''] = org.users.filter(({ status }) => status === 'ACTIVE').map(({ id }) => id);
  const gone = org.users.find(({ status }) => status === 'DEPROVISIONED')?.id ?? '';
  const sinceStart = `lastUpdated ge "${new Date(START).toISOString()}"`;
  const deprovisioned = await search('users', 'status eq "DEPROVISIONED"');
  const [created = ''] = mutations.createUser().users;
  mutations.updateProfile(first, { title: 'new' });
  mutations.deactivate(second);
  mutations.deleteUser(gone);

  now += LAG - 1;
  expect(await search('users', sinceStart)).toEqual([]);
  expect(await search('users', 'status eq "DEPROVISIONED"')).toEqual(deprovisioned);
  expect(idsOf(await ask(`${server.url}/api/v1/users`))).toEqual(
    org.users.filter(({ status }) => status !== 'DEPROVISIONED').map(({ id }) => id),
  );
  expect((await ask(`${server.url}/api/v1/users/${created}`)).status).toBe(200);
  expect((await ask(`${server.url}/api/v1/users/${gone}`)).status).toBe(404);
  expect((await ask(`${server.url}/api/v1/users/${gone}/factors`)).status).toBe(404);

  now += 1;
  expect((await search('users', sinceStart)).toSorted()).toEqual([first, second, created].toSorted());
  expect((await search('users', 'status eq "DEPROVISIONED"')).toSorted()).toEqual(
    [...deprovisioned.filter((id) => id !== gone), second].toSorted(),
  );
});

test('simulated okta, search lag: a search shows groups as they were', async () => {
  const org = createOrg({ users: 40, groups: 12 });
  server = await startOktaServer(org, { now: () => now, rates: { limits: 1e9 }, searchLagMs: LAG });
  const mutations = createMutations(org, { now: server.now });
  const plain = org.groups.filter(({ type, roles }) => type === 'OKTA_GROUP' && roles.length === 0);
  const [renamed = '', joined = '', deleted = ''] = plain.map(({ id }) => id);
  const user = org.users.find((each) => each.groups.every(({ id }) => id !== joined));
  const at = new Date(now).toISOString();
  const moved = `lastUpdated ge "${at}" or lastMembershipUpdated ge "${at}"`;
  const isDeleted = `id eq "${deleted}"`;
  mutations.renameGroup(renamed, { name: 'Renamed' });
  mutations.addMember(joined, user?.id ?? '');
  mutations.deleteGroup(deleted);

  expect(await search('groups', moved)).toEqual([]);
  expect(await search('groups', isDeleted)).toEqual([deleted]);
  expect(idsOf(await ask(`${server.url}/api/v1/groups`))).not.toContain(deleted);

  now += LAG;
  expect((await search('groups', moved)).toSorted()).toEqual([renamed, joined].toSorted());
  expect(await search('groups', isDeleted)).toEqual([]);
});
