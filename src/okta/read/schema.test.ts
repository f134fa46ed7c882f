import { inspect } from 'node:util';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import * as read from './schema.ts';

const USER = {
  id: '00uAAA1',
  status: 'ACTIVE',
  created: '2024-03-01T09:00:00.000Z',
  activated: null,
  lastLogin: '2026-08-01T07:12:33.000Z',
  lastUpdated: '2026-07-30T10:00:00.000Z',
  passwordChanged: '2026-02-02T08:00:00.000Z',
  type: { id: 'otyAAA1' },
  profile: {
    login: 'ana.ruiz@example.com',
    email: 'ana.ruiz@example.com',
    firstName: 'Ana',
    lastName: 'Ruiz',
    displayName: 'Ana Ruiz',
    organization: 'Example Inc',
    department: 'R&D',
    mobilePhone: '+34 600',
    secondEmail: '',
  },
  credentials: { recovery_question: { question: 'first pet?' } },
};

function userOf(entry: unknown) {
  const listed = read.readUser(entry, 7);
  if (listed.kind !== 'user') throw new Error(listed.reason);
  return listed.user;
}

describe('okta, schema: a user', () => {
  test('is read with the fields we use, and without secrets', () => {
    const listed = read.readUser(USER, 7);

    expect(JSON.stringify(listed)).not.toContain('first pet');
    expect(listed).toMatchObject({
      kind: 'user',
      readAt: 7,
      user: {
        id: '00uAAA1',
        status: 'ACTIVE',
        created: '2024-03-01T09:00:00.000Z',
        lastLogin: '2026-08-01T07:12:33.000Z',
        lastUpdated: '2026-07-30T10:00:00.000Z',
        passwordChanged: '2026-02-02T08:00:00.000Z',
        login: 'ana.ruiz@example.com',
        email: 'ana.ruiz@example.com',
        firstName: 'Ana',
        lastName: 'Ruiz',
        displayName: 'Ana Ruiz',
        organization: 'Example Inc',
        department: 'R&D',
      },
    });
  });

  test.each([[null], [''], [7], [true], [['a']], [{ a: 1 }]])('has no field where Okta says %j', (value) => {
    const user = userOf({
      ...USER,
      status: value,
      lastLogin: value,
      profile: { login: 'ana', email: value },
    });

    expect(user).toMatchObject({ id: '00uAAA1', login: 'ana' });
    expect([user.status, user.lastLogin, user.email, user.department]).toEqual(Array(4).fill(undefined));
  });

  test('may be of a status that nobody knew', () => {
    expect(userOf({ ...USER, status: 'ACTIVATING' }).status).toBe('ACTIVATING');
  });

  test.each([
    [{ ...USER, profile: null }, '00uAAA1', 'profile'],
    [{ ...USER, profile: 'Ana' }, '00uAAA1', 'profile'],
    [{ ...USER, profile: [] }, '00uAAA1', 'profile'],
    [{ id: '00uAAA1' }, '00uAAA1', 'profile'],
    [{ ...USER, id: undefined }, undefined, 'id'],
    [{ ...USER, id: '' }, undefined, 'id'],
    [{ ...USER, id: 7 }, undefined, 'id'],
    [{}, undefined, 'id, profile'],
    [null, undefined, 'the entry'],
    ['00uAAA1', undefined, 'the entry'],
    [[USER], undefined, 'the entry'],
  ])('that cannot be read says why, and nothing of the person: %j', (entry, id, fields) => {
    expect(read.readUser(entry, 7)).toEqual({
      kind: 'unreadable',
      id,
      reason: `Okta's record of this user cannot be read: ${fields} missing or of another type`,
    });
  });
});

const GROUP = { id: '00g1', type: 'OKTA_GROUP', profile: { name: 'Platform', description: null } };
const ROLE = { id: 'ra1', type: 'HELP_DESK_ADMIN', status: 'ACTIVE', label: 'Help Desk' };
const FACTOR = { id: 'opf1', factorType: 'push', provider: 'OKTA', status: 'ACTIVE' };

describe('okta, schema: lists', () => {
  test('of groups, roles and factors keep the fields we use', () => {
    const secret = { _embedded: { activation: { sharedSecret: 'x' } }, profile: { phoneNumber: '+34' } };

    expect(read.readGroups([GROUP])).toEqual([
      { id: '00g1', type: 'OKTA_GROUP', name: 'Platform', description: undefined },
    ]);
    expect(read.readRoles([{ ...ROLE, role: 'cr0', 'resource-set': 'iam' }])).toMatchObject([ROLE]);
    expect(read.readFactors([{ ...FACTOR, ...secret }])).toEqual([
      { id: 'opf1', type: 'push', provider: 'OKTA', status: 'ACTIVE' },
    ]);
    expect(read.readMemberIds([USER])).toEqual(['00uAAA1']);
    expect(read.readAssigneeIds({ value: [{ id: '00u1', orn: 'x' }] })).toEqual(['00u1']);
  });

  test('hold kinds that nobody knew', () => {
    expect(read.readRoles([{ ...ROLE, type: 'MOON_ADMIN', status: 'WANING' }])).toHaveLength(1);
    expect(read.readFactors([{ factorType: 'telepathy' }])).toEqual([
      { id: '', type: 'telepathy', provider: undefined, status: undefined },
    ]);
    expect(read.readGroups([{ id: '00g1', type: 7, profile: 'x' }])).toEqual([
      { id: '00g1', type: undefined, name: undefined, description: undefined },
    ]);
  });

  test('may be empty', () => {
    expect([read.readGroups([]), read.readRoles([]), read.readFactors([]), read.readMemberIds([])]).toEqual([
      [],
      [],
      [],
      [],
    ]);
    expect(read.readAssigneeIds({ value: [] })).toEqual([]);
  });

  test.each([
    ['groups', read.readGroups, GROUP, { ...GROUP, id: null }],
    ['roles', read.readRoles, ROLE, { ...ROLE, label: 'x'.repeat(1001) }],
    ['factors', read.readFactors, FACTOR, { ...FACTOR, status: 'x'.repeat(1001) }],
    ['roles', read.readRoles, ROLE, { ...ROLE, type: null }],
    ['roles', read.readRoles, ROLE, { ...ROLE, status: '' }],
    ['factors', read.readFactors, FACTOR, { ...FACTOR, factorType: 7 }],
    ['members', read.readMemberIds, USER, 'x'],
  ])(
    'of %s with one entry that cannot be read are unknown: a part is not the whole',
    (_, reader, good, bad) => {
      expect(reader([good, bad, good])).toBeUndefined();
    },
  );

  test('of assignees with one entry that cannot be read are unknown', () => {
    expect(read.readAssigneeIds({ value: [{ id: '00u1' }, {}] })).toBeUndefined();
    expect(read.readAssigneeIds([{ id: '00u1' }])).toBeUndefined();
  });
});

describe('okta, schema: a group with its size', () => {
  const withStats = (stats: unknown): unknown => ({ ...GROUP, _embedded: { stats } });

  test.each(['hasAdminPrivilege', 'hasAdminPrivileges', 'hasAdminPrivlege'])(
    'says by %s whether it holds roles',
    (name) => {
      expect(read.readSizedGroup(withStats({ usersCount: 7, [name]: true }))).toMatchObject({
        usersCount: 7,
        adminFlag: true,
      });
      expect(read.readSizedGroup(withStats({ [name]: false }))?.adminFlag).toBe(false);
    },
  );

  test.each([
    [{}],
    [{ hasAdminPrivilege: null }],
    [{ hasAdminPrivilege: 'false' }],
    [{ hasAdminPrivilege: 0 }],
    [{ hasadminprivilege: false }],
    [null],
    [[]],
    [undefined],
  ])('that does not say so is unknown, not without: %j', (stats) => {
    expect(read.readSizedGroup(withStats(stats))?.adminFlag).toBeUndefined();
  });

  test('that says both is asked', () => {
    const stats = { hasAdminPrivilege: false, hasAdminPrivileges: true };

    expect(read.readSizedGroup(withStats(stats))?.adminFlag).toBe(true);
  });

  test.each([[-1], [1.5], ['7'], [null], [1e300], [Number.MAX_VALUE]])(
    'of the size %j is of unknown size',
    (count) => {
      expect(read.readSizedGroup(withStats({ usersCount: count, hasAdminPrivilege: false }))).toMatchObject({
        usersCount: undefined,
        adminFlag: false,
      });
    },
  );

  test('without an id is none', () => {
    expect(read.readSizedGroup({ ...GROUP, id: null })).toBeUndefined();
  });
});

describe('okta, schema: the org', () => {
  test('names its id and its hosts', () => {
    const links = {
      organization: { href: 'https://ACME.okta.example' },
      alternate: { href: 'https://login.example.com/' },
    };

    expect(read.readOrganization({ id: '00o1', pipeline: 'idx', _links: links })).toEqual({
      id: '00o1',
      hosts: ['acme.okta.example', 'login.example.com'],
    });
  });

  test.each([
    [{}],
    [null],
    [[]],
    ['x'],
    [{ id: 7, _links: 'x' }],
    [{ id: '', _links: { organization: {}, alternate: { href: 'not a url' } } }],
  ])('may say nothing of use: %j', (body) => {
    expect(read.readOrganization(body)).toEqual({ id: undefined, hosts: [] });
  });
});

const READERS: readonly (readonly [string, (body: unknown) => unknown])[] = [
  ['readUser', (body) => read.readUser(body, 0)],
  ['readSizedGroup', read.readSizedGroup],
  ['readGroups', read.readGroups],
  ['readRoles', read.readRoles],
  ['readFactors', read.readFactors],
  ['readMemberIds', read.readMemberIds],
  ['readAssigneeIds', read.readAssigneeIds],
  ['readOrganization', read.readOrganization],
];

/** Okta's shapes with anything in any place. */
const anything = fc.jsonValue();
const field = (name: unknown) => fc.oneof(fc.constant(name), anything);
const oktaLike = fc.record(
  {
    id: field('00u1'),
    type: field('CUSTOM'),
    status: field('ACTIVE'),
    factorType: field('push'),
    profile: fc.oneof(anything, fc.record({ login: field('ana'), name: field('Ana') }, { requiredKeys: [] })),
    _embedded: fc.oneof(
      anything,
      fc.record({ stats: fc.oneof(anything, fc.record({ usersCount: anything })) }),
    ),
    _links: fc.oneof(
      anything,
      fc.record({ organization: fc.oneof(anything, fc.record({ href: fc.string() })) }),
    ),
    value: fc.oneof(anything, fc.array(fc.record({ id: field('00u1') }))),
    __proto__: anything,
    constructor: anything,
    toString: anything,
  },
  { requiredKeys: [] },
);
const body = fc.oneof(anything, oktaLike, fc.array(fc.oneof(oktaLike, anything), { maxLength: 4 }));

describe.each(READERS)('okta, schema: %s', (_, reader) => {
  test('never throws, whatever JSON comes', () => {
    fc.assert(
      fc.property(body, (given) => {
        expect(() => reader(JSON.parse(JSON.stringify(given)))).not.toThrow();
      }),
      { numRuns: 300 },
    );
  });

  test.each([
    '{"__proto__":{"id":"00u1","profile":{},"factorType":"push","type":"X","status":"Y"}}',
    '[{"__proto__":{"id":"00u1","factorType":"push","type":"X","status":"Y"}}]',
    '{"id":"00u1","profile":{"__proto__":{"login":"polluted"}},"constructor":{"prototype":{"x":1}}}',
    '{"value":[{"__proto__":{"id":"00u1"}}],"_links":{"__proto__":{"organization":{"href":"https://x"}}}}',
  ])('takes nothing from a key that would reach the prototype: %s', (text) => {
    const found = inspect(reader(JSON.parse(text)), { depth: Infinity });

    expect(found).not.toMatch(/polluted|push|https/);
    expect(Object.keys(Object.prototype)).toEqual([]);
  });
});

test('okta, schema: one nested beyond all reason is read like any other', () => {
  const deep: unknown = JSON.parse('['.repeat(100_000) + ']'.repeat(100_000));

  for (const [, reader] of READERS) {
    expect(() => reader(deep)).not.toThrow();
    expect(() => reader([{ id: deep, profile: deep, _embedded: deep }])).not.toThrow();
  }
});
