import { afterEach, describe, expect, test } from 'vitest';
import { createOrg, startOktaServer, type OktaServer, type OktaServerOptions } from '../index.ts';
import { ask, type Seen } from '../loopback.fixture.ts';

const org = createOrg({ users: 20 });
const user = org.users[3]?.id ?? '';
let now = Date.UTC(2026, 7, 20, 12, 0, 0, 700);
let server: OktaServer | undefined;

async function start(options: OktaServerOptions): Promise<string> {
  server = await startOktaServer(org, { now: () => now, ...options });
  return server.url;
}

afterEach(() => server?.close());

function rates({ status, headers }: Seen): readonly unknown[] {
  return [status, headers['x-rate-limit-limit'], headers['x-rate-limit-remaining']];
}

function secondsToReset({ headers }: Seen): number {
  return Number(headers['x-rate-limit-reset']) - Date.parse(String(headers['date'])) / 1_000;
}

describe('simulated okta, rate windows: rate limits', () => {
  test('are Okta’s own by default, one bucket for the lookups of users', async () => {
    const url = await start({});
    const seen: Seen[] = [];
    for (const path of [
      'users',
      `users/${user}/factors`,
      `users/${user}/roles`,
      `users/${user}`,
      'groups',
      `groups/${org.everyone.id}`,
      'logs',
      'iam/assignees/users',
    ]) {
      seen.push(await ask(`${url}/api/v1/${path}`));
    }

    expect(seen.map(rates)).toEqual([
      [200, '600', '599'],
      [200, '600', '598'],
      [200, '600', '597'],
      [200, '2000', '1999'],
      [200, '500', '499'],
      [200, '1000', '999'],
      [200, '120', '119'],
      [200, '1200', '1199'],
    ]);
    expect(seen.map(secondsToReset)).toEqual(Array.from({ length: 8 }, () => 60));
  });

  test('refuse what is too much until the window ends, and count it', async () => {
    const url = `${await start({ rates: { limits: { users: 2 }, windowSeconds: 2 } })}/api/v1/users`;
    const seen = [await ask(url), await ask(url), await ask(url)];
    now += 1_999;
    seen.push(await ask(url));
    now += 1;
    seen.push(await ask(url));

    expect(seen.map(rates)).toEqual([
      [200, '2', '1'],
      [200, '2', '0'],
      [429, '2', '0'],
      [429, '2', '0'],
      [200, '2', '1'],
    ]);
    expect(seen[2]?.json).toMatchObject({ errorCode: 'E0000047' });
    expect(server?.tally.rateLimited).toBe(2);
    expect(server?.windows).toMatchObject([
      { bucket: 'users', spent: 2, refused: 2 },
      { bucket: 'users', spent: 1, refused: 0 },
    ]);
  });

  test('stop a token at its share although something remains', async () => {
    const url = `${await start({ rates: { limits: 10, tokenShare: 0.2 } })}/api/v1/users`;

    expect([await ask(url), await ask(url), await ask(url)].map(rates)).toEqual([
      [200, '10', '9'],
      [200, '10', '8'],
      [429, '10', '8'],
    ]);
  });

  test('may show the share instead of the org’s limit', async () => {
    const url = `${await start({ rates: { limits: 10, tokenShare: 0.2, headers: 'share' } })}/api/v1/users`;

    expect([await ask(url), await ask(url), await ask(url)].map(rates)).toEqual([
      [200, '2', '1'],
      [200, '2', '0'],
      [429, '2', '0'],
    ]);
  });

  test('are spent by others too', async () => {
    const url = `${await start({ rates: { limits: 100, competitorShare: 0.5 } })}/api/v1/users`;
    const before = await ask(url);
    now += 30_000;
    const after = await ask(url);

    expect(rates(before)).toEqual([200, '100', '99']);
    expect(rates(after)).toEqual([200, '100', '73']);
  });

  test('may come without headers, with a bucket of one endpoint’s own, and with a limit that changes', async () => {
    const template = '/api/v1/users/{id}/factors';
    const url = await start({ rates: { ownBuckets: { [template]: 7 }, windowSeconds: 1 } });
    const own = await ask(`${url}/api/v1/users/${user}/factors`);
    server?.setLimit(template, 3);
    now += 1_000;
    const changed = await ask(`${url}/api/v1/users/${user}/factors`);
    await server?.close();
    const bare = await ask(`${await start({ rates: { headers: 'none' } })}/api/v1/users`);

    expect(rates(own)).toEqual([200, '7', '6']);
    expect(rates(changed)).toEqual([200, '3', '2']);
    expect(rates(bare)).toEqual([200, undefined, undefined]);
  });

  test('answer 429 with limit 0 when too many requests are in flight', async () => {
    const url = `${await start({ maxConcurrency: 2, latencyMs: 50 })}/api/v1/users?limit=1`;
    const seen = await Promise.all([ask(url), ask(url), ask(url)]);

    expect(seen.filter(({ status }) => status === 200)).toHaveLength(2);
    expect(seen.map(rates)).toContainEqual([429, '0', '0']);
    expect(server?.tally).toMatchObject({ concurrencyLimited: 1, rateLimited: 0, mostInFlight: 3 });
  });

  test('follow a skewed clock', async () => {
    const seen = await ask(`${await start({ skewMs: -3_600_000 })}/api/v1/users`);

    expect(Date.parse(String(seen.headers['date']))).toBe(Math.floor((now - 3_600_000) / 1_000) * 1_000);
    expect(secondsToReset(seen)).toBe(60);
  });
});
