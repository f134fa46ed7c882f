import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { OktaForbiddenError, OktaResponseError, OktaUnavailableError } from '../../ports/errors.ts';
import { collect, createClient, json, ORIGIN, page, problem, thrownBy, useOkta } from '../okta.fixture.ts';
import { unlearntSize } from './page-size.ts';
import { listPages, pathOnOrigin, type Listing } from './paging.ts';

const { serve } = useOkta();
const TEMPLATE = '/api/v1/users';
const USERS: Listing = { path: '/api/v1/users?limit=200', template: TEMPLATE, next: 'link' };
const SIZED: Listing = { ...USERS, smallestLimit: 25 };
const ASSIGNEES: Listing = { path: '/api/v1/iam/assignees/users', template: '/assignees', next: 'body' };
const NOBODY: ReadonlySet<string> = new Set();

const read = (listing: Listing, ownHosts = NOBODY): Promise<unknown[]> =>
  collect(listPages(createClient(), listing, ownHosts)).then((pages) => pages.map(({ body }) => body));

const assignees = (ids: readonly string[], next?: unknown): Response =>
  json({
    value: ids.map((id) => ({ id })),
    ...(next === undefined ? {} : { _links: JSON.parse(JSON.stringify({ next })) }),
  });

const limits = (asked: readonly { readonly url: string }[]): (string | null)[] =>
  asked.map(({ url }) => new URL(url).searchParams.get('limit'));

describe('okta, paging: a listing', () => {
  test('is read to its end by Link headers, each address as given', async () => {
    const asked = serve(({ path }) => {
      if (path.includes('after=b')) return page(['00u3']);
      if (path.includes('after=a'))
        return page(['00u2'], `${ORIGIN}/api/v1/users?after=b%2C%3b+%20&limit=200`);
      return page(['00u1'], `${ORIGIN}/api/v1/users?after=a,;&limit=200`);
    });

    expect(await read(SIZED)).toEqual([[{ id: '00u1' }], [{ id: '00u2' }], [{ id: '00u3' }]]);
    expect(asked.map(({ path }) => path)).toEqual([
      '/api/v1/users?limit=200',
      '/api/v1/users?after=a,;&limit=200',
      '/api/v1/users?after=b%2C%3b+%20&limit=200',
    ]);
  });

  test('is read to its end by the body', async () => {
    const asked = serve(({ path }) =>
      path.includes('after')
        ? assignees(['00u2'])
        : assignees(['00u1'], { href: `${ORIGIN}/api/v1/iam/assignees/users?after=1` }),
    );

    expect(await read(ASSIGNEES)).toHaveLength(2);
    expect(asked).toHaveLength(2);
  });

  test('by the body may be long: each page is told by what it lists', async () => {
    serve((_, times) =>
      assignees(
        [`00u${times}`],
        times < 60 ? { href: `/api/v1/iam/assignees/users?after=${times}` } : undefined,
      ),
    );

    expect(await read(ASSIGNEES)).toHaveLength(60);
  });

  test.each([[null], ['next'], [{}], [{ href: 7 }], [[]]])(
    'by the body ends at the link %j',
    async (next) => {
      serve(() => assignees(['00u1'], next));

      expect(await read(ASSIGNEES)).toHaveLength(1);
    },
  );

  test('that fails half-way throws: what it gave is a part', async () => {
    serve((_, times) => (times === 1 ? page(['00u1'], `${ORIGIN}/api/v1/users?after=1`) : problem(403)));

    expect(await thrownBy(read(USERS))).toBeInstanceOf(OktaForbiddenError);
  });

  test('gives the page whose next link cannot be trusted before it throws', async () => {
    serve(() => page(['00u1'], 'https://thief.example/api/v1/users?after=1'));
    const pages = listPages(createClient(), USERS, NOBODY);

    const first = await pages.next();

    expect(first.value?.body).toEqual([{ id: '00u1' }]);
    expect(await thrownBy(pages.next())).toBeInstanceOf(OktaResponseError);
  });
});

describe('okta, paging: a next link to another origin is not followed', () => {
  test.each([
    'https://thief.example/api/v1/users?after=1',
    'https://acme.okta.example.thief.example/api/v1/users',
    'https://acme.okta.example@thief.example/api/v1/users',
    'https://acme-okta.example/api/v1/users',
    'https://xacme.okta.example/api/v1/users',
    'https://sub.acme.okta.example/api/v1/users',
    'https://acme.okta.example./api/v1/users',
    'https://acme.okta.example:8443/api/v1/users',
    'https://asme.okta.example/api/v1/users',
    'https://xn--cme-5cd.okta.example/api/v1/users',
    'http://acme.okta.example/api/v1/users',
    'ftp://acme.okta.example/api/v1/users',
    'https://user:password@acme.okta.example/api/v1/users',
    'https://user@acme.okta.example/api/v1/users',
    'https://:password@own.example/api/v1/users',
    '//thief.example/api/v1/users',
    '/\\thief.example/api/v1/users',
    '\\\\thief.example/api/v1/users',
    'https:\\\\thief.example/api/v1/users',
    'blob:https://acme.okta.example/api/v1/users',
    'data:application/json,[]',
    'javascript:alert(1)',
    'file:///etc/passwd',
    'http://own.example/api/v1/users',
    'https://own.example:8443/api/v1/users',
    'https://evil.own.example/api/v1/users',
    'https://[::1]/api/v1/users',
    'https://%zz/',
    'https://',
  ])('%s', async (href) => {
    const asked = serve(() => page(['00u1'], href));

    const error = await thrownBy(read(USERS, new Set(['own.example'])));

    expect(error).toBeInstanceOf(OktaResponseError);
    expect(asked.map(({ url }) => new URL(url).origin)).toEqual([ORIGIN]);
  });

  test.each([
    ['https://own.example/api/v1/users?after=1', '/api/v1/users?after=1'],
    ['https://OWN.example:443/api/v1/users?after=1', '/api/v1/users?after=1'],
    ['https://ACME.okta.example:443/api/v1/users?after=1', '/api/v1/users?after=1'],
    ['/api/v1/users?after=1', '/api/v1/users?after=1'],
    ['?after=1', '/?after=1'],
    ['https://acme.okta.example/api/v1/users?after=1#top', '/api/v1/users?after=1'],
    ['https://acme.okta.example//thief.example/api', '//thief.example/api'],
    ['https://acme.okta.example/\\thief.example/api', '//thief.example/api'],
    ['https://own.example//thief.example/api', '//thief.example/api'],
  ])("%s is one of the org's own, asked at the configured origin", async (href, path) => {
    const asked = serve((_, times) => (times === 1 ? page(['00u1'], href) : page(['00u2'])));

    await read(USERS, new Set(['own.example']));

    expect(asked.map(({ url }) => url)).toEqual([`${ORIGIN}${USERS.path}`, `${ORIGIN}${path}`]);
  });

  test('whatever it says', () => {
    const href = fc.oneof(
      fc.webUrl({ withQueryParameters: true, withFragments: true }),
      fc
        .array(
          fc.constantFrom('https:', 'http:', '/', '\\', '@', ':', '.', '?', '#', 'acme.okta.example', 'x'),
        )
        .map((parts) => parts.join('')),
    );
    fc.assert(
      fc.property(href, (given) => {
        let path: string;
        try {
          path = pathOnOrigin(given, ORIGIN, NOBODY);
        } catch (error) {
          expect(error).toBeInstanceOf(OktaResponseError);
          return;
        }
        expect(new URL(`${ORIGIN}${path}`).origin).toBe(ORIGIN);
        expect(new URL(given, ORIGIN).host).toBe('acme.okta.example');
      }),
    );
  });

  test('to loopback with its port', () => {
    expect(pathOnOrigin('http://127.0.0.1:8080/a?b=c', 'http://127.0.0.1:8080', NOBODY)).toBe('/a?b=c');
  });
});

describe('okta, paging: a listing that never ends is an error', () => {
  test('when its next link is the page itself', async () => {
    const asked = serve(() => page(['00u1'], `${ORIGIN}/api/v1/users?limit=200`));

    expect(await thrownBy(read(USERS))).toBeInstanceOf(OktaResponseError);
    expect(asked).toHaveLength(1);
  });

  test('when its next link leads back', async () => {
    const asked = serve((_, times) => page([`00u${times}`], `${ORIGIN}/api/v1/users?after=${times % 3}`));

    expect(await thrownBy(read(USERS))).toBeInstanceOf(OktaResponseError);
    expect(asked).toHaveLength(4);
  });

  test.each([
    ['one page', (times: number) => `00u${times > 0}`],
    ['two pages in turn', (times: number) => `00u${times % 2}`],
  ])('when %s comes again and again under new cursors', async (_, id) => {
    const asked = serve((_asked, times) => page([id(times)], `${ORIGIN}/api/v1/users?after=${times}`));

    const error = await thrownBy(read(USERS));

    expect(error).toBeInstanceOf(OktaResponseError);
    expect(error).toMatchObject({ message: expect.stringContaining('nothing new') });
    expect(asked.length).toBeLessThan(30);
  });

  test('when the body says so', async () => {
    serve((_, times) => assignees(['00u1'], { href: `/api/v1/iam/assignees/users?after=${times}` }));

    expect(await thrownBy(read(ASSIGNEES))).toBeInstanceOf(OktaResponseError);
  });

  test('when it has more pages than an honest listing of its kind, empty ones too', async () => {
    const asked = serve((_, times) => page([], `${ORIGIN}/api/v1/users?after=${times}`));

    const error = await thrownBy(read({ ...USERS, mostPages: 7 }));

    expect(error).toBeInstanceOf(OktaResponseError);
    expect(error).toMatchObject({ message: expect.stringContaining('no end after 7 pages') });
    expect(asked).toHaveLength(7);
  });
});

test('okta, paging: empty pages in a row are no end: users whom the credential may not see are left out of them', async () => {
  serve((_, times) =>
    page(times === 1 ? ['00u1'] : [], times < 250 ? `${ORIGIN}/a?after=${times}` : undefined),
  );

  expect(await read(USERS)).toHaveLength(250);
});

test.each([
  ['[1,2]'],
  ['{"value":{}}'],
  ['null'],
  ['[{"id":{"__proto__":1}}]'],
  [`[{"id":${'['.repeat(100_000)}${']'.repeat(100_000)}}]`],
])('okta, paging: a body such as %.30s is for its reader to judge', async (body) => {
  serve(
    (_, times) => new Response(body, times === 1 ? { headers: { link: '</a?after=1>; rel="next"' } } : {}),
  );

  expect(await read(USERS)).toHaveLength(2);
});

describe('okta, paging: a page that Okta times out over', () => {
  test.each([500, 502, 504])('is made smaller on %i, after three tries', async (status) => {
    const asked = serve(({ path }) => (path.includes('limit=50') ? page(['00u1']) : problem(status)));

    expect(await read(SIZED)).toHaveLength(1);
    expect(limits(asked)).toEqual(['200', '200', '200', '100', '100', '100', '50']);
  });

  test('is asked for as often as any other when it was only cut off', async () => {
    const asked = serve((_, times) => (times < 5 ? new Response('[{"id":') : page(['00u1'])));

    expect(await read(SIZED)).toHaveLength(1);
    expect(limits(asked)).toEqual(['200', '200', '200', '200', '200']);
  });

  test('is not made smaller than is worth it', async () => {
    const asked = serve(() => problem(500));

    expect(await thrownBy(read(SIZED))).toBeInstanceOf(OktaUnavailableError);
    expect(limits(asked).slice(9)).toEqual(['25', '25', '25', '25', '25']);
  });

  test('keeps its cursor and everything else as given', async () => {
    const asked = serve(({ path }) => {
      if (path.includes('limit=200&after')) return problem(504);
      const next = `${ORIGIN}/api/v1/users?x=%2B,%20&limit=200&after=a%2C,;`;
      return path.includes('after') ? page(['00u2']) : page(['00u1'], next);
    });

    await read(SIZED);

    expect(asked.at(-1)?.path).toBe('/api/v1/users?x=%2B,%20&limit=100&after=a%2C,;');
  });

  test('grows again once smaller pages went well', async () => {
    const asked = serve(({ path }, times) =>
      times <= 3
        ? problem(500)
        : page([path], times < 14 ? `${ORIGIN}/api/v1/users?limit=100&after=${times}` : undefined),
    );

    await read(SIZED);

    expect(limits(asked).slice(3)).toEqual([
      ...Array.from({ length: 5 }, () => '100'),
      ...Array.from({ length: 6 }, () => '200'),
    ]);
  });

  test('is known to be too large by the next listing of its kind, and tried again ever later', async () => {
    const asked = serve(({ path }) => (path.includes('limit=200') ? problem(500) : page([path])));
    const learnt = unlearntSize();

    for (let group = 0; group < 17; group += 1) await read({ ...SIZED, learnt });

    const tries = limits(asked).join(' ');
    const good = (pages: number): string => Array.from({ length: pages }, () => '100').join(' ');
    expect(tries).toBe(`200 200 200 ${good(5)} 200 200 200 ${good(10)} 200 200 200 ${good(2)}`);
  });

  test.each([
    ['a question that Okta does not accept', () => problem(400, 'E0000031'), 1],
    ['a conflict', () => problem(409, 'E0000145'), 1],
    ['a refusal', () => problem(403, 'E0000006'), 1],
    ['an endpoint that is not there', () => problem(404, 'E0000007'), 1],
    ['a connection that breaks', () => Response.error(), 5],
    ['an answer that is not JSON', () => new Response('<html>'), 5],
  ])('is not what %s is about', async (_, failing, calls) => {
    const asked = serve(failing);

    await thrownBy(read(SIZED));

    expect(limits(asked)).toEqual(Array.from({ length: calls }, () => '200'));
  });

  test('is asked for five times where size is no question', async () => {
    const asked = serve(() => problem(500));

    await thrownBy(read(USERS));

    expect(limits(asked)).toEqual(['200', '200', '200', '200', '200']);
  });
});

describe('okta, paging: a page that is too large to be read', () => {
  /** Sixty-four MiB are as good as these brackets: more values than any answer has. */
  const overgrown = `[${'0,'.repeat(2_000_001)}0]`;
  const entriesIn = ({ path }: { readonly path: string }): number => Number(/limit=(\d+)/.exec(path)?.[1]);

  test.each([
    ['with a smallest size', SIZED],
    ['of any listing', USERS],
    ['of role holders', { ...ASSIGNEES, path: '/api/v1/iam/assignees/users?limit=200' }],
  ])('is halved until it can be read, %s, and stays that small', async (_, listing) => {
    const asked = serve((each, times) => {
      if (entriesIn(each) > 12) return new Response(overgrown);
      const next = `${ORIGIN}/api/v1/users?after=${times}&limit=12`;
      return listing.next === 'body'
        ? assignees([`00u${times}`], times < 18 ? { href: next } : undefined)
        : page([`00u${times}`], times < 18 ? next : undefined);
    });

    expect(await read(listing)).toHaveLength(14);
    expect(limits(asked)).toEqual(['200', '100', '50', '25', ...Array.from({ length: 14 }, () => '12')]);
  });

  test('is an error where it holds one entry', async () => {
    const asked = serve(() => new Response(overgrown));

    expect(await thrownBy(read(SIZED))).toBeInstanceOf(OktaResponseError);
    expect(limits(asked)).toEqual(['200', '100', '50', '25', '12', '6', '3', '1']);
  });

  test('is an error where its size is not asked for', async () => {
    const asked = serve(() => new Response(overgrown));

    expect(await thrownBy(read({ ...USERS, path: '/api/v1/users' }))).toBeInstanceOf(OktaResponseError);
    expect(asked).toHaveLength(1);
  });
});
