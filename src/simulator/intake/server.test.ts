import { afterEach, describe, expect, test } from 'vitest';
import {
  DEFAULT_API_KEY,
  DEFAULT_CONNECTOR_UUID,
  startIntakeServer,
  type IntakeServer,
  type IntakeServerOptions,
} from '../index.ts';
import { send, type Seen, type Sending } from '../loopback.fixture.ts';

let intake: IntakeServer;

async function start(options: IntakeServerOptions = {}): Promise<void> {
  intake = await startIntakeServer(options);
}

afterEach(() => intake.close());

const event = (uid: string, name = uid): object => ({ user: { uid, name } });

function push(items: unknown, sending: Sending & { readonly uuid?: string } = {}): Promise<Seen> {
  const headers = {
    authorization: `Bearer ${DEFAULT_API_KEY}`,
    'content-type': 'application/json',
    'user-agent': 'test/1.0',
    ...sending.headers,
  };
  const url = `${intake.url}/api/v2/asset-management/asset-connector/${sending.uuid ?? DEFAULT_CONNECTOR_UUID}`;
  return send(url, {
    method: 'POST',
    body: JSON.stringify({ version: 1, items }),
    timeoutMs: 300,
    ...sending,
    headers,
  });
}

describe('simulated intake, server: a simulated intake', () => {
  test('keeps what it confirms, the newest of each user apart', async () => {
    await start();
    await push([event('a', 'old'), event('b')]);
    await push([event('a', 'new')]);

    expect(intake.received.map(({ batch }) => batch)).toEqual([1, 1, 2]);
    expect(intake.latestByUid().get('a')).toEqual(event('a', 'new'));
    expect(intake.counts()).toEqual({ batches: 2, events: 3 });
    expect(intake.requests).toMatchObject([
      { status: 200, items: 2, userAgent: 'test/1.0', isStored: true },
      { items: 1 },
    ]);
  });

  test.each<[string, number, Sending & { readonly uuid?: string }]>([
    ['a wrong key', 401, { headers: { authorization: 'Bearer wrong' } }],
    ['a wrong connector', 404, { uuid: 'wrong' }],
    ['a wrong method', 405, { method: 'PUT' }],
    ['another content type', 415, { headers: { 'content-type': 'text/plain' } }],
    ['no JSON', 400, { body: '{' }],
    ['another version', 400, { body: '{"version":2,"items":[]}' }],
    ['more than the envelope', 400, { body: '{"version":1,"items":[],"more":1}' }],
    ['items that are no objects', 400, { body: '{"version":1,"items":[[]]}' }],
    ['null for absent', 400, { body: '{"version":1,"items":[{"user":{"uid":"a","name":null}}]}' }],
  ])('refuses %s', async (_what, status, sending) => {
    await start();
    const seen = await push([event('a')], sending);

    expect(seen.status).toBe(status);
    expect(seen.json).toMatchObject({ code: `T${status}`, message: expect.any(String) });
    expect(intake.received).toEqual([]);
  });

  test('refuses a batch that is too large, and one that holds a guilty event', async () => {
    await start({
      maxBytes: 200,
      refuseEvent: (item) => (JSON.stringify(item).includes('guilty') ? 422 : undefined),
    });

    expect((await push([event('a'.repeat(200))])).status).toBe(413);
    expect((await push([event('a'), event('guilty')])).status).toBe(422);
    expect((await push([event('a')])).status).toBe(200);
    expect(intake.received).toHaveLength(1);
  });

  test('loses acknowledgements of what it has stored', async () => {
    await start({ faults: { rate: 1, kinds: ['lost-acknowledgement'], maxRepeats: 1 } });

    await expect(push([event('a')])).rejects.toThrow(/socket hang up|ECONNRESET/);
    expect((await push([event('a')])).status).toBe(200);
    expect(intake.received).toHaveLength(2);
    expect(intake.requests.map(({ status, isStored }) => [status, isStored])).toEqual([
      [0, true],
      [200, true],
    ]);
  });

  test('goes wrong by place, if asked to, whatever the batches hold', async () => {
    const pushed = async (name: string): Promise<number[]> => {
      await start({ faults: { rate: 0.5, kinds: ['500'] }, faultsFollow: 'order' });
      const statuses: number[] = [];
      for (let place = 0; place < 12; place += 1) statuses.push((await push([event(name)])).status);
      await intake.close();
      return statuses;
    };

    const statuses = await pushed('a');

    expect(new Set(statuses)).toEqual(new Set([200, 500]));
    expect(await pushed('b')).toEqual(statuses);
  });

  test.each(['429', '429-date'] as const)('says with %s when to come back', async (kind) => {
    await start({
      faults: { rate: 1, kinds: [kind] },
      retryAfterSeconds: 3,
      now: () => Date.UTC(2026, 0, 1),
    });
    const seen = await push([event('a')]);

    expect(seen.status).toBe(429);
    expect(seen.headers['retry-after']).toBe(kind === '429' ? '3' : 'Thu, 01 Jan 2026 00:00:03 GMT');
  });

  test.each(['500', '502', '503', '504', '408'] as const)(
    'fails with %s and stores nothing',
    async (kind) => {
      await start({ faults: { rate: 1, kinds: [kind] } });

      expect((await push([event('a')])).status).toBe(Number(kind));
      expect(intake.counts().events).toBe(0);
    },
  );

  test('goes down and comes back', async () => {
    await start();
    intake.setDown(true);
    const down = await push([]);
    intake.setDown(false);
    const up = await push([]);
    intake.setState(403);
    const refused = await push([]);
    intake.setState('silent');

    expect([down.status, up.status, refused.status]).toEqual([503, 200, 403]);
    await expect(push([])).rejects.toThrow('no answer');
  });

  test.each<[IntakeServerOptions, number, string]>([
    [{ successStatus: 202 }, 202, '{"accepted":1}'],
    [{ successStatus: 204 }, 204, ''],
    [{ successBody: 'empty' }, 200, ''],
    [{ successBody: 'html' }, 200, '<html>'],
  ])('may say yes in other ways: %o', async (options, status, start_) => {
    await start(options);
    const seen = await push([event('a')]);

    expect(seen.status).toBe(status);
    expect(seen.text.startsWith(start_)).toBe(true);
    expect(intake.received).toHaveLength(1);
  });

  test('may redirect, be slow, refuse an empty batch, or keep little', async () => {
    await start({ redirect: 'http://127.0.0.1:9/elsewhere' });
    const redirected = await push([event('a')]);
    await intake.close();
    await start({ delayMs: 60, emptyBatchStatus: 422, keeps: 'latest' });
    const startedAt = performance.now();
    const slow = await push([event('a')]);
    const tookMs = performance.now() - startedAt;

    expect([redirected.status, redirected.headers['location']]).toEqual([
      302,
      'http://127.0.0.1:9/elsewhere',
    ]);
    expect((await push([])).status).toBe(422);
    expect(slow.status).toBe(200);
    expect(tookMs).toBeGreaterThan(55);
    expect([intake.received.length, intake.latestByUid().size]).toEqual([0, 1]);
  });
});
