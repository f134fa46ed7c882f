import { describe, expect, it } from 'vitest';
import {
  aBareUser,
  aFactor,
  aGroup,
  aRole,
  aUser,
  held,
  known,
  someFacets,
  unknown,
} from '../enrich/facets.fixture.ts';
import type { User } from '../ports/org.ts';
import { eventOf, lookupsWithout, reasonsOf } from './event-maker.fixture.ts';

function eventOfUser(changes: Partial<User>): unknown {
  return eventOf(someFacets({ user: aUser(changes) }));
}

function eventOfBareUser(changes: Partial<User> = {}): unknown {
  return eventOf(someFacets({ user: aBareUser(changes) }));
}

describe('ocsf, sekoia: the table, row by row', () => {
  it('says what is fixed', () => {
    expect(eventOf(someFacets())).toMatchObject({
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
    });
  });

  it.each([
    ['2024-03-01T09:00:00.000Z', 1_709_283_600],
    ['2024-03-01T09:00:00.999Z', 1_709_283_600],
    ['1969-12-31T23:59:59.500Z', -1],
  ])('gives the creation date %s as whole seconds, rounded down', (created, time) => {
    expect(eventOfUser({ created })).toMatchObject({ time });
  });

  it('gives id and login in each of their places', () => {
    expect(eventOfUser({ id: '00uX', login: 'x@y' })).toMatchObject({
      user: {
        uid: '00uX',
        name: 'x@y',
        uid_alt: 'x@y',
        account: { uid: '00uX', name: 'x@y', type: 'Okta Account', type_id: 99 },
      },
    });
  });

  it.each([
    [{ firstName: 'Ana', lastName: 'Ruiz' }, 'Ana Ruiz'],
    [{ firstName: undefined, lastName: 'Ruiz' }, 'None Ruiz'],
    [{ firstName: 'Ana', lastName: undefined }, 'Ana None'],
    [{ firstName: undefined, lastName: undefined }, 'None None'],
    [{ firstName: 'Ana', lastName: 'Ruiz  ' }, 'Ana Ruiz'],
    [{ firstName: ' Ana', lastName: ' ' }, ' Ana'],
    [{ firstName: 'Zoë', lastName: '李小龍 😀' }, 'Zoë 李小龍 😀'],
  ])('joins the names %j as the reference does', (names, fullName) => {
    expect(eventOfUser(names)).toHaveProperty('user.full_name', fullName);
  });

  it('leaves out a full name of which nothing is left', () => {
    expect(eventOfUser({ firstName: ' ', lastName: ' ' })).not.toHaveProperty('user.full_name');
  });

  it('gives the display name as it is, only when there is one', () => {
    expect(eventOfUser({ displayName: 'Ana "R" ' })).toHaveProperty('user.display_name', 'Ana "R" ');
    expect(eventOfBareUser()).not.toHaveProperty('user.display_name');
  });

  it.each([
    ['ana@example.com', 'example.com'],
    ['"ana@home"@example.com', 'home"'],
    ['ana@one@two', 'one'],
    ['ana', ''],
    ['ana@', ''],
    ['@example.com', 'example.com'],
    ['ana@EXAMPLE.com', 'EXAMPLE.com'],
  ])('gives the address %s as it is, and its domain as "%s"', (email, domain) => {
    expect(eventOfUser({ email })).toMatchObject({ user: { email_addr: email, domain } });
  });

  it('has an empty domain and no address for a user without one', () => {
    expect(eventOfBareUser()).toHaveProperty('user.domain', '');
    expect(eventOfBareUser()).not.toHaveProperty('user.email_addr');
  });

  it('takes the domain from the address, never from the login', () => {
    expect(eventOfBareUser({ login: 'ana@example.com' })).toHaveProperty('user.domain', '');
    expect(eventOfUser({ login: 'ana' })).toMatchObject({ user: { name: 'ana', domain: 'example.com' } });
  });

  it.each([
    [{}, { name: 'Example Inc', ou_name: 'R&D' }],
    [{ department: undefined }, { name: 'Example Inc' }],
    [{ organization: undefined }, { name: 'example.com', ou_name: 'R&D' }],
    [{ email: undefined }, { name: 'Example Inc', ou_name: 'R&D' }],
  ])('names the org of a user with %j', (changes, org) => {
    expect(eventOfUser(changes)).toHaveProperty('user.org', org);
  });

  it('leaves the org out, department and all, when there is neither organization nor domain', () => {
    expect(eventOfBareUser({ department: 'R&D' })).not.toHaveProperty('user.org');
    expect(eventOfBareUser({ department: 'R&D', email: 'ana' })).not.toHaveProperty('user.org');
  });

  it('gives status, last sign-in and password change', () => {
    expect(eventOf(someFacets())).toHaveProperty('enrichments', [
      {
        name: 'access_control',
        value: 'okta',
        data: {
          is_enabled: true,
          last_logon: '2026-08-01T07:12:33.000Z',
          last_time_password_change: 1_770_019_200,
        },
      },
    ]);
  });

  it.each([
    'STAGED',
    'PROVISIONED',
    'RECOVERY',
    'PASSWORD_EXPIRED',
    'LOCKED_OUT',
    'SUSPENDED',
    'DEPROVISIONED',
    'NEW',
  ])('says that a user of status %s is not enabled', (status) => {
    expect(eventOfUser({ status })).toHaveProperty('enrichments[0].data.is_enabled', false);
  });

  it('leaves out of access control what is absent or, for the password, no date', () => {
    expect(eventOfBareUser({ status: 'ACTIVE' })).toHaveProperty('enrichments[0].data', { is_enabled: true });
    expect(eventOfBareUser({ lastLogin: 'monday' })).toHaveProperty('enrichments[0].data', {
      last_logon: 'monday',
    });
    expect(eventOfUser({ passwordChanged: 'monday', status: undefined })).toHaveProperty(
      'enrichments[0].data',
      {
        last_logon: '2026-08-01T07:12:33.000Z',
      },
    );
  });

  it('leaves access control out when nothing is known of it', () => {
    expect(eventOfBareUser()).not.toHaveProperty('enrichments');
    expect(eventOfBareUser({ passwordChanged: 'monday' })).not.toHaveProperty('enrichments');
  });
});

describe('ocsf, sekoia: what lookups say', () => {
  it('gives groups by id with the labels of their active roles', () => {
    const groups = known([
      aGroup(
        { id: '00gB', name: 'Admins', description: 'They may' },
        known([aRole(), aRole({ status: 'INACTIVE' })]),
      ),
      aGroup({ id: '00gA', name: 'Everyone' }),
      aGroup({ id: '00gC', name: undefined }, unknown()),
    ]);

    expect(eventOf(someFacets({ groups, roles: held([], true) }))).toHaveProperty('user.groups', [
      { uid: '00gA', name: 'Everyone', privileges: [] },
      { uid: '00gB', name: 'Admins', desc: 'They may', privileges: ['Super Administrator'] },
      { uid: '00gC' },
    ]);
  });

  it('gives every group of a user with 300, and a description of 20,000 characters whole', () => {
    const description = 'ß'.repeat(20_000);
    const groups = known(
      Array.from({ length: 300 }, (_, at) => aGroup({ id: `00g${at + 1000}`, description })),
    );
    const event = eventOf(someFacets({ groups }));

    expect(event).toHaveProperty('user.groups.length', 300);
    expect(event).toHaveProperty('user.groups[299]', {
      uid: '00g1299',
      name: 'Everyone',
      desc: description,
      privileges: [],
    });
  });

  it('counts a factor that is only pending, as the reference does', () => {
    const factors = known([aFactor({ status: 'PENDING_ACTIVATION' })]);

    expect(eventOf(someFacets({ factors }))).toHaveProperty('user.has_mfa', true);
    expect(eventOf(someFacets({ factors }), { mfaRule: 'active' })).toHaveProperty('user.has_mfa', false);
    expect(eventOf(someFacets())).toHaveProperty('user.has_mfa', false);
  });

  it('gives type and type_id together', () => {
    expect(eventOf(someFacets({ roles: held([aRole()]) }))).toMatchObject({
      user: { type: 'Admin', type_id: 2 },
    });
    expect(eventOf(someFacets())).toMatchObject({ user: { type: 'User', type_id: 1 } });
  });

  const dark = someFacets({ groups: unknown(), factors: unknown(), roles: unknown() });

  it.each(['groups', 'has_mfa', 'type', 'type_id'])('leaves %s out when it could not be read', (name) => {
    expect(eventOf(dark)).not.toHaveProperty(`user.${name}`);
  });

  it('says none, no and User instead when told to assume so', () => {
    expect(eventOf(dark, { onLookupFailure: 'assume-none' })).toMatchObject({
      user: { groups: [], has_mfa: false, type: 'User', type_id: 1 },
    });
  });

  it('gives groups without privileges when roles of groups are not looked up', () => {
    const groups = known([aGroup({ id: '00gA' }, known([aRole()]))]);

    expect(eventOf(someFacets({ groups }), lookupsWithout('group-roles'))).toHaveProperty('user.groups', [
      { uid: '00gA', name: 'Everyone' },
    ]);
  });

  it('gives the user alone when nothing is looked up', () => {
    expect(eventOf(someFacets({ user: aBareUser() }), { lookups: new Set() })).toHaveProperty('user', {
      uid: '00uAAA1',
      name: 'ana.ruiz@example.com',
      uid_alt: 'ana.ruiz@example.com',
      account: { name: 'ana.ruiz@example.com', uid: '00uAAA1', type: 'Okta Account', type_id: 99 },
      full_name: 'None None',
      domain: '',
    });
  });
});

describe('ocsf, sekoia: a user the mapping cannot say', () => {
  it.each([
    [{ id: '' }, 'the user has no id'],
    [{ login: undefined }, 'the user has no login'],
    [{ created: undefined }, 'the user has no creation date'],
    [{ created: 'monday' }, 'the creation date of the user is not an ISO 8601 date with a time zone'],
  ])('is a dead letter with %j', (changes, reason) => {
    expect(reasonsOf(someFacets({ user: aUser(changes) }))).toEqual([reason]);
  });

  it('is told with all reasons at once', () => {
    const user = aUser({ id: '', login: undefined, created: undefined });

    expect(reasonsOf(someFacets({ user }))).toEqual([
      'the user has no id',
      'the user has no login',
      'the user has no creation date',
    ]);
  });
});
