import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { ASSETS, type Asset } from '../../ports/assets.ts';
import type { Mark } from '../../ports/inventory.ts';
import { LOG_FILTER, readEntries, readEntry } from './system-log.ts';

const USER = { id: '00u1', type: 'User', alternateId: 'ann@example.org', displayName: 'Ann' };
const GROUP = { id: '00g1', type: 'UserGroup', alternateId: 'unknown', displayName: 'Platform' };
const OTHER = { id: 'cr01', type: 'CUSTOM_ROLE', alternateId: null, displayName: null };

function entry(eventType: string, target: unknown, result = 'SUCCESS') {
  return { eventType, target, outcome: { result }, uuid: '1', published: '2026-08-01T10:00:00.000Z' };
}

const marksOf = (given: unknown): readonly Mark[] => readEntry(given).marks;

/** Marks as `subject question`, or `group members of user`. */
function asks(eventType: string, target: unknown, result?: string): readonly string[] {
  return marksOf(entry(eventType, target, result)).map((mark) => {
    const member = mark.subject === 'group' && mark.member !== undefined ? ` of ${mark.member}` : '';
    return `${mark.id} ${mark.question}${member}`;
  });
}

const EVERYTHING = ['00u1 record', '00u1 groups', '00u1 factors', '00u1 roles'];

describe('okta, system log: what an event asks to read again', () => {
  test.each<[string, readonly unknown[], readonly string[]]>([
    ['user.lifecycle.create', [USER], EVERYTHING],
    ['user.lifecycle.activate', [USER], EVERYTHING],
    ['user.lifecycle.reactivate', [USER], EVERYTHING],
    ['user.lifecycle.deactivate', [USER], ['00u1 record', '00u1 factors', '00u1 roles']],
    ['user.lifecycle.suspend', [USER], ['00u1 record']],
    ['user.lifecycle.unsuspend', [USER], ['00u1 record']],
    ['user.lifecycle.delete.initiated', [USER], ['00u1 presence']],
    ['user.lifecycle.delete.completed', [USER], ['00u1 presence']],
    ['user.account.lock', [USER], ['00u1 record']],
    ['user.account.unlock', [USER], ['00u1 record']],
    ['user.account.unlock_by_admin', [USER], ['00u1 record']],
    ['user.account.update_profile', [USER], ['00u1 record']],
    ['user.account.update_primary_email', [USER], ['00u1 record', '00u1 factors']],
    ['device.user.add', [USER], ['00u1 factors']],
    ['user.account.update_secondary_email', [USER], ['00u1 record']],
    ['user.account.update_user_type', [USER], ['00u1 record']],
    ['user.account.expire_password', [USER], ['00u1 record']],
    ['user.account.update_password', [USER], ['00u1 record']],
    ['user.account.reset_password', [USER], ['00u1 record']],
    ['user.mfa.factor.activate', [USER], ['00u1 factors']],
    ['user.mfa.factor.deactivate', [USER], ['00u1 factors']],
    ['user.mfa.factor.update', [USER], ['00u1 factors']],
    ['user.mfa.factor.reset_all', [USER], ['00u1 factors']],
    ['user.mfa.factor.suspend', [USER], ['00u1 factors']],
    ['user.mfa.factor.unsuspend', [USER], ['00u1 factors']],
    ['user.account.privilege.grant', [USER], ['00u1 roles']],
    ['user.account.privilege.revoke', [USER], ['00u1 roles']],
    ['group.privilege.grant', [GROUP], ['00g1 roles']],
    ['group.privilege.revoke', [GROUP], ['00g1 roles']],
    ['iam.resourceset.bindings.add', [USER, OTHER], ['00u1 roles']],
    ['iam.resourceset.bindings.delete', [GROUP, OTHER], ['00g1 roles']],
    ['iam.resourceset.bindings.add', [OTHER], ['org role-holders']],
    ['iam.role.create', [OTHER], ['org custom-role-holders']],
    ['iam.role.update', [OTHER], ['org custom-role-holders']],
    ['iam.role.delete', [OTHER], ['org custom-role-holders']],
    ['iam.role.permissions.add', [OTHER], ['org custom-role-holders']],
    ['iam.role.permissions.delete', [OTHER], ['org custom-role-holders']],
    ['group.user_membership.add', [USER, GROUP], ['00g1 members of 00u1']],
    ['group.user_membership.remove', [USER, GROUP], ['00g1 members of 00u1']],
    ['group.user_membership.remove', [USER], ['00u1 groups']],
    ['app.user_management', [GROUP], ['00g1 members']],
    ['app.user_management.user_group_import.upsert_success', [GROUP], ['00g1 record', '00g1 members']],
    ['app.user_management.user_group_import.delete_success', [GROUP], ['00g1 record']],
    ['system.import.group.create', [GROUP], ['00g1 record', '00g1 members']],
    ['system.import.group.update', [GROUP], ['00g1 record', '00g1 members']],
    ['system.import.group.delete', [GROUP], ['00g1 record']],
    ['system.import.user.create', [USER], EVERYTHING],
    ['system.import.user.update', [USER], ['00u1 record']],
    ['system.import.user.delete', [USER], ['00u1 presence']],
    ['system.import.user.suspend', [USER], ['00u1 record']],
    ['system.import.user.unsuspend', [USER], ['00u1 record']],
    ['group.lifecycle.create', [GROUP], ['00g1 record', '00g1 members']],
    ['group.lifecycle.delete', [GROUP], ['00g1 record']],
    ['group.profile.update', [GROUP], ['00g1 record']],
  ])('%s', (eventType, targets, asked) => {
    expect(asks(eventType, targets)).toEqual(asked);
    expect(asks(eventType, targets.toReversed())).toEqual(asked);
    expect(
      asks(eventType, [{ id: null, type: 'User' }, 'what?', ...targets, { ...OTHER, type: 'Hologram' }]),
    ).toEqual(asked);
    expect(LOG_FILTER).toContain(`eventType eq "${eventType}"`);
  });

  test('every type that the filter names is known here', () => {
    const named = [...LOG_FILTER.matchAll(/"([^"]+)"/g)].map(([, type]) => type ?? '');

    expect(named.length).toBeGreaterThan(40);
    expect(named.filter((type) => marksOf(entry(type, [USER, GROUP])).length === 0)).toEqual([]);
  });
});

describe('okta, system log: asks for nothing', () => {
  test.each(['FAILURE', 'DENY', 'SKIPPED', 'RATE_LIMIT', 'ABANDONED', 'UNANSWERED'])('after %s', (result) => {
    expect(asks('user.mfa.factor.reset_all', [USER], result)).toEqual([]);
  });

  test.each<[string, unknown]>([
    ['a type that changes nothing we read', entry('user.session.start', [USER])],
    ['no targets', entry('user.account.update_profile', null)],
    ['a target without an id', entry('user.account.update_profile', [{ ...USER, id: null }])],
    ['no entry', 7],
  ])('of %s', (_, given) => {
    expect(marksOf(given)).toEqual([]);
  });
});

describe('okta, system log: an entry that names nobody', () => {
  const NOBODY = [null, 'odd', [], [{ ...USER, id: null }], [OTHER], [{ ...USER, id: '' }]];

  test.each<[string, readonly string[]]>([
    ['user.mfa.factor.activate', ['org factors']],
    ['device.user.remove', ['org factors']],
    ['user.account.update_primary_email', ['org factors']],
    ['user.lifecycle.activate', ['org factors', 'org role-holders']],
    ['user.account.privilege.grant', ['org role-holders']],
  ])('asks again whomever it may mean: %s', (eventType, asked) => {
    for (const targets of NOBODY) expect(asks(eventType, targets)).toEqual(asked);
  });

  test('is told, unless naming nobody is usual for its type', () => {
    const types = ['user.mfa.factor.update', 'iam.role.update', 'zone.update', 'user.account.lock'];

    expect(readEntries(types.map((type) => entry(type, [OTHER]))).nameless).toEqual([
      'user.mfa.factor.update',
    ]);
  });

  test('asks nothing of a change that stamps show too', () => {
    for (const type of ['user.account.lock', 'group.user_membership.add', 'group.profile.update'])
      expect(readEntry(entry(type, null))).toEqual({ marks: [] });
  });
});

test('okta, system log: entries of which not even the type can be read are counted', () => {
  const odd = [7, null, 'entry', {}, { eventType: null, target: [USER] }, { eventType: ['a'] }];
  const read = readEntries([...odd, entry('user.session.start', [USER]), entry('user.account.lock', [USER])]);

  expect(read).toMatchObject({ unreadable: odd.length, nameless: [] });
  expect(read.marks).toHaveLength(1);
});

test('okta, system log: an outcome that is not known, or missing, counts as a change', () => {
  expect(asks('user.mfa.factor.update', [USER], 'PERHAPS')).toEqual(['00u1 factors']);
  expect(marksOf({ eventType: 'user.mfa.factor.update', target: [USER] })).toHaveLength(1);
  expect(marksOf({ ...entry('user.mfa.factor.update', [USER]), outcome: 'odd' })).toHaveLength(1);
});

test('okta, system log: whatever Okta writes ends in marks, never in a crash', () => {
  const type = fc.oneof(
    fc.string(),
    fc.constantFrom('user.account.privilege.grant', 'group.user_membership.add'),
  );
  const target = fc.oneof(
    fc.jsonValue(),
    fc.array(fc.oneof(fc.constant(USER), fc.constant(GROUP), fc.jsonValue())),
  );
  const anEntry = fc.record({ eventType: type, target, outcome: fc.jsonValue() }, { requiredKeys: [] });

  fc.assert(
    fc.property(fc.oneof(fc.jsonValue(), anEntry), (given) => {
      for (const mark of marksOf(given)) expect(mark.id).not.toBe('');
    }),
  );
});

describe('okta, system log: events of assets', () => {
  const APP = { id: '0oa1', type: 'AppInstance', alternateId: 'Payroll', displayName: 'Payroll' };
  const APP_USER = { id: '0ua1', type: 'AppUser' };
  const DEVICE = { id: 'guo1', type: 'Device' };
  const all: ReadonlySet<Asset> = new Set(ASSETS);
  const asksOf = (type: string, target: unknown, assets = all): readonly string[] =>
    readEntry(entry(type, target), assets).marks.map((mark) => {
      const member = 'member' in mark ? ` of ${mark.member}` : '';
      return `${mark.subject} ${mark.id} ${mark.question}${member}`;
    });

  test.each<[string, readonly unknown[], readonly string[]]>([
    ['application.lifecycle.create', [APP], ['app 0oa1 record']],
    ['application.lifecycle.update', [APP, USER], ['app 0oa1 record']],
    ['application.lifecycle.delete', [APP], ['app 0oa1 record']],
    ['group.application_assignment.add', [GROUP, APP], ['app 0oa1 groups']],
    ['group.application_assignment.update', [GROUP, APP], ['app 0oa1 groups']],
    ['application.user_membership.add', [APP_USER, APP, USER], ['app 0oa1 users of 00u1']],
    ['application.user_membership.revoke', [APP_USER, APP, USER], ['app 0oa1 users of 00u1']],
    ['application.user_membership.remove', [APP_USER, APP], ['app 0oa1 users']],
    ['application.user_membership.add', [APP, USER, { ...USER, id: '00u2' }], ['app 0oa1 users']],
    ['device.enrollment.create', [DEVICE], ['device guo1 record']],
    ['device.lifecycle.suspend', [DEVICE], ['device guo1 record']],
    ['device.user.add', [DEVICE, USER], ['user 00u1 factors', 'device guo1 record']],
    ['application.user_membership', [APP], ['app 0oa1 users']],
    ['application.user_membership_of_another_kind', [APP, USER], []],
    ['application.user_membership.add', [USER], []],
  ])('%s', (type, targets, asked) => {
    expect(asksOf(type, targets)).toEqual(asked);
    expect(asksOf(type, targets.toReversed())).toEqual(asked);
  });

  test('ask nothing where their asset is not wanted', () => {
    expect(asksOf('application.user_membership.add', [APP, USER], new Set(['apps']))).toEqual([]);
    expect(asksOf('application.lifecycle.update', [APP], new Set(['devices']))).toEqual([]);
    expect(asksOf('device.user.add', [DEVICE, USER], new Set())).toEqual(['user 00u1 factors']);
  });

  test('of a hundred thousand users and groups are no ten thousand million pairs', () => {
    const many = Array.from({ length: 100_000 }, (_, at) => [
      { ...USER, id: `00u${at}` },
      { ...GROUP, id: `00g${at}` },
    ]).flat();

    expect(readEntries([entry('group.user_membership.add', many)], all).assignments).toEqual([]);
    expect(asksOf('application.user_membership.add', [...many, APP])).toEqual(['app 0oa1 users']);
  });

  test('tell who came and went, with the instant, where applications are wanted', () => {
    const entries = [
      entry('application.user_membership.add', [APP_USER, APP, USER]),
      entry('application.user_membership.update', [APP, USER]),
      entry('group.application_assignment.remove', [GROUP, APP]),
      entry('group.user_membership.add', [USER, GROUP]),
      { ...entry('application.user_membership.remove', [APP, USER]), published: 'yesterday' },
      entry('application.user_membership.add', [APP, USER], 'FAILURE'),
      entry('group.lifecycle.create', [GROUP, USER]),
    ];
    const at = Date.UTC(2026, 7, 1, 10);

    expect(readEntries(entries, all).assignments).toEqual([
      { kind: 'app-user', appId: '0oa1', userId: '00u1', change: 'add', at },
      { kind: 'app-user', appId: '0oa1', userId: '00u1', change: 'other', at },
      { kind: 'app-group', appId: '0oa1', groupId: '00g1', change: 'remove', at },
      { kind: 'membership', groupId: '00g1', userId: '00u1', change: 'add', at },
      { kind: 'app-user', appId: '0oa1', userId: '00u1', change: 'other', at: 0 },
    ]);
    expect(readEntries(entries, new Set(['devices'])).assignments).toBeUndefined();
    expect(readEntries(entries).assignments).toBeUndefined();
  });
});
