import { expect, it } from 'vitest';
import { aRole, known, notAsked, unknown } from './facets.fixture.ts';
import { privileges } from './privileges.ts';

it('enrich, privileges: names the active roles of a group, each once, ordered by code unit', () => {
  const roles = known([
    aRole({ label: 'änderung' }),
    aRole({ label: 'b' }),
    aRole({ label: 'Z' }),
    aRole({ label: 'b', id: 'ra2' }),
    aRole({ label: 'a' }),
  ]);

  expect(privileges(roles)).toMatchObject({ value: ['Z', 'a', 'b', 'änderung'] });
});

it('enrich, privileges: leaves inactive roles out, also one whose label an active role shares', () => {
  const roles = known([
    aRole({ label: 'EU user ops', status: 'INACTIVE' }),
    aRole({ label: 'EU user ops', type: 'CUSTOM' }),
    aRole({ label: 'Gone', status: 'INACTIVE' }),
  ]);

  expect(privileges(roles)).toMatchObject({ value: ['EU user ops'] });
});

it('enrich, privileges: calls a role without a label by its type', () => {
  expect(privileges(known([aRole({ label: undefined, type: 'ORG_ADMIN' })]))).toMatchObject({
    value: ['ORG_ADMIN'],
  });
});

it('enrich, privileges: says a known nothing for a group known to hold no role', () => {
  expect(privileges(known([]))).toMatchObject({ kind: 'known', value: [] });
});

it('enrich, privileges: stays unknown, and stays not asked', () => {
  expect(privileges(unknown('missing'))).toEqual({ kind: 'unknown', reason: 'missing' });
  expect(privileges(notAsked)).toEqual({ kind: 'not-asked' });
});
