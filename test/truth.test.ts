import { describe, expect, test } from 'vitest';
import { createMutations, createOrg, type SimulatedOrg, type SimulatedUser } from '../src/simulator/index.ts';
import { asRemoved, expectedRemovalEvent, expectedSekoiaEvent, type TruthRules } from './truth.ts';

const grant = { id: 'ra1', createdAt: 0, role: undefined, resourceSet: undefined, status: 'ACTIVE' } as const;

/** One user about whom everything is said here, in two groups besides Everyone. */
function createTinyOrg(changes: Partial<SimulatedUser> = {}): {
  readonly org: SimulatedOrg;
  readonly user: SimulatedUser;
} {
  const org = createOrg({
    users: 1,
    groups: 2,
    groupsPerUser: 0,
    adminGroups: 0,
    admins: 0,
    deprovisionedShare: 0,
  });
  const [user] = org.users;
  if (user === undefined) throw new Error('the org has no user');
  const [, ...groups] = org.groups;
  const profile = {
    login: 'ana',
    email: 'ana@a.example@b',
    firstName: 'Ana',
    lastName: '',
    displayName: 'Ana!',
  };
  const nothing = { organization: undefined, department: undefined };
  const facts = {
    status: 'ACTIVE',
    createdAt: 1_999,
    lastLoginAt: 5_500,
    passwordChangedAt: 61_999,
    factors: [],
    roles: [],
    groups,
  };
  Object.assign(user, facts, { patch: { ...nothing, ...profile } }, changes);
  return { org, user };
}

function userOf(changes: Partial<SimulatedUser>, rules?: TruthRules): unknown {
  const { org, user } = createTinyOrg(changes);
  return expectedSekoiaEvent(org, user.id, rules)?.['user'];
}

describe('truth: the expected event', () => {
  test('says everything about a user as the mapping does', () => {
    const { org, user } = createTinyOrg();
    const [everyone, one, other] = org.groups;
    if (one !== undefined) {
      one.name = 'One';
      one.description = '';
      one.roles = [
        { ...grant, type: 'CUSTOM', label: 'b' },
        { ...grant, type: 'CUSTOM', label: 'B' },
        { ...grant, type: 'CUSTOM', label: 'b' },
        { ...grant, type: 'CUSTOM', label: 'a', status: 'INACTIVE' },
      ];
    }
    const event = expectedSekoiaEvent(org, user.id);
    const groups = [
      { uid: everyone?.id, name: 'Everyone', desc: 'All users in your organization', privileges: [] },
      { uid: one?.id, name: 'One', privileges: ['B', 'b'] },
      { uid: other?.id, name: other?.name, privileges: [] },
    ];

    expect(event).toEqual({
      activity_id: 2,
      activity_name: 'Collect',
      category_name: 'Discovery',
      category_uid: 5,
      class_name: 'User Inventory Info',
      class_uid: 5003,
      type_name: 'User Inventory Info: Collect',
      type_uid: 5003002,
      severity: 'Informational',
      severity_id: 1,
      metadata: { product: { name: 'Okta', vendor_name: 'Okta', version: 'N/A' }, version: '1.6.0' },
      time: 1,
      user: {
        uid: user.id,
        name: 'ana',
        uid_alt: 'ana',
        account: { name: 'ana', uid: user.id, type: 'Okta Account', type_id: 99 },
        full_name: 'Ana None',
        display_name: 'Ana!',
        email_addr: 'ana@a.example@b',
        domain: 'a.example',
        org: { name: 'a.example' },
        groups: groups.toSorted((a, b) => ((a.uid ?? '') < (b.uid ?? '') ? -1 : 1)),
        has_mfa: false,
        type: 'User',
        type_id: 1,
      },
      enrichments: [
        {
          name: 'access_control',
          value: 'okta',
          data: { is_enabled: true, last_logon: '1970-01-01T00:00:05.500Z', last_time_password_change: 61 },
        },
      ],
    });
  });

  test('leaves out what is absent', () => {
    const { org, user } = createTinyOrg({
      status: 'DEPROVISIONED',
      lastLoginAt: null,
      passwordChangedAt: undefined,
      patch: {
        login: 'ana',
        email: null,
        firstName: 'Ana',
        lastName: 'Ruiz  ',
        displayName: 7,
        organization: '',
        department: 'Sales',
      },
    });
    const event = expectedSekoiaEvent(org, user.id);

    expect(event?.['user']).toEqual({
      uid: user.id,
      name: 'ana',
      uid_alt: 'ana',
      account: { name: 'ana', uid: user.id, type: 'Okta Account', type_id: 99 },
      full_name: 'Ana Ruiz',
      domain: '',
      groups: expect.any(Array),
      type: 'User',
      type_id: 1,
    });
    expect(event?.['enrichments']).toEqual([
      { name: 'access_control', value: 'okta', data: { is_enabled: false } },
    ]);
  });

  test.each([
    [['pending-totp'], [true, false, false]],
    [
      ['expired-sms', 'inactive-push'],
      [true, false, false],
    ],
    [
      ['email', 'question', 'sms', 'call-without-status'],
      [true, true, false],
    ],
    [['enrolled-token'], [true, true, true]],
    [[], [false, false, false]],
  ] as const)('says of factors %j by each rule %j', (factors, expected) => {
    const rules = ['any', 'active', 'strong'] as const;

    expect(rules.map((mfaRule) => userOf({ factors }, { mfaRule }))).toEqual(
      expected.map((hasMfa) => expect.objectContaining({ has_mfa: hasMfa })),
    );
  });

  test.each([
    ['SUPER_ADMIN', 'ACTIVE', ['Admin', 'Admin']],
    ['SUPER_ADMIN', 'INACTIVE', ['User', 'User']],
    ['CUSTOM', 'ACTIVE', ['User', 'Admin']],
    ['Workflows_Admin', 'ACTIVE', ['Admin', 'Admin']],
  ] as const)('says of a role of type %s, %s: %j by each rule', (type, status, expected) => {
    const roles = [{ ...grant, type, status, label: 'admin' }];
    const rules = ['reference', 'any-role'] as const;

    expect(rules.map((adminRule) => userOf({ roles }, { adminRule }))).toEqual(
      expected.map((word) => expect.objectContaining({ type: word, type_id: word === 'Admin' ? 2 : 1 })),
    );
  });

  test('puts the department beside the organization only', () => {
    const patch = { login: 'ana', email: 'ana@a.example', organization: 'Acme', department: 'Sales' };

    expect(userOf({ patch })).toMatchObject({ org: { name: 'Acme', ou_name: 'Sales' } });
  });

  test('is none without a login or a creation date', () => {
    const without = [createTinyOrg({ createdAt: null }), createTinyOrg({ patch: { login: null } })];

    expect(without.map(({ org, user }) => expectedSekoiaEvent(org, user.id))).toEqual([undefined, undefined]);
  });
});

describe('truth: the expected last event', () => {
  const clock = { now: () => Date.UTC(2026, 7, 21), log: { noise: 0 } };

  test('of a deactivated user is disabled, without factors, password and own roles', () => {
    const { org, user } = createTinyOrg({
      factors: ['push'],
      roles: [{ ...grant, type: 'X_ADMIN', label: 'x' }],
    });
    const before = expectedSekoiaEvent(org, user.id);
    createMutations(org, clock).deactivate(user.id);
    const after = expectedRemovalEvent(org, user.id);

    expect(before).toMatchObject({ user: { has_mfa: true, type: 'Admin' } });
    expect(after).toEqual(expectedSekoiaEvent(org, user.id));
    expect(after).toMatchObject({ user: { type: 'User', groups: [{}, {}, {}] } });
    expect(after?.['user']).not.toHaveProperty('has_mfa');
    expect(after?.['enrichments']).toEqual([
      {
        name: 'access_control',
        value: 'okta',
        data: { is_enabled: false, last_logon: '1970-01-01T00:00:05.500Z' },
      },
    ]);
  });

  test('of a deleted user says what was true until then', () => {
    const { org, user } = createTinyOrg();
    const mutations = createMutations(org, clock);
    mutations.deactivate(user.id);
    const before = expectedRemovalEvent(org, user.id);
    mutations.deleteUser(user.id);
    for (const group of org.groups.slice(1)) mutations.renameGroup(group.id, { name: 'renamed since' });

    expect(expectedRemovalEvent(org, user.id)).toEqual(before);
    expect(() => expectedSekoiaEvent(org, user.id)).toThrow('no user');
  });

  test('of a user whose deactivation was not seen is the one before, disabled and without factors', () => {
    const { org, user } = createTinyOrg({ factors: ['push'] });
    const before = expectedSekoiaEvent(org, user.id) ?? {};
    const after = asRemoved(before);

    expect(after).toMatchObject({ time: 1, user: { uid: user.id, type: 'User' } });
    expect(after['user']).not.toHaveProperty('has_mfa');
    expect(after['enrichments']).toMatchObject([
      { data: { is_enabled: false, last_time_password_change: 61 } },
    ]);
  });

  test('is none of a user who is still there', () => {
    const { org, user } = createTinyOrg();

    expect(() => expectedRemovalEvent(org, user.id)).toThrow('neither');
  });
});
