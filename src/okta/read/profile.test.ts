import { describe, expect, it } from 'vitest';
import { readCustom, readRaw } from './profile.ts';
import { readRoles, readUser } from './schema.ts';

describe("okta, profile: the org's own attributes", () => {
  it('are those that are not among the base attributes, by name', () => {
    const profile = { login: 'a', zipCode: '1', team: 'x', badges: ['a', 1, true], onCall: false, age: 3 };

    expect(JSON.stringify(readCustom(profile).custom)).toBe(
      '{"age":3,"badges":["a",1,true],"onCall":false,"team":"x"}',
    );
  });

  it('are absent when there are none, or none with a value', () => {
    expect(readCustom({ login: 'a', team: null, other: '' })).toEqual({});
    expect(readCustom('no profile')).toEqual({});
  });

  it.each([
    ['objects', { a: {} }],
    ['lists with more than scalars', { a: ['x', null] }],
    ['names like a secret', { vpnPassword: 'x' }],
    ['more than fits', { a: 'x'.repeat(5000) }],
  ])('leave out %s, and count them', (_, profile) => {
    expect(readCustom({ team: 'x', ...profile })).toEqual({ custom: { team: 'x' }, customLeftOut: 1 });
  });

  it('have an end all together', () => {
    const profile = Object.fromEntries(Array.from({ length: 10 }, (_, at) => [`a${at}`, 'x'.repeat(3000)]));

    expect(readCustom(profile).customLeftOut).toBe(5);
  });

  it('may be named like parts of every object', () => {
    const { custom } = readCustom(JSON.parse('{"__proto__":"a","constructor":"b"}'));

    expect(JSON.stringify(custom)).toBe('{"__proto__":"a","constructor":"b"}');
  });
});

describe('okta, profile: a user as Okta gave it', () => {
  const entry = {
    id: '00u1',
    passwordChanged: '2026-01-01T00:00:00.000Z',
    profile: { login: 'a', apiKey: 'hunter2', team: { recoveryQuestion: 'hunter2', name: 'x' } },
    credentials: { recovery_question: { question: 'hunter2' } },
    _links: { self: {} },
    _embedded: { activation: { sharedSecret: 'hunter2' } },
  };

  it('holds no credentials and no secret', () => {
    expect(JSON.parse(readRaw(entry))).toEqual({
      id: '00u1',
      passwordChanged: '2026-01-01T00:00:00.000Z',
      profile: { login: 'a', team: { name: 'x' } },
    });
  });

  it('is kept only when asked for', () => {
    expect(JSON.stringify(readUser(entry, 1))).not.toContain('raw');
    expect(readUser(entry, 1, { keepsRaw: true })).toMatchObject({ user: { raw: readRaw(entry) } });
  });
});

it('okta, profile: reads who signs the account in and which type and realm it is of', () => {
  const entry = {
    id: '00u1',
    type: { id: 'oty1' },
    realmId: 'guo1',
    credentials: { provider: { type: 'LDAP' } },
    profile: { login: 'a', employeeNumber: 17, title: '' },
  };

  expect(readUser(entry, 1)).toMatchObject({
    user: {
      typeId: 'oty1',
      realmId: 'guo1',
      accountSource: 'LDAP',
      employeeNumber: undefined,
      title: undefined,
    },
  });
});

it.each([null, 'x', { provider: null }, {}])(
  'okta, profile: reads a user whose credentials are %j',
  (credentials) => {
    expect(readUser({ id: '00u1', type: credentials, credentials, profile: {} }, 1)).toMatchObject({
      kind: 'user',
    });
  },
);

it.each([
  ['https://acme.okta.com/api/v1/groups/00g1', '00g1'],
  ['https://other.example.com/api/v1/groups/00g1/roles?x=1', '00g1'],
  ['https://acme.okta.com/api/v1/users/00u1', undefined],
  [undefined, undefined],
])('okta, profile: finds in %s the group that holds a role: %s', (href, assigneeGroupId) => {
  const role = {
    id: 'r',
    type: 'CUSTOM',
    status: 'ACTIVE',
    assignmentType: 'GROUP',
    _links: { assignee: { href } },
  };

  expect(readRoles([role])).toMatchObject([{ assignmentType: 'GROUP', assigneeGroupId }]);
});
