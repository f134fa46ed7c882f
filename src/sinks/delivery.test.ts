import { describe, expect, test } from 'vitest';
import { SinkAuthError, SinkUnavailableError, InventoryError } from '../ports/errors.ts';
import { ManualClock } from './clock.fixture.ts';
import { accepted, createScene, refused, refusing, unavailable, users } from './delivery.fixture.ts';

const MINUTE_MS = 60_000;

describe('sinks, delivery', () => {
  test('sends all that waits in full batches, oldest first', async () => {
    const { delivery, outbox, clock, calls } = createScene({ saved: users(250) });

    const totals = await clock.until(delivery.finish());

    expect(calls.map((batch) => batch.length)).toEqual([100, 100, 50]);
    expect(outbox.confirmed).toEqual(users(250));
    expect(totals).toMatchObject({
      batches: 3,
      retries: 0,
      accepted: 250,
      isProven: true,
      refused: 0,
      error: undefined,
    });
  });

  test('an empty outbox makes no call', async () => {
    const { delivery, clock, calls } = createScene();

    const totals = await clock.until(delivery.finish());

    expect(calls).toEqual([]);
    expect(totals).toEqual({
      batches: 0,
      retries: 0,
      accepted: 0,
      isProven: false,
      refused: 0,
      error: undefined,
    });
  });

  test('sends full batches while reading goes on, the rest when it is over', async () => {
    const { delivery, outbox, clock, calls } = createScene({ limits: { count: 10 } });
    delivery.start();
    await clock.settle();
    const sizes: number[] = [];
    for (const user of users(25)) {
      outbox.save(user);
      delivery.wake();
      await clock.settle();
      sizes.push(calls.length);
    }

    await clock.until(delivery.finish());

    expect(sizes.lastIndexOf(0)).toBe(8);
    expect(calls.map((batch) => batch.length)).toEqual([10, 10, 5]);
  });

  test('what is saved while the outbox is being looked at is not overlooked', async () => {
    const looks: number[] = [];
    const scene = createScene({
      limits: { count: 1 },
      wrap: (outbox) => ({
        take: (limits) => outbox.take(limits),
        confirm: (sequences) => outbox.confirm(sequences),
        refuse: (sequence, reason) => outbox.refuse(sequence, reason),
        release: (sequences) => outbox.release(sequences),
        pending: async () => {
          const count = await outbox.pending();
          if (looks.push(count) === 1) outbox.save('ann');
          if (looks.length === 1) scene.delivery.wake();
          return count;
        },
        oldestAt: () => outbox.oldestAt(),
      }),
    });

    scene.delivery.wake();
    await scene.clock.settle();

    expect(scene.calls).toEqual([['ann']]);
  });

  test('sends at once what an earlier run left', async () => {
    const { delivery, clock, calls } = createScene({ saved: users(3) });

    delivery.start();
    await clock.settle();

    expect(calls).toEqual([users(3)]);
  });

  test('waking returns at once, however slow the intake is', async () => {
    const answers: (() => void)[] = [];
    const { delivery, outbox, clock, calls } = createScene({
      saved: users(100),
      answer: () => new Promise((resolve) => answers.push(() => resolve(accepted))),
    });
    delivery.start();
    await clock.settle();

    outbox.save(...users(200, 'later'));
    for (let wake = 0; wake < 1000; wake += 1) delivery.wake();
    await clock.settle();

    expect(calls).toHaveLength(1);
    expect(outbox.confirmed).toEqual([]);
  });

  test('keeps a batch within the bytes of the whole body', async () => {
    const bodyOfTwo = Buffer.byteLength('{"version":1,"items":[{"user":"u1"},{"user":"u2"}]}');
    const { delivery, clock, calls } = createScene({ saved: users(5), limits: { bytes: bodyOfTwo } });

    await clock.until(delivery.finish());

    expect(calls.map((batch) => batch.length)).toEqual([2, 2, 1]);
  });

  test('confirms only after the answer; a lost acknowledgement means the same batch again', async () => {
    const taken: string[][] = [];
    const scene = createScene({
      saved: users(3),
      answer: (batch, call) => {
        taken.push([...batch]);
        expect(scene.outbox.confirmed).toEqual([]);
        return call === 1 ? unavailable() : accepted;
      },
    });

    const totals = await scene.clock.until(scene.delivery.finish());

    expect(taken).toEqual([users(3), users(3)]);
    expect(scene.outbox.confirmed).toEqual(users(3));
    expect(totals).toMatchObject({ batches: 1, retries: 1, accepted: 3, error: undefined });
  });

  test('waits longer each time, up to a minute, then starts over after an answer', async () => {
    const { delivery, clock } = createScene({
      saved: users(2),
      limits: { count: 1 },
      answer: (batch, call) => (call <= 8 || call === 10 ? unavailable() : accepted),
    });

    await clock.until(delivery.finish());

    expect(clock.waits).toEqual([1, 2, 4, 8, 16, 32, 60, 60, 1].map((seconds) => seconds * 1000));
  });

  test('jitters the wait over its whole length', async () => {
    const { delivery, clock } = createScene({
      saved: users(1),
      random: () => 0.25,
      answer: (_, call) => (call <= 2 ? unavailable() : accepted),
    });

    await clock.until(delivery.finish());

    expect(clock.waits).toEqual([250, 500]);
  });

  test('waits as long as the intake asks', async () => {
    const { delivery, clock } = createScene({
      saved: users(1),
      answer: (_, call) => (call === 1 ? unavailable(123_000) : accepted),
    });

    await clock.until(delivery.finish());

    expect(clock.waits).toEqual([123_000]);
  });

  test('tells since when the sink takes nothing, until it takes a batch again', async () => {
    const seen: (number | undefined)[] = [];
    const startedAt = new ManualClock().now();
    const { delivery, clock } = createScene({
      saved: users(3),
      limits: { count: 1 },
      answer: (_, call) => {
        const { trouble } = delivery.totals();
        seen.push(trouble === undefined ? undefined : trouble.since - startedAt);
        return [2, 3, 4].includes(call) ? unavailable(10_000) : accepted;
      },
    });

    await clock.until(delivery.finish());

    expect(seen).toEqual([undefined, undefined, 0, 0, 0, undefined]);
    expect(delivery.totals().trouble).toBeUndefined();
  });

  test('the trouble that ended delivery stays told', async () => {
    const error = new SinkAuthError('refused');
    const { delivery, clock } = createScene({ saved: users(1), answer: () => error });

    await clock.until(delivery.finish());

    expect(delivery.totals().trouble).toEqual({ error, since: clock.now() });
  });

  test('gives up after 15 minutes without one accepted batch, and keeps what may have arrived as attempted', async () => {
    const { delivery, outbox, clock } = createScene({ saved: users(150), answer: () => unavailable() });
    const startedAt = clock.now();

    const totals = await clock.until(delivery.finish());

    expect(totals.error).toBeInstanceOf(SinkUnavailableError);
    expect(totals.error?.message).toContain('15 minutes');
    expect(totals.error?.hint).toContain('wait in the outbox');
    expect(clock.now() - startedAt).toBeGreaterThanOrEqual(15 * MINUTE_MS);
    expect(clock.now() - startedAt).toBeLessThan(17 * MINUTE_MS);
    expect(outbox.attempted).toEqual(users(100));
    expect(outbox.waiting).toHaveLength(150);
    expect(outbox.released).toEqual([]);
    expect(totals.batches).toBe(1);
    expect(clock.sleeperCount).toBe(0);
  });

  test('counts the 15 minutes from the first failure since a batch was accepted', async () => {
    const { delivery, clock, outbox } = createScene({
      saved: users(3),
      limits: { count: 1 },
      answer: (_, call) => (call % 2 === 1 ? unavailable(10 * MINUTE_MS) : accepted),
    });

    const totals = await clock.until(delivery.finish());

    expect(totals.error).toBeUndefined();
    expect(outbox.confirmed).toEqual(users(3));
  });

  test('stops at once when the key is refused, and nothing of the batch counts as sent', async () => {
    const wrongKey = new SinkAuthError('the intake does not accept the API key (HTTP 401)');
    const { delivery, outbox, clock, calls } = createScene({ saved: users(150), answer: () => wrongKey });

    delivery.start();
    const totals = await clock.until(delivery.finish());
    delivery.wake();
    await clock.settle();

    expect(totals.error).toBe(wrongKey);
    expect(calls).toHaveLength(1);
    expect(outbox.attempted).toEqual([]);
    expect(outbox.waiting).toHaveLength(150);
  });

  test('what may have arrived before the key was refused stays attempted', async () => {
    const { delivery, outbox, clock } = createScene({
      saved: users(2),
      answer: (_, call) => (call === 1 ? unavailable() : new SinkAuthError('the key was revoked')),
    });

    await clock.until(delivery.finish());

    expect(outbox.attempted).toEqual(users(2));
    expect(outbox.released).toEqual([]);
  });

  test('the signal ends a wait at once, without an error', async () => {
    const { delivery, outbox, clock, stop } = createScene({
      saved: users(2),
      answer: () => unavailable(600_000),
    });
    delivery.start();
    await clock.settle();
    const stoppedAt = clock.now();

    stop.abort();
    const totals = await clock.until(delivery.finish({ deadlineMs: 8000 }));

    expect(clock.now()).toBe(stoppedAt);
    expect(totals).toMatchObject({ accepted: 0, error: undefined });
    expect(outbox.attempted).toEqual(users(2));
    expect(clock.sleeperCount).toBe(0);
  });

  test('told to stop, pushes what is ready within the deadline', async () => {
    const { delivery, outbox, clock, stop } = createScene({ saved: users(30), limits: { count: 10 } });

    stop.abort();
    const totals = await clock.until(delivery.finish({ deadlineMs: 8000 }));

    expect(totals).toMatchObject({ accepted: 30, error: undefined });
    expect(outbox.waiting).toEqual([]);
    expect(clock.sleeperCount).toBe(0);
  });

  test('the deadline ends a push that is never answered; its events stay attempted', async () => {
    const { delivery, outbox, clock, stop } = createScene({
      saved: users(3),
      answer: (_, __, signal) =>
        new Promise((resolve) => signal?.addEventListener('abort', () => resolve(unavailable()))),
    });
    const startedAt = clock.now();

    stop.abort();
    const totals = await clock.until(delivery.finish({ deadlineMs: 8000 }));

    expect(clock.now() - startedAt).toBe(8000);
    expect(totals).toMatchObject({ batches: 1, retries: 0, accepted: 0, error: undefined });
    expect(outbox.attempted).toEqual(users(3));
    expect(clock.sleeperCount).toBe(0);
  });

  test('what was not settled when the deadline came waits again, unless it may have arrived', async () => {
    const { delivery, outbox, clock } = createScene({
      saved: users(4),
      answer: (batch, _, signal) =>
        batch.length > 2
          ? refused
          : new Promise((resolve) => signal?.addEventListener('abort', () => resolve(unavailable()))),
    });

    await clock.until(delivery.finish({ deadlineMs: 1000 }));

    expect(outbox.attempted).toEqual(['u1', 'u2']);
    expect(outbox.released).toEqual(['u3', 'u4']);
  });

  test('an outbox that fails ends delivery with its error, and rejects nothing', async () => {
    const broken = new InventoryError('the disk is full');
    const released: number[] = [];
    const { delivery, clock, logged } = createScene({
      saved: users(3),
      wrap: (outbox) => ({
        take: (limits) => outbox.take(limits),
        confirm: () => Promise.reject(broken),
        refuse: (sequence, reason) => outbox.refuse(sequence, reason),
        release: (sequences) => Promise.resolve(void released.push(...sequences)),
        pending: () => outbox.pending(),
        oldestAt: () => outbox.oldestAt(),
      }),
    });

    delivery.start();
    await clock.settle();
    const totals = await clock.until(delivery.finish());

    expect(totals).toMatchObject({ accepted: 0, error: broken });
    expect(released).toEqual([]);
    expect(logged).toContainEqual([
      { code: 'inventory', reason: 'the disk is full' },
      'delivery stopped: events wait in the outbox',
    ]);
  });

  test('an error that nobody expects is kept as an internal one', async () => {
    const { delivery, clock } = createScene({
      saved: users(1),
      answer: () => new TypeError('not a function'),
    });

    const totals = await clock.until(delivery.finish());

    expect(totals.error?.code).toBe('internal');
  });

  test('a newer event of a user in flight goes after it', async () => {
    const scene = createScene({
      saved: ['ann'],
      answer: (_, call) => {
        if (call === 1) scene.outbox.save('ann', 'ben');
        return accepted;
      },
    });

    await scene.clock.until(scene.delivery.finish());

    expect(scene.calls).toEqual([['ann'], ['ann', 'ben']]);
  });

  test('logs no profile: neither events nor what the intake said of one', async () => {
    const { delivery, clock, logged } = createScene({
      saved: ['ann@acme.example', 'ben'],
      answer: refusing('ben'),
    });

    await clock.until(delivery.finish());

    expect(JSON.stringify(logged)).not.toMatch(/ann@|not this one/);
    expect(JSON.stringify(logged)).toContain('dead letter');
  });
});
