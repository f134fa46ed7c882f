import { afterEach, describe, expect, test } from 'vitest';
import {
  createMutations,
  createOrg,
  startOktaServer,
  type LogEvent,
  type OktaServer,
  type OktaServerOptions,
  type SimulatedOrg,
} from '../index.ts';
import { ask, nextOf, type Seen } from '../loopback.fixture.ts';

const DAY = 86_400_000;
const START = Date.UTC(2026, 7, 21, 9);
let now = START;
let server: OktaServer | undefined;

async function start(org: SimulatedOrg, options: OktaServerOptions = {}): Promise<string> {
  now = START;
  server = await startOktaServer(org, { now: () => now, rates: { limits: 1e9 }, ...options });
  return `${server.url}/api/v1/logs`;
}

afterEach(() => server?.close());

function clock(): number {
  return now;
}

function uuidsOf({ json }: Seen): string[] {
  return eventsOf(json).map(({ uuid }) => uuid);
}

function eventsOf(json: unknown): LogEvent[] {
  if (!Array.isArray(json)) throw new Error(`no events: ${JSON.stringify(json)}`);
  return json;
}

function since(at: number): string {
  return `since=${new Date(at).toISOString()}`;
}

/** Follows the link until there is nothing more to read for now. */
async function drain(url: string): Promise<{ readonly uuids: string[]; readonly next: string }> {
  const uuids: string[] = [];
  for (let at = url; ;) {
    const seen = await ask(at);
    const next = nextOf(seen);
    if (next === undefined) throw new Error('a polling query always has a next page');
    if (uuidsOf(seen).length === 0) return { uuids, next };
    uuids.push(...uuidsOf(seen));
    at = next;
  }
}

describe('simulated okta, log endpoint: polling the log', () => {
  test('gives every event once, in the order in which they became readable, late ones too', async () => {
    const org = createOrg({ users: 200 });
    const url = await start(org);
    const mutations = createMutations(org, { now: clock, log: { lagMs: [0, 30_000], noise: 0.5 } });
    const read: string[] = [];
    let next = `${url}?limit=7&${since(START - 1)}`;
    for (let round = 0; round < 30; round += 1) {
      mutations.randomChanges(5, round);
      now += 1_000;
      const drained = await drain(next);
      read.push(...drained.uuids);
      next = drained.next;
    }
    now += 30_000;
    read.push(...(await drain(next)).uuids);
    const published = org.log.events.map((event) => event.published);

    expect(read).toEqual(org.log.events.map(({ uuid }) => uuid));
    expect(new Set(read).size).toBe(read.length);
    expect(read.length).toBeGreaterThan(150);
    expect(published).not.toEqual(published.toSorted());
  });

  test('loses nothing that is written in the millisecond of a read', async () => {
    const org = createOrg({ users: 20 });
    const mutations = createMutations(org, { now: clock, log: { noise: 0 } });
    const url = await start(org);
    mutations.updateProfile(org.users[0]?.id ?? '', { title: 'a' });
    const first = await drain(`${url}?${since(START)}`);
    mutations.updateProfile(org.users[0]?.id ?? '', { title: 'b' });
    const second = await drain(first.next);
    now -= 5_000;
    mutations.updateProfile(org.users[0]?.id ?? '', { title: 'c' });
    now += 5_000;
    const third = await drain(second.next);

    expect([first, second, third].map(({ uuids }) => uuids.length)).toEqual([1, 1, 1]);
    expect(first.next).toMatch(new RegExp(`/api/v1/logs\\?after=${START}_1&limit=100$`));
  });

  test('keeps limit and filter in its next link, and a filter passes over the rest', async () => {
    const org = createOrg({ users: 20, admins: 4 });
    const url = await start(org);
    const mutations = createMutations(org, { now: clock, log: { noise: 0 } });
    const [user] = org.users.filter(({ status, roles }) => status === 'ACTIVE' && roles.length === 0);
    mutations.suspend(user?.id ?? '');
    mutations.grantUserRole(user?.id ?? '');
    mutations.logIn(org.users.find(({ status }) => status === 'ACTIVE')?.id ?? '');
    const kinds = 'eventType eq "user.account.privilege.grant" or eventType eq "user.lifecycle.suspend"';
    const filter = encodeURIComponent(`(${kinds}) and outcome.result eq "SUCCESS"`);
    const page = await ask(`${url}?limit=1&${since(START)}&filter=${filter}`);
    const { uuids, next } = await drain(nextOf(page) ?? '');
    const started = encodeURIComponent('eventType sw "user.lifecycle." and target.type eq "User"');

    expect(eventsOf(page.json).map((event) => event.eventType)).toEqual(['user.lifecycle.suspend']);
    expect(uuids).toHaveLength(1);
    expect(new URL(next).searchParams.get('filter')).toBe(decodeURIComponent(filter));
    expect(new URL(next).searchParams.get('limit')).toBe('1');
    expect(new URL(next).searchParams.has('since')).toBe(false);
    expect(uuidsOf(await ask(`${url}?${since(START)}&filter=${started}`))).toHaveLength(1);
  });

  test('forgets what is older than its retention, without a word', async () => {
    const org = createOrg({ users: 20 });
    const url = await start(org, { retentionDays: 3 });
    const mutations = createMutations(org, { now: clock, log: { noise: 0 } });
    mutations.updateProfile(org.users[0]?.id ?? '', { title: 'a' });
    const { next } = await drain(`${url}?${since(START - DAY)}&limit=0`);
    now += 4 * DAY;
    mutations.updateProfile(org.users[0]?.id ?? '', { title: 'b' });

    expect(uuidsOf(await ask(next.replace('limit=0', 'limit=9')))).toEqual([org.log.events[1]?.uuid]);
    expect((await ask(`${url}?${since(now - 179 * DAY)}`)).status).toBe(200);
    expect((await ask(`${url}?${since(now - 181 * DAY)}`)).json).toMatchObject({ errorCode: 'E0000053' });
  });

  test('may refuse a cursor, or know it for a while only', async () => {
    const url = await start(createOrg({ users: 5 }), { logCursorLifetimeMs: DAY });
    const { next } = await drain(`${url}?${since(START)}`);
    now += DAY;
    const known = await ask(next);
    now += 1;
    const expired = await ask(next);
    server?.setStyle({ refuseCursors: 410 });
    const refused = await ask(nextOf(known) ?? '');

    expect([known, expired, refused].map(({ status }) => status)).toEqual([200, 400, 410]);
    expect((await ask(`${url}?${since(START)}`)).status).toBe(200);
  });

  test.each([
    ['limit=1001', 'E0000029'],
    ['limit=x', 'E0000029'],
    ['after=made-up', 'E0000029'],
    ['after=1_1&since=2026-08-20T00:00:00Z', 'E0000001'],
    ['sortOrder=SIDEWAYS', 'E0000001'],
    ['since=yesterday', 'E0000053'],
    [`filter=${encodeURIComponent('(eventType eq "a"')}`, 'E0000053'],
    [`filter=${encodeURIComponent('eventType like "a"')}`, 'E0000053'],
    [`filter=${encodeURIComponent('eventType ne "a"')}`, 'E0000031'],
    [`filter=${encodeURIComponent('published gt "2026-08-20T00:00:00Z"')}`, 'E0000031'],
  ])('answers %s with 400 %s', async (query, errorCode) => {
    const seen = await ask(`${await start(createOrg({ users: 5 }))}?${query}`);

    expect(seen.status).toBe(400);
    expect(seen.json).toMatchObject({ errorCode });
  });

  test.each([400, 414] as const)('may refuse filters that are long or say sw, with %i', async (status) => {
    const style = { longestLogFilter: 60, refuseLongFilter: status, refuseStartsWith: status };
    const url = await start(createOrg({ users: 5 }), style);
    const short = 'eventType eq "user.session.start"';
    const filters = [short, `${short} or ${short}`, 'eventType sw "user."'];
    const seen = await Promise.all(filters.map((text) => ask(`${url}?filter=${encodeURIComponent(text)}`)));

    expect(seen.map((each) => each.status)).toEqual([200, status, status]);
  });

  test('may be refused, and may be led away', async () => {
    const template = '/api/v1/logs';
    const url = await start(createOrg({ users: 5 }), {
      refuse: [{ template, status: 403, from: 2 }],
      hostile: [{ template, kind: 'foreign-next', origin: 'http://127.0.0.1:9' }],
    });
    const [led, refused] = [await ask(url), await ask(url)];

    expect(nextOf(led)).toMatch(/^http:\/\/127\.0\.0\.1:9\//);
    expect([led.status, refused.status]).toEqual([200, 403]);
  });
});

describe('simulated okta, log endpoint: a bounded query of the log', () => {
  test('is in the order of publishing, ends, and misses what comes late', async () => {
    const org = createOrg({ users: 60 });
    const url = await start(org);
    const mutations = createMutations(org, { now: clock, log: { lagMs: [0, 60_000], noise: 0 } });
    mutations.randomChanges(40, 1);
    now += 30_000;
    const readable = org.log.events.length;
    for (const sortOrder of ['ASCENDING', 'DESCENDING']) {
      const read: LogEvent[] = [];
      const until = `until=${new Date(now).toISOString()}`;
      let next: string | undefined = `${url}?limit=4&sortOrder=${sortOrder}&${since(START)}&${until}`;
      for (; next !== undefined;) {
        const seen: Seen = await ask(next);
        read.push(...eventsOf(seen.json));
        next = nextOf(seen);
      }
      const published = read.map((event) => event.published);

      expect(read.length).toBeGreaterThan(5);
      expect(read.length).toBeLessThan(readable);
      expect(new Set(read.map(({ uuid }) => uuid)).size).toBe(read.length);
      expect(sortOrder === 'ASCENDING' ? published : published.toReversed()).toEqual(published.toSorted());
    }
  });
});
