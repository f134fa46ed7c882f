import { describe, expect, test } from 'vitest';
import { findGroups } from './group-finder.ts';
import { createClient, json, problem, useOkta } from '../okta.fixture.ts';

const { serve } = useOkta();

const GROUPS = [
  { id: '00gAAA1', type: 'OKTA_GROUP', profile: { name: 'Employees' } },
  { id: '00g1abcdefghijklm5d7', type: 'OKTA_GROUP', profile: { name: 'R&D "EU"' } },
  { id: 'grp7', type: 'OKTA_GROUP', profile: { name: '00gAAA2' } },
];

function serveGroups() {
  return serve(({ url }) => {
    const { pathname, searchParams } = new URL(url);
    const search = searchParams.get('search');
    if (search !== null) {
      // Okta's search is blind to case.
      const wanted = search.slice('profile.name eq '.length).toLowerCase();
      return json(GROUPS.filter(({ profile }) => JSON.stringify(profile.name).toLowerCase() === wanted));
    }
    const found = GROUPS.find(({ id }) => pathname === `/api/v1/groups/${id}`);
    return found === undefined ? problem(404, 'E0000007') : json(found);
  });
}

describe('okta, group finder: a group is found', () => {
  test.each([
    ['its name', 'Employees', '00gAAA1'],
    ['a name with quotes in it', 'R&D "EU"', '00g1abcdefghijklm5d7'],
    ['its id', '00g1abcdefghijklm5d7', '00g1abcdefghijklm5d7'],
    ['an id of another length', '00gAAA1', '00gAAA1'],
    ['an id of another form', 'grp7', 'grp7'],
    ['a name that looks like an id', '00gAAA2', 'grp7'],
  ])('by %s', async (_, given, id) => {
    serveGroups();

    expect(await findGroups(createClient(), given)).toMatchObject([{ id }]);
  });

  test.each(['employees', 'Nobody', '00gAAA9', 'no such/group'])('or not: %s', async (given) => {
    serveGroups();

    expect(await findGroups(createClient(), given)).toEqual([]);
  });
});
