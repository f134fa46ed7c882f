import { describe, expect, test } from 'vitest';
import { SinkAuthError, SinkRefusedError } from '../ports/errors.ts';
import type { Receipt } from '../ports/sink.ts';
import {
  accepted,
  createScene,
  refused,
  refusing,
  tooLarge,
  unavailable,
  users,
} from './delivery.fixture.ts';

describe('sinks, refusals: refused batches', () => {
  test('one guilty event among 100 becomes the dead letter, the other 99 arrive', async () => {
    const { delivery, outbox, clock, calls, kept } = createScene({
      saved: users(100),
      answer: refusing('u37'),
    });

    const totals = await clock.until(delivery.finish());

    expect([...outbox.deadLetters]).toEqual([['u37', 'HTTP 400: not this one']]);
    expect(kept.flat()).toEqual(users(100).filter((user) => user !== 'u37'));
    expect(totals).toMatchObject({ accepted: 99, refused: 1, retries: 0, error: undefined });
    expect(totals.batches).toBe(calls.length);
    expect(calls.length).toBeLessThanOrEqual(15);
    expect(outbox.waiting).toEqual([]);
  });

  test('two guilty events far apart', async () => {
    const { delivery, outbox, clock, calls, kept } = createScene({
      saved: users(100),
      answer: refusing('u1', 'u100'),
    });

    const totals = await clock.until(delivery.finish());

    expect([...outbox.deadLetters.keys()]).toEqual(['u1', 'u100']);
    expect(kept.flat()).toHaveLength(98);
    expect(totals).toMatchObject({ accepted: 98, refused: 2, error: undefined });
    expect(calls.length).toBeLessThanOrEqual(29);
  });

  test('what is accepted of a refused batch is confirmed at once', async () => {
    const confirmed: number[] = [];
    const scene = createScene({
      saved: users(4),
      answer: (batch, call) => {
        confirmed.push(scene.outbox.confirmed.length);
        return refusing('u4')(batch, call, undefined);
      },
    });

    await scene.clock.until(scene.delivery.finish());

    expect(scene.calls).toEqual([users(4), ['u1', 'u2'], ['u3', 'u4'], ['u3'], ['u4']]);
    expect(confirmed).toEqual([0, 0, 2, 2, 3]);
  });

  test('19 refused in a row, then one accepted: 19 dead letters', async () => {
    const guilty = users(19);
    const { delivery, outbox, clock } = createScene({ saved: users(20), answer: refusing(...guilty) });

    const totals = await clock.until(delivery.finish());

    expect([...outbox.deadLetters.keys()]).toEqual(guilty);
    expect(totals).toMatchObject({ accepted: 1, refused: 19, error: undefined });
  });

  test('19 refused in a row and nothing else waits: 19 dead letters', async () => {
    const { delivery, outbox, clock, left } = createScene({ saved: users(19), answer: () => refused });

    const totals = await clock.until(delivery.finish());

    expect([outbox.deadLetters.size, left]).toEqual([19, [0]]);
    expect(totals).toMatchObject({ accepted: 0, refused: 19, error: undefined });
  });

  test('20 refused in a row: it is not the events; all of them go back', async () => {
    const { delivery, outbox, clock } = createScene({ saved: users(20), answer: () => refused });

    const totals = await clock.until(delivery.finish());

    expect(totals.error).toBeInstanceOf(SinkRefusedError);
    expect(totals.error?.message).toContain('HTTP 400: not this one');
    expect(totals.refused).toBe(0);
    expect(outbox.deadLetters.size).toBe(0);
    expect(outbox.attempted).toEqual([]);
    expect(outbox.waiting).toEqual(users(20));
  });

  test('a batch of 100 in which every event is refused is given up after few calls', async () => {
    const { delivery, outbox, clock, calls } = createScene({ saved: users(250), answer: () => refused });

    const totals = await clock.until(delivery.finish());

    expect(totals.error).toBeInstanceOf(SinkRefusedError);
    expect(calls.length).toBeLessThan(50);
    expect(outbox.deadLetters.size).toBe(0);
    expect(outbox.attempted).toEqual([]);
    expect(outbox.waiting).toHaveLength(250);
  });

  test.each([1, 3, 7])('counts refusals in a row across batches of %i', async (count) => {
    const { delivery, outbox, clock } = createScene({
      saved: users(30),
      limits: { count },
      answer: () => refused,
    });

    const totals = await clock.until(delivery.finish());

    expect(totals.error).toBeInstanceOf(SinkRefusedError);
    expect(outbox.deadLetters.size).toBe(0);
    expect(outbox.waiting).toHaveLength(30);
    expect(outbox.attempted).toEqual([]);
  });

  test('an acceptance ends the streak: 15 refused, one accepted, 15 refused are 30 dead letters', async () => {
    const guilty = [...users(15, 'a'), ...users(15, 'c')];
    const saved = [...users(15, 'a'), 'b', ...users(15, 'c')];
    const { delivery, outbox, clock } = createScene({
      saved,
      limits: { count: 1 },
      answer: refusing(...guilty),
    });

    const totals = await clock.until(delivery.finish());

    expect([...outbox.deadLetters.keys()]).toEqual(guilty);
    expect(totals).toMatchObject({ accepted: 1, refused: 30, error: undefined });
  });

  test('an acceptance in a later batch settles the refusals held from earlier ones', async () => {
    const guilty = users(15);
    const scene = createScene({ saved: guilty, limits: { count: 2 }, answer: refusing(...guilty) });
    scene.delivery.start();
    await scene.clock.settle();
    expect(scene.outbox.deadLetters.size).toBe(0);

    scene.outbox.save('ann', 'ben');
    const totals = await scene.clock.until(scene.delivery.finish());

    expect([...scene.outbox.deadLetters.keys()]).toEqual(guilty);
    expect(totals).toMatchObject({ accepted: 2, refused: 15, error: undefined });
  });

  test('a newer event of a refused user still gets its turn', async () => {
    const scene = createScene({
      saved: ['ann'],
      answer: (_, call) => {
        if (call === 1) scene.outbox.save('ann');
        return call === 1 ? refused : accepted;
      },
    });

    const totals = await scene.clock.until(scene.delivery.finish());

    expect(totals).toMatchObject({ accepted: 1, refused: 1 });
    expect(scene.outbox.waiting).toEqual([]);
  });

  test('different reasons are not repeated in the error: each may quote a user', async () => {
    const { delivery, clock } = createScene({
      saved: users(20),
      answer: (batch): Receipt => ({ kind: 'refused', reason: `HTTP 400: bad ${batch.join()}` }),
    });

    const totals = await clock.until(delivery.finish());

    expect(totals.error?.message).toBe('the intake refused 20 events in a row, for different reasons');
  });

  test('the streak goes back when the key is refused in the middle of it', async () => {
    const { delivery, outbox, clock } = createScene({
      saved: users(8),
      answer: (_, call) => (call <= 5 ? refused : new SinkAuthError('the key was revoked')),
    });

    const totals = await clock.until(delivery.finish());

    expect(totals.error).toBeInstanceOf(SinkAuthError);
    expect(outbox.attempted).toEqual([]);
    expect(totals.refused).toBe(0);
    expect(outbox.deadLetters.size).toBe(0);
    expect(outbox.waiting).toHaveLength(8);
  });

  test('failures in the middle of a bisection are waited out', async () => {
    const { delivery, outbox, clock } = createScene({
      saved: users(40),
      answer: (batch, call) =>
        call % 2 === 1 ? unavailable() : refusing('u9', 'u31')(batch, call, undefined),
    });

    const totals = await clock.until(delivery.finish());

    expect([...outbox.deadLetters.keys()]).toEqual(['u9', 'u31']);
    expect(totals).toMatchObject({ accepted: 38, refused: 2, error: undefined });
    expect(totals.retries).toBe(totals.batches);
  });
});

describe('sinks, refusals: batches that are too large', () => {
  const overEvents = (most: number) => (batch: readonly string[]) =>
    batch.length > most ? tooLarge : accepted;

  test('are halved until they fit, and the smaller size is kept for the rest of the run', async () => {
    const { delivery, outbox, clock, calls } = createScene({ saved: users(1000), answer: overEvents(30) });

    const totals = await clock.until(delivery.finish());

    expect(outbox.confirmed.toSorted()).toEqual(users(1000).toSorted());
    expect(calls.filter((batch) => batch.length > 30)).toHaveLength(2);
    expect(totals).toMatchObject({ accepted: 1000, refused: 0, error: undefined });
  });

  test('a single event too large is a dead letter', async () => {
    const { delivery, outbox, clock, kept, left } = createScene({
      saved: users(9),
      answer: (batch) => (batch.includes('u5') ? tooLarge : accepted),
    });

    const totals = await clock.until(delivery.finish());

    expect([...outbox.deadLetters]).toEqual([['u5', 'HTTP 413 without a reason']]);
    expect(kept.flat()).toHaveLength(8);
    expect(left).toEqual([6, 5, 4, 0]);
    expect(totals).toMatchObject({ accepted: 8, refused: 1, error: undefined });
  });

  test('by one event that is too large alone are no reason for small batches afterwards', async () => {
    const { delivery, clock, calls } = createScene({
      saved: users(400),
      answer: (batch) => (batch.includes('u5') ? tooLarge : accepted),
    });

    await clock.until(delivery.finish());

    expect(calls.slice(-3).map(({ length }) => length)).toEqual([100, 100, 100]);
  });

  test('30 events too large alone, one after another, are dead letters, and the others arrive', async () => {
    const large = users(30, 'large');
    const { delivery, outbox, clock, kept } = createScene({
      saved: [...large, ...users(50)],
      limits: { count: 3 },
      answer: (batch) => (batch.some((user) => large.includes(user)) ? tooLarge : accepted),
    });

    const totals = await clock.until(delivery.finish());

    expect([...outbox.deadLetters.keys()]).toEqual(large);
    expect(kept.flat()).toEqual(users(50));
    expect(totals).toMatchObject({ accepted: 50, refused: 30, error: undefined });
  });

  test('alone count in no streak of refusals, and end none', async () => {
    const { delivery, outbox, clock } = createScene({
      saved: [...users(10, 'a'), ...users(5, 'large'), ...users(10, 'b')],
      limits: { count: 1 },
      answer: ([user = '']) => (user.startsWith('large') ? tooLarge : refused),
    });

    const totals = await clock.until(delivery.finish());

    expect(totals.error?.message).toContain('the intake refused 20 events in a row');
    expect([...outbox.deadLetters.keys()]).toEqual(users(5, 'large'));
    expect(outbox.waiting).toEqual([...users(10, 'a'), ...users(10, 'b')]);
    expect(outbox.attempted).toEqual([]);
  });
});
