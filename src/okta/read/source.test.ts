import { describe, expect, test } from 'vitest';
import { aUser } from '../../enrich/facets.fixture.ts';
import {
  OktaAuthError,
  OktaForbiddenError,
  OktaResponseError,
  OktaUnavailableError,
} from '../../ports/errors.ts';
import {
  collect,
  createSource,
  json,
  NOW,
  ORIGIN,
  page,
  problem,
  thrownBy,
  useOkta,
} from '../okta.fixture.ts';
import type { Asked } from '../okta.fixture.ts';

const { serve } = useOkta();

const user = (id: string, status = 'ACTIVE') => ({ id, status, profile: { login: id } });
const paths = (asked: readonly Asked[]): string[] => asked.map(({ path }) => path);
const search = ({ url }: Asked): string | null => new URL(url).searchParams.get('search');
const idsOf = (pages: readonly (readonly object[])[]): unknown[] =>
  pages.flat().map((listed) => ('user' in listed ? Object(listed.user).id : listed));

describe('okta, source: a user of the selection', () => {
  const lastUpdated = '2026-08-01T09:00:00.000Z';
  const record = aUser({ id: '00u1', lastUpdated });

  test('is asked for by the search, and believed of the very same record', async () => {
    const asked = serve(() => json([{ ...user('00u1'), lastUpdated }]));
    const source = createSource({ userSearch: 'profile.department eq "R&D"' });

    expect(await source.isSelected(record)).toBe(true);
    expect(asked.map(search)).toEqual(['(profile.department eq "R&D") and id eq "00u1"']);
    expect(await source.isSelected({ ...record, lastUpdated: '2026-08-01T09:30:00.000Z' })).toBe(false);
  });

  test('is none whom the search does not find', async () => {
    serve(() => json([]));

    expect(await createSource({ userSearch: 'status eq "ACTIVE"' }).isSelected(record)).toBe(false);
  });

  test('is everybody where there is none, without a call', async () => {
    const asked = serve(() => json([]));

    expect(await createSource().isSelected(record)).toBe(true);
    expect(asked).toEqual([]);
  });
});

describe('okta, source: identify', () => {
  test("gives the org's id and Okta's time", async () => {
    const date = 'Sat, 01 Aug 2026 10:00:07 GMT';
    serve(() => json({ id: '00o1' }, { headers: { date } }));

    expect(await createSource().identify()).toEqual({
      id: '00o1',
      host: 'acme.okta.example',
      at: Date.parse(date),
    });
  });

  test.each([403, 404, 405, 501])('goes on without where the endpoint is missing: %i', async (status) => {
    serve(() => problem(status));

    expect(await createSource().identify()).toEqual({
      id: undefined,
      host: 'acme.okta.example',
      at: undefined,
    });
  });

  test('shows no credential, so that a 401 says nothing of it', async () => {
    const asked = serve(() => problem(401, 'E0000011'));

    expect(await createSource().identify()).toMatchObject({ id: undefined, at: undefined });
    expect(asked.map(({ headers }) => headers.get('authorization'))).toEqual([null]);
  });

  test("makes the org's own hosts known: their next links are asked at the configured one", async () => {
    const asked = serve(({ path }) => {
      if (path.startsWith('/.well-known'))
        return json({ _links: { alternate: { href: 'https://login.example.com' } } });
      return path.includes('after')
        ? page(['00u2'])
        : page(['00u1'], 'https://login.example.com/api/v1/groups/g/users?after=1');
    });
    const source = createSource();

    await source.identify();

    expect(await collect(source.listMembers('g'))).toEqual([['00u1'], ['00u2']]);
    expect(asked.at(-1)?.url).toBe(`${ORIGIN}/api/v1/groups/g/users?after=1`);
    expect(await thrownBy(collect(createSource().listMembers('g')))).toBeInstanceOf(OktaUnavailableError);
  });
});

describe('okta, source: users', () => {
  test('are listed in pages of 200, deactivated ones left out', async () => {
    const asked = serve(() => json([user('00u1'), user('00u2', 'DEPROVISIONED'), user('00u3', 'SUSPENDED')]));

    expect(idsOf(await collect(createSource().listUsers()))).toEqual(['00u1', '00u3']);
    expect(paths(asked)).toEqual(['/api/v1/users?limit=200']);
  });

  test('deactivated ones are searched for when wanted', async () => {
    const asked = serve((each) =>
      json([search(each) === null ? user('00u1') : user('00u2', 'DEPROVISIONED')]),
    );

    const pages = await collect(createSource({ includeDeprovisioned: true }).listUsers());

    expect(idsOf(pages)).toEqual(['00u1', '00u2']);
    expect(asked.map(search)).toEqual([null, 'status eq "DEPROVISIONED"']);
  });

  test.each([true, false])('of a search are found by it alone, deactivated wanted: %s', async (wanted) => {
    const asked = serve(() => json([user('00u1'), user('00u2', 'DEPROVISIONED')]));
    const userSearch = 'profile.department eq "R&D" or profile.city sw "Á"';

    const pages = await collect(createSource({ userSearch, includeDeprovisioned: wanted }).listUsers());

    expect(idsOf(pages)).toEqual(wanted ? ['00u1', '00u2'] : ['00u1']);
    expect(asked.map(search)).toEqual([`(${userSearch})`]);
  });

  test('who cannot be read are listed as such, the others as they are', async () => {
    serve(() => json([user('00u1'), { id: '00u2' }, null, user('00u3')]));

    const [listed] = await collect(createSource().listUsers());

    expect(listed).toMatchObject([
      { kind: 'user', readAt: NOW },
      { kind: 'unreadable', id: '00u2' },
      { kind: 'unreadable', id: undefined },
      { kind: 'user' },
    ]);
  });

  test.each([
    ['a refusal', () => problem(403), OktaForbiddenError],
    ['a wrong token', () => problem(401), OktaAuthError],
    ['errors without end', () => problem(500), OktaUnavailableError],
    ['a body that is no list', () => json({ users: [] }), OktaUnavailableError],
    ['a redirect', () => problem(302), OktaResponseError],
  ])('on a later page, %s ends the listing with an error', async (_, failing, kind) => {
    serve(({ path }) =>
      path.includes('after') ? failing() : page(['00u1'], `${ORIGIN}/api/v1/users?after=1`),
    );

    expect(await thrownBy(collect(createSource().listUsers()))).toBeInstanceOf(kind);
  });

  test('are asked for in smaller pages when Okta times out over them', async () => {
    serve(({ path }) => (path.includes('limit=200') ? problem(504) : json([user('00u1')])));

    expect(idsOf(await collect(createSource().listUsers()))).toEqual(['00u1']);
  });
});

describe('okta, source: one user', () => {
  test.each([
    ['ana/ruiz@example.com', '/api/v1/users/ana%2Fruiz%40example.com'],
    ['a?b#c', '/api/v1/users/a%3Fb%23c'],
    ['a%2Fb', '/api/v1/users/a%252Fb'],
    ['a\nb', '/api/v1/users/a%0Ab'],
    ['../groups', '/api/v1/users/..%2Fgroups'],
    ['...', '/api/v1/users/...'],
    ['%2e%2e', '/api/v1/users/%252e%252e'],
    ['Zoë', '/api/v1/users/Zo%C3%AB'],
  ])('%j is asked for by that name and no other', async (name, path) => {
    const asked = serve(() => json(user('00u1')));

    expect(await createSource().getUser(name)).toMatchObject({ kind: 'user', user: { id: '00u1' } });
    expect(paths(asked)).toEqual([path]);
  });

  test.each(['', '.', '..', '\uD800'])('%j is nobody, and not asked for', async (name) => {
    const asked = serve(() => json(user('00u1')));

    expect(await createSource().getUser(name)).toBeUndefined();
    expect(asked).toEqual([]);
  });

  test('who is not there is undefined; who may not be read is an error', async () => {
    serve(({ path }) => problem(path.endsWith('gone') ? 404 : 403));

    expect(await createSource().getUser('gone')).toBeUndefined();
    expect(await thrownBy(createSource().getUser('hidden'))).toBeInstanceOf(OktaForbiddenError);
  });
});

describe('okta, source: groups', () => {
  const group = (id: string) => ({ id, profile: { name: id }, _embedded: { stats: { usersCount: 3 } } });

  test('are listed with their sizes', async () => {
    const asked = serve(() => json([group('00g1')]));

    const pages = await collect(createSource().listGroups());

    expect(pages).toMatchObject([{ groups: [{ id: '00g1', usersCount: 3 }], isWhole: true, readAt: NOW }]);
    expect(paths(asked)).toEqual(['/api/v1/groups?limit=200&expand=stats']);
  });

  test('without sizes when Okta times out over them even on small pages', async () => {
    const asked = serve(({ path }) => (path.includes('stats') ? problem(500) : json([group('00g1')])));

    expect(await collect(createSource().listGroups())).toHaveLength(1);
    expect([...new Set(paths(asked))]).toEqual([
      '/api/v1/groups?limit=200&expand=stats',
      '/api/v1/groups?limit=100&expand=stats',
      '/api/v1/groups?limit=50&expand=stats',
      '/api/v1/groups?limit=25&expand=stats',
      '/api/v1/groups?limit=200',
    ]);
  });

  test('without sizes when the first pages came with them', async () => {
    serve(({ path }) => {
      if (!path.includes('stats')) return json([group('00g1'), group('00g2')]);
      const link = `<${ORIGIN}/api/v1/groups?after=1&limit=200&expand=stats>; rel="next"`;
      return path.includes('after') ? problem(500) : json([group('00g1')], { headers: { link } });
    });

    const pages = await collect(createSource().listGroups());

    expect(pages.map(({ groups }) => groups.map(({ id }) => id))).toEqual([['00g1'], ['00g1', '00g2']]);
  });

  test('are not asked for twice when they are refused', async () => {
    const asked = serve(() => problem(403));

    expect(await thrownBy(collect(createSource().listGroups()))).toBeInstanceOf(OktaForbiddenError);
    expect(asked).toHaveLength(1);
  });

  test('a page with an entry that cannot be read is not whole', async () => {
    serve(() => json([group('00g1'), { id: 7 }]));

    expect(await collect(createSource().listGroups())).toMatchObject([
      { groups: [{ id: '00g1' }], isWhole: false },
    ]);
  });
});

describe('okta, source: members and assignees', () => {
  test('members are asked for a thousand at a time', async () => {
    const asked = serve(() => page(['00u1', '00u2']));

    expect(await collect(createSource().listMembers('00g/1'))).toEqual([['00u1', '00u2']]);
    expect(paths(asked)).toEqual(['/api/v1/groups/00g%2F1/users?limit=1000']);
  });

  test('members with an entry that cannot be read are no list of members', async () => {
    serve(() => json([{ id: '00u1' }, {}]));

    expect(await thrownBy(collect(createSource().listMembers('00g1')))).toBeInstanceOf(OktaUnavailableError);
  });

  test('a group whose id is no part of a path is not asked for', async () => {
    const asked = serve(() => page([]));

    expect(await thrownBy(collect(createSource().listMembers('..')))).toBeInstanceOf(OktaUnavailableError);
    expect(asked).toEqual([]);
  });

  test('assignees are read by the links in the body', async () => {
    const value = [{ id: '00u1' }];
    const next = { href: `${ORIGIN}/api/v1/iam/assignees/users?after=1` };
    serve(({ path }) => json(path.includes('after') ? { value } : { value, _links: { next } }));

    expect(await collect(createSource().listAssignees())).toEqual([['00u1'], ['00u1']]);
  });
});
