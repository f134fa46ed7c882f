import { describe, expect, test } from 'vitest';
import { aGroup, aUser, known, someFacets } from '../enrich/facets.fixture.ts';
import { officialEvent } from '../ocsf/official/official.fixture.ts';
import type { User } from '../ports/org.ts';
import { compareEvents, ComparisonCount } from './comparison.ts';

const eventOf = (changes: Partial<User> = {}) => officialEvent(someFacets({ user: aUser(changes) }));

describe('inspect, comparison: two events of one user', () => {
  test('are the same when they say the same, whenever and by whom they were made', () => {
    const theirs = {
      ...eventOf(),
      time: 1,
      metadata: { uid: 'other', version: '1.6.0', tenant_uid: 'acme.okta.com' },
    };
    const ours = { ...eventOf(), metadata: { version: '1.6.0', tenant_uid: 'acme.okta.com' } };

    expect(compareEvents(theirs, ours)).toEqual([]);
  });

  test('show what is missing on either side, and what differs', () => {
    const differences = compareEvents(
      { ...eventOf({ displayName: undefined, title: 'Clerk' }), severity: 'Low' },
      eventOf(),
    );

    expect(differences).toEqual([
      { path: 'severity', kind: 'differs', theirs: 'Low', ours: 'Informational' },
      { path: 'user.display_name', kind: 'missing-there', ours: 'Ana Ruiz' },
      { path: 'user.ldap_person.job_title', kind: 'missing-here', theirs: 'Clerk' },
    ]);
  });

  test.each([
    ['stale-there', '2026-01-01T00:00:00.000Z'],
    ['stale-here', '2026-12-01T00:00:00.000Z'],
  ])('tell %s by the stamp of the last change', (kind, lastUpdated) => {
    const differences = compareEvents(eventOf({ lastUpdated, department: 'Sales' }), eventOf());

    expect(new Set(differences.map((each) => each.kind))).toEqual(new Set([kind]));
  });

  test('compare groups by id and privileges in any order', () => {
    const group = (id: string, privileges: readonly string[]) => ({ uid: id, privileges });
    const theirs = { user: { uid: '1', groups: [group('b', []), group('a', ['y', 'x'])] } };
    const ours = { user: { uid: '1', groups: [group('a', ['x', 'y']), group('b', ['z'])] } };

    expect(compareEvents(theirs, ours).map(({ path }) => path)).toEqual(['user.groups[b].privileges']);
  });

  test('are counted by path, entries of lists together', () => {
    const count = new ComparisonCount();
    const ours = officialEvent(someFacets({ groups: known([aGroup(), aGroup({ id: '00gB', name: 'B' })]) }));
    count.add({ uid: '1', kind: 'different', fields: compareEvents(eventOf(), ours) });
    count.add({ uid: '2', kind: 'same' });

    expect(count.isSame).toBe(false);
    expect(count.summary().users).toEqual({ 'only-here': 0, 'only-there': 0, same: 1, different: 1 });
    expect(count.summary().fields['user.groups[].name']).toEqual({ 'missing-there': 1 });
  });
});
