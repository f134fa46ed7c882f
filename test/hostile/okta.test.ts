import type { ServerResponse } from 'node:http';
import { Readable } from 'node:stream';
import { describe, expect } from 'vitest';
import { reportOf, toldLines } from '../whole-job/launch.fixture.ts';
import { expectEvents } from '../whole-job/said.fixture.ts';
import type { Stage } from '../whole-job/stage.fixture.ts';
import { test, type MeddleWith } from './meddler.fixture.ts';
import { on, type Meddle } from './meddler.ts';

const USERS = /^\/api\/v1\/users\?/;
const FACTORS = /^\/api\/v1\/users\/[^/]+\/factors/;
const deep = (levels: number): string => '['.repeat(levels) + ']'.repeat(levels);
const MEBIBYTE = 2 ** 20;
/** Where such a body would be gigabytes once it was parsed, the process would end of it. */
const SMALL_HEAP = { NODE_OPTIONS: '--max-old-space-size=256' };

/** A listing that repeats itself is followed so far. */
const MOST_PAGES_IN_VAIN = 25;
/** Groups are asked of each user, and so are roles. */
const askedByUser = (adminGroups: number) =>
  ({
    org: { users: 10, groups: 40, groupsPerUser: 10, adminGroups },
    okta: { assignees: 'missing' },
  }) as const;

type Between = Stage & { readonly meddleWith: MeddleWith };

async function syncThrough(
  { okta, run, meddleWith }: Between,
  meddle: Meddle,
  env: Record<string, string> = {},
) {
  const meddler = await meddleWith(okta.url, meddle);
  const ended = await run(['sync'], { env: { OKTA_BASE_URL: meddler.url, ...env } });
  return { ended, asked: meddler.asked };
}

/** The first of the listed users changed; JSON is put in as text, since an object cannot hold all that JSON can. */
function changeFirst(body: string, change: (user: Record<string, unknown>) => string): string {
  const [first, ...rest]: Record<string, unknown>[] = JSON.parse(body);
  if (first === undefined) return body;
  return `[${[change(first), ...rest.map((user) => JSON.stringify(user))].join(',')}]`;
}

function withProfile(user: Record<string, unknown>, more: string): string {
  const profile = JSON.stringify(user['profile']).slice(0, -1);
  return `${JSON.stringify({ ...user, profile: undefined }).slice(0, -1)},"profile":${profile},${more}}}`;
}

describe.concurrent('hostile input, okta: bodies', () => {
  test.for([{ DIALECT: 'sekoia' }, { DIALECT: 'ocsf-1.6.0', RAW_DATA: 'true' }])(
    'a user with an attribute of 100,000 levels has an event like any other: %o',
    async (env, { makeStage, meddleWith }) => {
      const stage = { meddleWith, ...(await makeStage()) };
      const meddle = on(USERS, ({ body }) => ({
        body: changeFirst(body, (user) => withProfile(user, `"badge":${deep(100_000)}`)),
      }));

      const { ended } = await syncThrough(stage, meddle, env);

      const { outcome, users } = reportOf(ended);
      expect([outcome, users.dead_lettered]).toEqual(['completed', 0]);
      expect(stage.intake.latestByUid().size).toBe(users.listed);
    },
  );

  test.for([
    ['an entry of 100,000 levels', `[${deep(100_000)}]`],
    ['no list', '{"value":[]}'],
    ['a list that names its prototype', '[{"__proto__":{"factorType":"push","status":"ACTIVE"}}]'],
  ] as const)('factors that are %s are a gap', async ([, body], { makeStage, meddleWith }) => {
    const stage = { meddleWith, ...(await makeStage()) };

    const { ended } = await syncThrough(
      stage,
      on(FACTORS, () => ({ body })),
    );

    const { outcome, gaps, users } = reportOf(ended);
    expect(outcome).toBe('completed_with_gaps');
    expect(gaps['factors']).toEqual({ unreadable: users.emitted });
  });

  test('keys that reach for the prototype change nothing of anybody', async ({ makeStage, meddleWith }) => {
    const stage = { meddleWith, ...(await makeStage()) };
    const evil = '{"login":"evil","email":"evil","id":"evil","status":"evil"}';
    const meddle = on(USERS, ({ body }) => ({
      body: changeFirst(body, (user) =>
        withProfile(user, `"__proto__":${evil},"constructor":{"prototype":${evil}},"toString":null`).replace(
          /\}$/,
          `,"__proto__":${evil},"hasOwnProperty":7,"constructor":7}`,
        ),
      ),
    }));

    const { ended } = await syncThrough(stage, meddle);

    expect(reportOf(ended).outcome).toBe('completed');
    expectEvents(stage.intake.latestByUid(), stage.org);
  });

  test('HTML in the place of a list is asked for again, and is then a gap', async ({
    makeStage,
    meddleWith,
  }) => {
    const stage = { meddleWith, ...(await makeStage()) };
    const html = { body: '<html>Sign in</html>', headers: { 'content-type': 'text/html' } };

    const meddler = await meddleWith(
      stage.okta.url,
      on(FACTORS, () => html),
    );
    const ended = await stage.run(['sync'], { sleepsFaster: 50, env: { OKTA_BASE_URL: meddler.url } });

    const { gaps, users } = reportOf(ended);
    expect(gaps['factors']).toEqual({ unavailable: users.emitted });
  });
});

describe.concurrent('hostile input, okta: ids', () => {
  const IDS = [
    '../../../oauth2/v1',
    '..',
    '.',
    'a/b',
    'a\nb',
    'a\r\nx: y',
    '%2e%2e%2f',
    '%',
    '?limit=1#',
    '//evil',
    '\\',
  ];

  test('that look like paths, lines or escapes stay one segment of the path that is asked', async ({
    makeStage,
    meddleWith,
  }) => {
    const stage = { meddleWith, ...(await makeStage({ org: { users: 40 } })) };
    const meddle = on(USERS, ({ body }) => {
      const users: Record<string, unknown>[] = JSON.parse(body);
      return { body: JSON.stringify(users.map((user, at) => ({ ...user, id: IDS[at] ?? user['id'] }))) };
    });

    const { ended, asked } = await syncThrough(stage, meddle);

    expect(reportOf(ended).outcome).toMatch(/^completed/);
    const paths = asked.map((line) => line.replace(/^GET /, '').replace(/\?.*$/s, ''));
    const known =
      /^\/(\.well-known\/okta-organization|api\/v1\/(logs|groups|users|iam\/assignees\/users|(users|groups)\/[^/]+(\/(groups|factors|roles|users))?))$/;
    expect(paths.filter((path) => !known.test(path))).toEqual([]);
    expect(paths).toContain(`/api/v1/users/${encodeURIComponent('../../../oauth2/v1')}/factors`);
    expect(asked.filter((line) => !line.startsWith('GET '))).toEqual([]);
  });

  test('longer than any id are not asked about, and a user twice on the pages is one', async ({
    makeStage,
    meddleWith,
  }) => {
    const stage = { meddleWith, ...(await makeStage()) };
    const long = 'x'.repeat(100_000);
    const meddle = on(USERS, ({ body }) => {
      const users: Record<string, unknown>[] = JSON.parse(body);
      return { body: JSON.stringify([...users, ...users, { ...users[0], id: long }]) };
    });

    const { ended, asked } = await syncThrough(stage, meddle);

    const { users, outcome } = reportOf(ended);
    expect(outcome).toBe('completed_with_gaps');
    expect(asked.filter((line) => line.includes('xxxx'))).toEqual([]);
    expect(users.emitted).toBe(stage.intake.latestByUid().size);
    const ids = stage.intake.received.map(({ item }) => JSON.stringify(item['user']));
    expect(new Set(ids).size).toBe(ids.length);
  });
});

describe.concurrent('hostile input, okta: headers', () => {
  test.for([
    ['a date before all dates', { date: '-271821-04-20T00:00:00.000Z' }],
    ['a date that is none', { date: 'Tue, 99 Foo 20x6 99:99:99 GMT' }],
    ['limits below zero', { 'x-rate-limit-limit': '-5', 'x-rate-limit-remaining': '-1' }],
    ['enormous limits', { 'x-rate-limit-limit': '9'.repeat(300), 'x-rate-limit-remaining': '1e308' }],
    [
      'the largest limits that are read',
      { 'x-rate-limit-limit': '999999999999', 'x-rate-limit-remaining': '999999999999' },
    ],
    ['a reset in a thousand years', { 'x-rate-limit-reset': '33000000000', 'x-rate-limit-remaining': '0' }],
    ['repeated limits', { 'x-rate-limit-limit': '600, 600', 'x-rate-limit-reset': '1, 2' }],
    ['no numbers', { 'x-rate-limit-limit': 'NaN', 'x-rate-limit-remaining': '', 'x-rate-limit-reset': '∞' }],
  ] as const)('%s: the run goes on at its pace', async ([, more], { makeStage, meddleWith }) => {
    const stage = { meddleWith, ...(await makeStage()) };
    const meddle: Meddle = ({ headers }) => ({ headers: asLatin1({ ...headers, ...more }) });

    const { ended } = await syncThrough(stage, meddle);

    expect(reportOf(ended).outcome).toBe('completed');
    expectEvents(stage.intake.latestByUid(), stage.org);
  });

  function asLatin1(headers: Record<string, string>): Record<string, string> {
    return Object.fromEntries(
      Object.entries(headers).map(([name, value]) => [name, Buffer.from(value).toString('latin1')]),
    );
  }

  test('more of them than Node takes are no answer', async ({ makeStage, meddleWith }) => {
    const stage = { meddleWith, ...(await makeStage()) };
    const meddler = await meddleWith(
      stage.okta.url,
      on(USERS, ({ headers }) => ({ headers: { ...headers, 'x-more': 'x'.repeat(100_000) } })),
    );

    const ended = await stage.run(['sync'], { sleepsFaster: 50, env: { OKTA_BASE_URL: meddler.url } });

    expect(reportOf(ended).error).toMatchObject({ code: 'okta_unavailable' });
  });
});

describe.concurrent('hostile input, okta: a lookup of one user or group', () => {
  const NEXT = {
    'leads back to the same page': (path: string) => path,
    'leads to ever new pages of the same': (path: string, times: number) =>
      `${path.replace(/\?.*/, '')}?after=${times}`,
    'leads to another origin': (path: string) => `https://thief.example${path}`,
  } as const;
  const cases = [
    { lookup: 'groups', adminGroups: 3, endpoint: /^(\/api\/v1\/users\/[^/]+\/groups)/ },
    { lookup: 'factors', adminGroups: 3, endpoint: /^(\/api\/v1\/users\/[^/]+\/factors)/ },
    { lookup: 'roles', adminGroups: 0, endpoint: /^(\/api\/v1\/users\/[^/]+\/roles)/ },
    { lookup: 'group-roles', adminGroups: 3, endpoint: /^(\/api\/v1\/groups\/[^/]+\/roles)/ },
  ] as const;
  const all = cases.flatMap((each) =>
    (
      [
        'leads back to the same page',
        'leads to ever new pages of the same',
        'leads to another origin',
      ] as const
    ).map((where) => ({ ...each, where })),
  );

  test.for(all)(
    'for $lookup whose next link $where is a gap, costs few calls and ends nothing',
    async ({ lookup, endpoint, adminGroups, where }, { makeStage, meddleWith }) => {
      const stage = { meddleWith, ...(await makeStage(askedByUser(adminGroups))) };
      const times = new Map<string, number>();
      const meddle = on(endpoint, ({ path, headers }) => {
        const [asked = ''] = endpoint.exec(path) ?? [];
        times.set(asked, (times.get(asked) ?? 0) + 1);
        const next = NEXT[where](path, times.get(asked) ?? 0);
        return { headers: { ...headers, link: `<${next}>; rel="next"` } };
      });

      const { ended } = await syncThrough(stage, meddle);

      const { outcome, gaps, users } = reportOf(ended);
      expect([outcome, Object.keys(gaps[lookup] ?? {})]).toEqual(['completed_with_gaps', ['unreadable']]);
      expect(Math.max(...times.values())).toBeLessThanOrEqual(MOST_PAGES_IN_VAIN);
      expect(stage.intake.latestByUid().size).toBe(users.listed);
    },
  );
});

describe.concurrent('hostile input, okta: the System Log', () => {
  test('a next link to another origin is not kept, and the log counts as not read', async ({
    makeStage,
    meddleWith,
  }) => {
    const stage = { meddleWith, ...(await makeStage()) };
    const link = '<https://thief.example/api/v1/logs?after=1>; rel="next"';

    const { ended } = await syncThrough(
      stage,
      on(/^\/api\/v1\/logs/, ({ headers }) => ({ headers: { ...headers, link } })),
    );

    expect(reportOf(ended)).toMatchObject({
      outcome: 'completed',
      notes: [expect.stringContaining('the System Log did not answer')],
    });
    expect(stage.intake.latestByUid().size).toBe(reportOf(ended).users.emitted);
  });

  test('of full pages without end counts as not read after a few of them', async ({
    makeStage,
    meddleWith,
  }) => {
    const stage = { meddleWith, ...(await makeStage()) };
    const id = stage.org.users.find(({ status }) => status === 'ACTIVE')?.id;
    const entries = Array.from({ length: 1000 }, (_, at) => ({
      uuid: `event-${at}`,
      eventType: 'user.mfa.factor.update',
      target: [{ id, type: 'User' }],
    }));
    let pages = 0;
    const meddle = on(/^\/api\/v1\/logs/, ({ headers }) => {
      pages += 1;
      const link = `</api/v1/logs?after=${pages}&limit=1000>; rel="next"`;
      return { status: 200, body: JSON.stringify(entries), headers: { ...headers, link } };
    });

    const { ended } = await syncThrough(stage, meddle);

    expect(reportOf(ended)).toMatchObject({
      outcome: 'completed',
      notes: [expect.stringContaining('the System Log did not answer')],
    });
    expect(pages).toBeLessThanOrEqual(2 * MOST_PAGES_IN_VAIN);
    expectEvents(stage.intake.latestByUid(), stage.org);
  });

  test('without a next link counts as not read: the run goes on, and says so', async ({
    makeStage,
    meddleWith,
  }) => {
    const stage = { meddleWith, ...(await makeStage()) };

    const { ended } = await syncThrough(
      stage,
      on(/^\/api\/v1\/logs/, ({ headers }) => ({ headers: { ...headers, link: '' } })),
    );

    expect(reportOf(ended)).toMatchObject({
      outcome: 'completed',
      notes: [expect.stringContaining('the System Log did not answer')],
    });
    expect(stage.intake.latestByUid().size).toBe(reportOf(ended).users.emitted);
  });
});

describe('hostile input, okta: millions of values', () => {
  function* partsOf(text: string, bytes: number): Generator<Buffer> {
    const part = Buffer.from(text.repeat(Math.ceil(MEBIBYTE / text.length)));
    for (let sent = 0; sent < bytes; sent += part.length) yield part;
  }

  /** As fast as it is read, and never whole in our own memory. */
  function pour(response: ServerResponse, text: string, bytes: number): undefined {
    response.writeHead(200, { 'content-type': 'application/json' });
    Readable.from(partsOf(text, bytes)).pipe(response);
  }

  test.for(['"",', '{"a":'])(
    'such as %s, 60 MiB of them, end the run at once, in little memory',
    async (text, { makeStage, meddleWith }) => {
      const stage = { meddleWith, ...(await makeStage()) };
      const meddle = on(USERS, (_, response) => pour(response, text, 60 * MEBIBYTE));

      const { ended } = await syncThrough(stage, meddle, SMALL_HEAP);

      expect(reportOf(ended).error).toMatchObject({ code: 'okta_response' });
      expect(toldLines(ended)[0]).toContain('millions of values');
    },
  );
});
