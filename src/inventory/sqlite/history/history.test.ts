import { describe, expect, test } from 'vitest';
import { aUser, known, unknown } from '../../../enrich/facets.fixture.ts';
import type { Factor, Group, Role } from '../../../ports/org.ts';
import { aReport } from '../../../ports/report.fixture.ts';
import { createRedactor } from '../../../shaping/redaction.ts';
import {
  aReading,
  createScene,
  EVERYONE,
  meddle,
  NOW,
  pageOf,
  pages,
  saveMembers,
  sized,
  type Scene,
} from '../inventory.fixture.ts';

const HISTORY = { days: 30, asked: 'everything' };
const BASELINE = Date.UTC(2026, 6, 1);
const LATER = '2026-07-15T10:00:00.000Z';
const SMS: Factor = { id: 'fac1', type: 'sms', provider: 'OKTA', status: 'ACTIVE' };
const PUSH: Factor = { id: 'fac2', type: 'push', provider: 'OKTA', status: 'PENDING_ACTIVATION' };
const SUPER: Role = { id: 'ra1', type: 'SUPER_ADMIN', label: 'Super', status: 'ACTIVE' };
const CUSTOM: Role = { id: 'ra2', type: 'CUSTOM', label: 'Desk', status: 'ACTIVE', roleId: 'cr1' };
const OF_GROUP: Role = { ...SUPER, id: 'ra3', type: 'APP_ADMIN', assignmentType: 'GROUP' };
const PAYROLL = { id: '0oa1', label: 'Payroll', status: 'ACTIVE' };
const USERS_OF_APP = { kind: 'app-users', owner: '0oa1' } as const;

const holding = (roles: readonly Role[]) => known({ roles, includesGroups: true });
const own = (...ids: readonly string[]) => known(ids.map(groupOf));
/** Everybody's own list names it. */
const withEveryone = (...ids: readonly string[]) => known([...ids.map(groupOf), EVERYONE]);
const groupOf = (id: string): Group => ({
  id,
  name: `Group ${id}`,
  description: undefined,
  type: 'OKTA_GROUP',
});

/** Ends the first full run, and opens the inventory as the next run does. */
async function afterFirstRun(scene: Scene, history = HISTORY): Promise<Scene> {
  const usersCursor = BASELINE;
  await scene.runs.saveState({ fullRuns: 1, fullEndedAt: BASELINE, usersCursor });
  return again(scene, history);
}

function again(scene: Scene, history = HISTORY): Scene {
  return { ...scene, ...scene.reopen({ history, runId: 'run 2' }) };
}

/** The changes that were told since the last call, a line each. */
function listen(scene: Scene): () => Promise<string[]> {
  let after = 0;
  return async () => {
    // This commits what was gathered.
    await scene.runs.saveState({});
    const rows =
      scene.query(`SELECT sequence, concat_ws(' ', what, subject_id, object_id, before, after) AS says
      FROM changes WHERE sequence > ${after} ORDER BY sequence`);
    return rows.map((row) => {
      const { sequence, says } = { sequence: 0, says: '', ...Object(row) };
      after = Number(sequence);
      return String(says);
    });
  };
}

const at = (changes: object) => aReading({ askedAt: NOW, readAt: NOW, ...changes });

describe('inventory, history', () => {
  test('the first full run tells nothing; then users, roles, factors and groups are told as they change', async () => {
    const first = createScene({ history: HISTORY });
    await first.groups.save(pageOf(EVERYONE, sized('g1'), sized('g2')), undefined);
    const user = aUser({ id: 'u1' });
    await first.users.save(
      at({ user, factors: known([SMS]), roles: holding([SUPER, OF_GROUP]), groups: own('g1') }),
    );
    await saveMembers(first, 'g2', pages(['u2']));
    const scene = await afterFirstRun(first);
    const told = listen(scene);
    expect(await told()).toEqual([]);

    // The same again in another order, with another sign-in, and after a failure.
    const signedIn = { ...user, lastLogin: LATER, lastUpdated: '2026-08-01T09:00:00.000Z' };
    await scene.users.save(at({ user: signedIn, factors: unknown(), roles: unknown(), groups: unknown() }));
    await scene.users.save(
      at({
        user: signedIn,
        factors: known([SMS]),
        roles: holding([OF_GROUP, SUPER]),
        groups: withEveryone('g1'),
      }),
    );
    expect(await told()).toEqual([]);

    const moved = { ...signedIn, status: 'SUSPENDED' };
    await scene.users.save(
      at({ user: moved, factors: known([PUSH]), roles: holding([CUSTOM]), groups: withEveryone('g2') }),
    );
    await scene.users.save(
      at({
        user: moved,
        factors: known([{ ...PUSH, status: 'ACTIVE' }]),
        roles: holding([{ ...CUSTOM, label: 'Renamed' }]),
      }),
    );
    await scene.groups.saveRoles('g2', known([SUPER]), NOW, 0);
    expect(await told()).toEqual([
      'user-status u1 ACTIVE SUSPENDED',
      'factor-added u1 fac2 {"type":"push","provider":"OKTA","status":"PENDING_ACTIVATION"}',
      'factor-removed u1 fac1 {"type":"sms","provider":"OKTA","status":"ACTIVE"}',
      'role-added u1 cr1 {"type":"CUSTOM","label":"Desk","status":"ACTIVE"}',
      'role-removed u1 SUPER_ADMIN {"type":"SUPER_ADMIN","label":"Super","status":"ACTIVE"}',
      'membership-removed u1 g1',
      'membership-added u1 g2',
      'factor-status u1 fac2 PENDING_ACTIVATION ACTIVE',
    ]);

    await scene.groups.saveRoles('g2', known([]), NOW + 1, 0);
    await saveMembers(scene, 'g2', pages([]), { readAt: NOW + 2, now: () => NOW + 3 });
    await scene.users.remove('u1');
    expect(await told()).toEqual([
      'group-role-removed g2 SUPER_ADMIN {"type":"SUPER_ADMIN","label":"Super","status":"ACTIVE"}',
      'membership-removed u1 g2',
      'user-gone u1 SUSPENDED',
    ]);
  });

  test('what was never known before is no change when it is first read', async () => {
    const first = createScene({ history: HISTORY });
    await first.groups.save(pageOf(sized('g1'), sized('g2')), undefined);
    await first.users.save(at({ user: aUser({ id: 'u1' }), factors: unknown(), groups: 'by-membership' }));
    const scene = await afterFirstRun(first);
    const told = listen(scene);

    await saveMembers(scene, 'g2', pages(['u1', 'u2']));
    await scene.users.save(
      at({
        user: aUser({ id: 'u1' }),
        factors: known([SMS]),
        roles: holding([SUPER]),
        groups: own('g1', 'g2'),
      }),
    );
    await scene.groups.saveRoles('g2', known([SUPER]), NOW, 0);
    await scene.assets.save('app', [PAYROLL], 10, 10);
    await scene.assets.noteListed('app', 10);
    await scene.assets.replaceSet(USERS_OF_APP, only({ id: 'u1', scope: 'USER' }), 10);
    // One who was there all the time: left out by the settings, or unreadable.
    await scene.users.save(at({ user: aUser({ id: 'u2' }), factors: known([SMS]) }));
    await scene.users.forget('u2');

    expect(await told()).toEqual([]);
  });

  test('all that a new user or a new group has is told, whichever is read first', async () => {
    const first = createScene({ history: HISTORY });
    await first.groups.save(pageOf(EVERYONE, sized('g1')), undefined);
    await saveMembers(first, 'g1', pages([]));
    const scene = await afterFirstRun(first);
    const told = listen(scene);

    await saveMembers(scene, 'g1', pages(['u1']));
    await scene.groups.save(pageOf(sized('g2', { created: LATER })), undefined);
    await scene.groups.saveRoles('g2', known([SUPER]), NOW, 0);
    const reading = {
      user: aUser({ id: 'u1', created: LATER }),
      factors: known([SMS]),
      roles: holding([CUSTOM]),
    };
    await scene.users.save(at({ ...reading, groups: withEveryone('g1', 'g2') }));
    await scene.users.save(
      at({ user: aUser({ id: 'u9', created: '2020-01-01T00:00:00.000Z', statusChanged: LATER }) }),
    );

    expect(await told()).toEqual([
      'group-appeared g2 Group g2',
      'group-role-added g2 SUPER_ADMIN {"type":"SUPER_ADMIN","label":"Super","status":"ACTIVE"}',
      'user-appeared u1 ACTIVE',
      'membership-added u1 g1',
      'factor-added u1 fac1 {"type":"sms","provider":"OKTA","status":"ACTIVE"}',
      'role-added u1 cr1 {"type":"CUSTOM","label":"Desk","status":"ACTIVE"}',
      'membership-added u1 g2',
      'user-appeared u9 ACTIVE',
    ]);

    await scene.groups.remove('g2', NOW);
    expect(await told()).toEqual(['membership-removed u1 g2', 'group-gone g2 Group g2']);
  });

  test('users whom other settings let appear are not new, nor are those who came before history was on', async () => {
    const first = createScene({ history: HISTORY });
    const scene = await afterFirstRun(first, { days: 0, asked: '' });
    await scene.users.save(at({ user: aUser({ id: 'u1', created: LATER }) }));
    await scene.runs.saveState({ usersCursor: Date.parse(LATER) + 1 });

    const on = again(scene);
    await on.users.save(at({ user: aUser({ id: 'u2', created: LATER }) }));
    await on.runs.saveState({ usersCursor: Date.parse(LATER) + 2 });
    const other = again(on, { ...HISTORY, asked: 'more' });
    await other.users.save(at({ user: aUser({ id: 'u3', created: LATER }) }));
    await other.users.save(at({ user: aUser({ id: 'u4', created: '2026-07-16T00:00:00.000Z' }) }));

    expect(await listen(other)()).toEqual(['user-appeared u4 ACTIVE']);
  });

  test('a list of members that is read again tells who came and left, and a new name of the group nothing', async () => {
    const first = createScene({ history: HISTORY });
    await first.groups.save(pageOf(sized('g1')), undefined);
    for (const id of ['u1', 'u2', 'u3']) await first.save(id);
    await saveMembers(first, 'g1', pages(['u1', 'u2']));
    const scene = await afterFirstRun(first);
    const told = listen(scene);

    await scene.groups.save(pageOf(sized('g1', { name: 'renamed' })), undefined);
    await saveMembers(scene, 'g1', pages(['u2'], ['u3', 'stranger']), { readAt: NOW, now: () => NOW + 1 });

    expect(await told()).toEqual(['membership-removed u1 g1', 'membership-added u3 g1']);
  });

  test('applications, their users and groups, rules and devices are told', async () => {
    const first = createScene({ history: HISTORY });
    await first.groups.save(pageOf(sized('g1'), sized('g2')), undefined);
    for (const id of ['u1', 'u2']) await first.save(id);
    const rule = { id: 'r1', status: 'ACTIVE', groupIds: ['g1', 'g2'] };
    const device = { id: 'd1', status: 'ACTIVE', displayName: 'Laptop' };
    await first.assets.save('app', [PAYROLL], 10, 10);
    await first.assets.save('rule', [rule], 10, 10);
    await first.assets.save('device', [device], 10, 10);
    await first.assets.save('group', [{ id: 'g2', appsCount: 0 }], 10, 10);
    for (const kind of ['app', 'rule', 'device'] as const) await first.assets.noteListed(kind, 10);
    await first.assets.replaceSet(USERS_OF_APP, only({ id: 'u1', scope: 'USER', status: 'ACTIVE' }), 10);
    await first.assets.replaceSet({ kind: 'device-users', owner: 'd1' }, only({ id: 'u1' }), 10);
    await first.assets.replaceSet({ kind: 'group-apps', owner: 'g1' }, only({ id: '0oa1' }), 10);
    const scene = await afterFirstRun(first);
    const told = listen(scene);

    await scene.assets.save(
      'app',
      [
        { ...PAYROLL, label: 'Pay', status: 'INACTIVE' },
        { id: '0oa2', status: 'ACTIVE' },
      ],
      20,
      20,
    );
    await scene.assets.save('rule', [{ ...rule, groupIds: ['g2', 'g1'] }], 20, 20);
    await scene.assets.save('rule', [{ ...rule, status: 'INVALID', groupIds: ['g2'] }], 30, 30);
    await scene.assets.save('device', [{ ...device, displayName: 'Desktop', lastUpdated: LATER }], 20, 20);
    expect(await told()).toEqual([
      'app-status 0oa1 ACTIVE INACTIVE',
      'app-label 0oa1 Payroll Pay',
      'app-appeared 0oa2 ACTIVE',
      'rule-status r1 ACTIVE INVALID',
      'rule-groups r1 ["g1","g2"] ["g2"]',
    ]);

    await scene.assets.replaceSet(
      USERS_OF_APP,
      only({ id: 'u1', status: 'SUSPENDED' }, { id: 'u2', scope: 'GROUP' }),
      20,
    );
    await scene.assets.saveLink(USERS_OF_APP, 'u2', undefined, 30);
    await scene.assets.replaceSet({ kind: 'app-users', owner: '0oa2' }, only({ id: 'u1' }), 20);
    await scene.assets.replaceSet(
      { kind: 'device-users', owner: 'd1' },
      only({ id: 'u2', managementStatus: 'MANAGED' }),
      20,
    );
    expect(await told()).toEqual([
      'app-user-added u2 0oa1 {"scope":"GROUP"}',
      'app-user-status u1 0oa1 ACTIVE SUSPENDED',
      'app-user-removed u2 0oa1 {"scope":"GROUP"}',
      'app-user-added u1 0oa2 {}',
      'device-user-added u2 d1 MANAGED',
      'device-user-removed u1 d1',
    ]);

    // Read by application now: g1 is as before, and g2 had none.
    await scene.assets.save('group', [{ id: 'g2', appsCount: 1 }], 20, 20);
    await scene.assets.replaceSet(
      { kind: 'app-groups', owner: '0oa1' },
      only({ id: 'g1' }, { id: 'g2', role: 'a' }, { id: 'g2', role: 'b' }),
      20,
    );
    await scene.assets.replaceSet({ kind: 'group-apps', owner: 'g1' }, only(), 30);
    await scene.assets.remove('app', '0oa1');
    await scene.assets.remove('device', 'd1');
    expect(await told()).toEqual([
      'app-group-added g2 0oa1',
      'app-group-removed g1 0oa1',
      'app-gone 0oa1 INACTIVE',
      'device-gone d1 ACTIVE',
    ]);
  });

  test('holds nothing that REDACT can hide', async () => {
    const secret = 'Zebediah';
    const first = createScene({ history: HISTORY });
    await first.save('u1');
    await first.assets.noteListed('device', 10);
    const scene = await afterFirstRun(first);
    const fields = Object.keys(aUser()).filter((name) => !['id', 'status', 'created'].includes(name));
    const user = {
      ...aUser({ id: 'u2', created: LATER }),
      ...Object.fromEntries(fields.map((name) => [name, secret])),
    };
    await scene.users.save(at({ user, factors: known([SMS]) }));
    await scene.assets.save('device', [{ id: 'd1', displayName: secret, serialNumber: secret }], 20, 20);
    await scene.assets.replaceSet(USERS_OF_APP, only(), 20);
    await scene.assets.saveLink(
      USERS_OF_APP,
      'u2',
      { id: 'u2', scope: 'USER', userName: secret, externalId: secret },
      30,
    );

    const told = (await listen(scene)()).join('\n');
    expect(told).toContain('app-user-added u2 0oa1');
    expect(told).toContain('device-appeared d1');
    expect(told).not.toContain(secret);

    // Nothing that is rewritten when REDACT grows is a change.
    const redacted = again(scene);
    const redaction = createRedactor(new Map([['login', 'hash']]), 'key');
    const rewritten = { ...scene, ...redacted.reopen({ history: HISTORY, redaction }) };
    expect((await listen(rewritten)()).join('\n')).toBe(told);
  });

  test('goes back HISTORY_DAYS, and is empty without', async () => {
    const first = createScene({ history: HISTORY });
    await first.save('u1');
    const scene = await afterFirstRun(first);
    await scene.users.save(at({ user: aUser({ id: 'u1', status: 'SUSPENDED' }) }));
    await scene.runs.saveState({});
    meddle(
      scene,
      `WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 2500)
       INSERT INTO changes (at, run_id, what, subject_id) SELECT '2026-06-30T00:00:00.000Z', 'run 0', 'user-gone', i FROM n`,
    );

    await scene.runs.noteEnd(aReport(), NOW);
    expect(scene.query('SELECT what FROM changes')).toEqual([{ what: 'user-status' }]);
    expect(scene.query('SELECT at, run_id FROM changes')).toEqual([
      { at: new Date(NOW).toISOString(), run_id: 'run 2' },
    ]);

    const off = again(scene, { days: 0, asked: '' });
    await off.users.save(at({ user: aUser({ id: 'u1' }) }));
    await off.runs.noteEnd(aReport(), NOW);
    expect(off.query('SELECT what FROM changes')).toEqual([]);
  });
});

async function* only<T>(...records: readonly T[]): AsyncGenerator<readonly T[]> {
  yield records;
}
