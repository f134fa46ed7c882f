import { expect, it } from 'vitest';
import { assignmentsOf } from './assignments.ts';
import { aGroup, aRole, held, known, someFacets, unknown } from './facets.fixture.ts';

const throughGroup = aRole({ id: 'gra1', assignmentType: 'GROUP', assigneeGroupId: 'g1' });

it('enrich, assignments: says of each role whether it is held directly or through which group', () => {
  const facets = someFacets({
    roles: held([aRole({ id: 'ra2', assignmentType: 'USER' })]),
    groups: known([aGroup({ id: 'g1' }, known([aRole({ id: 'gra1' })]))]),
  });

  expect(assignmentsOf(facets)).toMatchObject({
    isWhole: true,
    list: [
      { role: { id: 'gra1' }, assigned: 'group', groupId: 'g1' },
      { role: { id: 'ra2' }, assigned: 'direct', groupId: undefined },
    ],
  });
});

it('enrich, assignments: names a role once that comes with the user and with the group', () => {
  const facets = someFacets({
    roles: held([throughGroup], true),
    groups: known([aGroup({ id: 'g1' }, known([aRole({ id: 'gra1' })]))]),
  });

  expect(assignmentsOf(facets).list).toHaveLength(1);
});

it('enrich, assignments: names a role twice that is held through two groups', () => {
  const role = known([aRole({ id: 'irb1' })]);
  const facets = someFacets({ groups: known([aGroup({ id: 'g1' }, role), aGroup({ id: 'g2' }, role)]) });

  expect(assignmentsOf(facets).list.map(({ groupId }) => groupId)).toEqual(['g1', 'g2']);
});

it('enrich, assignments: takes the group from the role where groups were not read', () => {
  const facets = someFacets({ roles: held([throughGroup], true), groups: unknown() });

  expect(assignmentsOf(facets)).toMatchObject({
    isWhole: true,
    list: [{ assigned: 'group', groupId: 'g1' }],
  });
});

it.each([
  [{ roles: unknown() }],
  [{ roles: held([]), groups: unknown() }],
  [{ roles: held([]), groups: known([aGroup({}, unknown())]) }],
])('enrich, assignments: is a part as long as an answer is missing: %#', (changes) => {
  expect(assignmentsOf(someFacets(changes)).isWhole).toBe(false);
});
