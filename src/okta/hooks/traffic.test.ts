import { describe, expect, test } from 'vitest';
import { Secret } from '../../settings/secret.ts';
import { createApiToken } from '../auth/credential.ts';
import { HooksClient } from './client.ts';
import { trafficOf } from './traffic.ts';

const NOW = Date.UTC(2026, 0, 2);
const HOUR_MS = 3_600_000;
const HOOK = { id: 'who1', types: ['user.account.lock'] };

/** The traffic of an org in whose log events came at these hours of the day. */
async function trafficWith(hours: readonly number[]) {
  const events = hours
    .map((hour, at) => ({ uuid: `event ${at}`, at: NOW - 24 * HOUR_MS + hour * HOUR_MS }))
    .toSorted((one, other) => one.at - other.at);
  let calls = 0;
  const client = new HooksClient({
    baseUrl: new URL('https://acme.okta.com'),
    credential: createApiToken(new Secret('00hooks')),
    write: async ({ url }) => {
      calls += 1;
      const { searchParams: query } = url;
      const [since, until] = ['since', 'until'].map((name) => Date.parse(query.get(name) ?? ''));
      const isLock = query.get('filter')?.includes('user.account.lock') === true;
      const found = isLock ? events.filter(({ at }) => at >= (since ?? 0) && at <= (until ?? 0)) : [];
      const from = Number(query.get('after') ?? 0);
      const page = found.slice(from, from + Number(query.get('limit')));
      const next = new URL(url);
      next.searchParams.set('after', String(from + page.length));
      const isLast = from + page.length >= found.length;
      return {
        kind: 'answer',
        status: 200,
        headers: isLast ? {} : { link: `<${url.href}>; rel="self", <${next.href}>; rel="next"` },
        text: JSON.stringify(page.map(({ uuid, at }) => ({ uuid, published: new Date(at).toISOString() }))),
      };
    },
    clock: { now: () => NOW, sleep: async () => undefined },
    random: () => 0,
    signal: new AbortController().signal,
  });
  return { told: await trafficOf(client, HOOK, NOW), calls };
}

function evenly(count: number, from: number, to: number): readonly number[] {
  return Array.from({ length: count }, (_, at) => from + ((to - from) * at) / count);
}

describe('hooks, traffic of a day', () => {
  test('is counted where some pages hold it', async () => {
    const { told, calls } = await trafficWith(evenly(2500, 0, 24));

    expect(told).toMatchObject({ matching: { count: 2500, isEstimate: false } });
    expect(calls).toBe(4);
  });

  test.each([
    ['an import at night and a quiet day', [...evenly(24_000, 0, 0.5), ...evenly(500, 1, 24)], 24_500],
    ['an import in the evening', [...evenly(2000, 0, 24), ...evenly(30_000, 17.1, 18)], 32_000],
    ['an even stream', evenly(60_000, 0, 24), 60_000],
  ])('is estimated by all parts of the day where there are more: %s', async (_, hours, truth) => {
    const { told, calls } = await trafficWith(hours);

    expect(told).toMatchObject({ matching: { isEstimate: true } });
    const count = 'matching' in told ? told.matching.count : 0;
    expect(Math.abs(count - truth) / truth).toBeLessThan(0.25);
    expect(calls).toBeLessThanOrEqual(10 + 12 + 2 * 8 + 1);
  });
});
