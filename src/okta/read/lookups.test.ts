import { describe, expect, test } from 'vitest';
import { OktaAuthError, OktaRateLimitError } from '../../ports/errors.ts';
import type { GapReason } from '../../ports/org.ts';
import { createSource, json, NOW, ORIGIN, problem, thrownBy, useOkta } from '../okta.fixture.ts';

const { serve } = useOkta();

const unknown = (reason: GapReason) => ({ kind: 'unknown', reason });
const FACTOR = { id: 'opf1', factorType: 'push', provider: 'OKTA', status: 'ACTIVE' };
const ROLE = { id: 'ra1', type: 'CUSTOM', status: 'ACTIVE', label: 'x' };

describe('okta, lookups: a lookup', () => {
  test('gives what Okta says and when', async () => {
    const asked = serve(({ path }) => json([path.endsWith('factors') ? FACTOR : ROLE]));
    const source = createSource();

    expect(await source.ask('factors', '00u/1')).toEqual({
      kind: 'known',
      value: [{ id: 'opf1', type: 'push', provider: 'OKTA', status: 'ACTIVE' }],
      readAt: NOW,
    });
    expect(await source.ask('roles', '00u1')).toMatchObject({
      value: { roles: [ROLE], includesGroups: true },
    });
    expect(await source.getGroupRoles('00g1')).toMatchObject({ value: [ROLE] });
    expect(asked.map(({ path }) => path)).toEqual([
      '/api/v1/users/00u%2F1/factors',
      '/api/v1/users/00u1/roles',
      '/api/v1/groups/00g1/roles',
    ]);
  });

  test('nothing is an answer', async () => {
    serve(() => json([]));

    expect(await createSource().ask('factors', '00u1')).toMatchObject({ kind: 'known', value: [] });
  });

  test("follows a user's groups over all pages; the first page says when", async () => {
    serve(({ path }) => {
      const isLast = path.includes('after');
      const headers: Record<string, string> = { date: `Sat, 01 Aug 2026 10:00:0${isLast ? 9 : 1} GMT` };
      if (!isLast) headers['link'] = `<${ORIGIN}/api/v1/users/00u1/groups?after=1>; rel="next"`;
      return json([{ id: isLast ? '00g2' : '00g1' }], { headers });
    });

    expect(await createSource().ask('groups', '00u1')).toMatchObject({
      value: [{ id: '00g1' }, { id: '00g2' }],
      readAt: NOW + 1000,
    });
  });

  test.each([
    ['refused', () => problem(403)],
    ['unavailable', () => problem(500)],
    ['unavailable', () => problem(400)],
    ['unreadable', () => json({ groups: [] })],
    ['unreadable', () => json([{ id: 7 }])],
  ] as const)('whose second page is %s is unknown as a whole', async (reason, failing) => {
    serve(({ path }) => {
      const link = `<${ORIGIN}/api/v1/users/00u1/groups?after=1>; rel="next"`;
      return path.includes('after') ? failing() : json([{ id: '00g1' }], { headers: { link } });
    });

    expect(await createSource().ask('groups', '00u1')).toEqual(unknown(reason));
  });

  test.each([
    [401, 'E0000011', OktaAuthError],
    [429, 'E0000047', OktaRateLimitError],
  ])('%i %s ends the run', async (status, code, kind) => {
    serve(() => problem(status, code));

    expect(await thrownBy(createSource().ask('factors', '00u1'))).toBeInstanceOf(kind);
  });

  test.each([
    ['leaves the org', () => 'https://thief.example/api/v1/users/00u1/groups?after=1'],
    ['leads back', () => `${ORIGIN}/api/v1/users/00u1/groups`],
    ['never ends', (times: number) => `${ORIGIN}/api/v1/users/00u1/groups?after=${times}`],
  ])('whose next link %s is unreadable, and ends nothing', async (_, next) => {
    const asked = serve((_asked, times) =>
      json([{ id: '00g1' }], { headers: { link: `<${next(times)}>; rel="next"` } }),
    );

    expect(await createSource().ask('groups', '00u1')).toEqual(unknown('unreadable'));
    expect(asked.every(({ url }) => url.startsWith(`${ORIGIN}/`))).toBe(true);
  });

  test('that is answered by a redirect is unreadable, and ends nothing', async () => {
    serve(() => problem(302));

    expect(await createSource().ask('factors', '00u1')).toEqual(unknown('unreadable'));
  });

  test.each(['', '.', '..', '\uDFFF'])('of the id %j, which no path can name, is not made', async (id) => {
    const asked = serve(() => json([]));

    expect(await createSource().ask('factors', id)).toEqual(unknown('unreadable'));
    expect(asked).toEqual([]);
  });

  test.each(["$&$'$`$1", 'a/../b', '{id}', 'a\r\nb', '?limit=1', '%2F'])(
    'of the id %j is made of that user and no other',
    async (id) => {
      const asked = serve(() => json([]));

      await createSource().ask('factors', id);

      expect(asked.map(({ path }) => path)).toEqual([`/api/v1/users/${encodeURIComponent(id)}/factors`]);
    },
  );
});

describe('okta, lookups: a 404', () => {
  test("on a user's lookup is the user's when Okta says so of the user too", async () => {
    const asked = serve(() => problem(404, 'E0000007'));

    expect(await createSource().ask('factors', '00u1')).toEqual(unknown('gone'));
    expect(asked.map(({ path }) => path)).toEqual(['/api/v1/users/00u1/factors', '/api/v1/users/00u1']);
  });

  test("is the endpoint's when the user is there", async () => {
    serve(({ path }) => (path.endsWith('factors') ? problem(404) : json({ id: '00u1', profile: {} })));

    expect(await createSource().ask('factors', '00u1')).toEqual(unknown('missing'));
  });

  test.each([403, 500])('proves nothing when the user cannot be asked for: %i', async (status) => {
    serve(({ path }) => problem(path.endsWith('factors') ? 404 : status));

    expect(await createSource().ask('factors', '00u1')).toEqual(unknown('missing'));
  });

  test('while the token is revoked ends the run', async () => {
    serve(({ path }) => problem(path.endsWith('factors') ? 404 : 401));

    expect(await thrownBy(createSource().ask('factors', '00u1'))).toBeInstanceOf(OktaAuthError);
  });

  test('of several lookups asks for the user once', async () => {
    const asked = serve(() => problem(404));
    const source = createSource();

    const answers = await Promise.all([
      source.ask('factors', '00u1'),
      source.ask('groups', '00u1'),
      source.ask('roles', '00u1'),
    ]);

    expect(answers).toEqual(Array(3).fill(unknown('gone')));
    expect(asked.filter(({ path }) => path === '/api/v1/users/00u1').length).toBeLessThanOrEqual(2);
  });

  test("on a group's roles is the group's when Okta says so of the group too", async () => {
    const asked = serve(() => problem(404));

    expect(await createSource().getGroupRoles('00g1')).toEqual(unknown('gone'));
    expect(asked.map(({ path }) => path)).toEqual([
      '/api/v1/groups/00g1/roles',
      '/api/v1/groups/00g1?expand=stats',
    ]);
  });

  test("on a group's roles is the endpoint's when the group is there", async () => {
    serve(({ path }) => (path.endsWith('roles') ? problem(404) : json({ id: '00g1' })));

    expect(await createSource().getGroupRoles('00g1')).toEqual(unknown('missing'));
  });

  test('of users who are gone settles nothing', async () => {
    serve(() => problem(404));
    const source = createSource();

    for (let user = 0; user < 9; user += 1)
      expect(await source.ask('factors', `00u${user}`)).toEqual(unknown('gone'));
  });
});

describe('okta, lookups: a lookup that is refused', () => {
  test('to five users is asked of nobody else, the other lookups are', async () => {
    const asked = serve(({ path }) => (path.endsWith('roles') ? problem(403) : json([])));
    const source = createSource();

    for (let user = 0; user < 20; user += 1) {
      expect(await source.ask('roles', `00u${user}`)).toEqual(unknown('refused'));
      expect(await source.ask('factors', `00u${user}`)).toMatchObject({ kind: 'known' });
    }

    expect(asked.filter(({ path }) => path.endsWith('roles'))).toHaveLength(5);
    expect(source.refusedLookups()).toEqual(new Set(['roles']));
  });

  test('in an earlier run is tried with one call', async () => {
    const asked = serve(() => problem(403));
    const source = createSource({ refusedBefore: ['factors'] });

    expect(source.refusedLookups()).toEqual(new Set(['factors']));
    await Promise.all(Array.from({ length: 20 }, (_, user) => source.ask('factors', `00u${user}`)));

    expect(asked).toHaveLength(1);
    expect(source.refusedLookups()).toEqual(new Set(['factors']));
  });

  test('in an earlier run and allowed now is not refused any more', async () => {
    serve(() => json([]));
    const source = createSource({ refusedBefore: ['factors'] });

    await source.ask('factors', '00u1');

    expect(source.refusedLookups()).toEqual(new Set());
  });
});

test.each([
  [401, 'E0000015'],
  [501, 'E0000060'],
  [405, 'E0000022'],
  [410, 'E0000215'],
])('okta, lookups: a feature that is off (%i %s) is asked about once', async (status, code) => {
  const asked = serve(() => problem(status, code));
  const source = createSource();

  for (let user = 0; user < 9; user += 1)
    expect(await source.ask('factors', `00u${user}`)).toEqual(unknown('missing'));

  expect(asked).toHaveLength(1);
  expect(source.refusedLookups()).toEqual(new Set());
});

test('okta, lookups: a feature that seems to be off for one user, after others were answered, is asked about for the rest', async () => {
  serve(({ path }) => (path.includes('00u3') ? problem(401, 'E0000015') : json([])));
  const source = createSource();

  const kinds: string[] = [];
  for (let user = 0; user < 6; user += 1) kinds.push((await source.ask('factors', `00u${user}`)).kind);

  expect(kinds).toEqual(['known', 'known', 'known', 'unknown', 'known', 'known']);
});
