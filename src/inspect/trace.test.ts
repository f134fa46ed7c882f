import { describe, expect, test } from 'vitest';
import { aFactor, aGroup, aRole, aUser, held, known, someFacets } from '../enrich/facets.fixture.ts';
import { makerOptions } from '../ocsf/official/official.fixture.ts';
import { dialectNamed } from '../ocsf/dialects.ts';
import { draftEvent } from '../ocsf/make-event.ts';
import type { UserFacets } from '../ports/org.ts';
import { traceFields } from './trace.ts';

function sourcesOf(facets: UserFacets, dialect: 'sekoia' | 'ocsf-1.6.0' = 'sekoia') {
  const options = {
    ...makerOptions('1.6.0'),
    dialect: dialectNamed(dialect, { namesDevices: true }).dialect,
  };
  const fields = traceFields(facets, (given) => {
    const { normalised } = draftEvent(given, options);
    return normalised.kind === 'draft' ? normalised.draft : undefined;
  });
  return (path: string): readonly string[] | undefined =>
    fields.find((field) => field.path === path)?.sources.map(({ name }) => name);
}

describe('inspect, trace: where a field comes from', () => {
  test('names the devices behind the list of them', () => {
    const from = sourcesOf(someFacets({ devices: [{ id: 'guo1' }] }), 'ocsf-1.6.0');

    expect(from('unmapped.okta.devices')).toEqual(['the devices']);
  });

  test('names the attribute of Okta behind each field of dialect sekoia', () => {
    const from = sourcesOf(someFacets());

    expect({
      uid: from('user.uid'),
      name: from('user.name'),
      fullName: from('user.full_name'),
      email: from('user.email_addr'),
      domain: from('user.domain'),
      time: from('time'),
      enabled: from('enrichments[access_control].data.is_enabled'),
      signIn: from('enrichments[access_control].data.last_logon'),
      classUid: from('class_uid'),
    }).toEqual({
      uid: ['id'],
      name: ['profile.login'],
      fullName: ['profile.firstName', 'profile.lastName'],
      email: ['profile.email'],
      domain: ['profile.email'],
      time: ['created'],
      enabled: ['status'],
      signIn: ['lastLogin'],
      classUid: [],
    });
  });

  test('names the lookups behind groups, factors and roles', () => {
    const facets = someFacets({
      groups: known([aGroup({}, known([aRole()]))]),
      factors: known([aFactor()]),
      roles: held([aRole()]),
    });

    const from = sourcesOf(facets, 'ocsf-1.6.0');

    expect(from('user.groups')).toEqual(['lookup groups', 'lookup group-roles']);
    expect(from('user.has_mfa')).toEqual(['lookup factors']);
    expect(from('user.type_id')).toEqual(['lookup group-roles', 'lookup roles']);
    expect(from('enrichments[admin_roles].data')).toEqual([
      'lookup groups',
      'lookup group-roles',
      'lookup roles',
    ]);
  });

  test('says what an absent attribute left room for', () => {
    const from = sourcesOf(someFacets({ user: aUser({ organization: undefined }) }));

    expect(from('user.org.name')).toEqual(['profile.email', 'profile.organization']);
  });

  test('names a custom attribute, and what the mapping file made', () => {
    const facets = someFacets({ user: aUser({ custom: { badge: 7 } }) });

    expect(sourcesOf(facets, 'ocsf-1.6.0')('unmapped.okta.custom.badge')).toEqual(['profile.badge']);
  });
});
