import { describe, expect, test } from 'vitest';
import type { Notice, NoticeFailure, NoticeQueue } from '../../ports/notices.ts';
import type { Receiver, WebhookAnswer } from './client.ts';
import { deliverNotices } from './deliver.ts';
import { aNotice } from './receiver.fixture.ts';

const DOWN: WebhookAnswer = {
  kind: 'failed',
  what: 'cannot take messages now (HTTP 500)',
  hint: 'look at it',
  isRefused: false,
  isOfMessage: false,
  isStopped: false,
};
const TAKEN: WebhookAnswer = { kind: 'delivered', status: 200 };

function setUp(count: number, answerTo: (id: string, tries: number) => WebhookAnswer, tookMs = 0) {
  let now = Date.UTC(2026, 7, 1);
  const waits: number[] = [];
  const clock = {
    now: () => now,
    sleep: async (ms: number) => {
      waits.push(ms);
      now += ms;
    },
  };
  const waiting: Notice[] = Array.from({ length: count }, (_, at) => aNotice({ id: `notice-${at}` }));
  const failures: NoticeFailure[] = [];
  const warned: object[] = [];
  const sent: string[] = [];
  const queue: NoticeQueue = {
    next: () => waiting[0],
    delivered: (id) =>
      void waiting.splice(
        waiting.findIndex((each) => each.id === id),
        1,
      ),
    failed: (_, failure) => void failures.push(failure),
    takeDropped: () => 0,
    get waiting() {
      return waiting.length;
    },
  };
  const receiver: Receiver = {
    host: 'hooks.example.com',
    send: async ({ id }) => {
      sent.push(id);
      now += tookMs;
      return answerTo(id, sent.filter((each) => each === id).length);
    },
  };
  const log = { info: () => undefined, warn: (facts: object) => void warned.push(facts) };
  const signal = new AbortController().signal;
  const run = () => deliverNotices({ queue, receiver, clock, random: () => 0.5, signal, log });
  return { run, sent, failures, warned, clock, waits, queue };
}

describe('sinks, webhook: messages that wait', () => {
  test('are sent in their order, and each leaves only when it was taken', async () => {
    const { run, sent, queue } = setUp(3, () => TAKEN);

    expect(await run()).toEqual({ delivered: 3, isFailing: false });
    expect(sent).toEqual(['notice-0', 'notice-1', 'notice-2']);
    expect(queue.waiting).toBe(0);
  });

  test('a receiver that is down costs three tries of one of a thousand, some seconds and one warning', async () => {
    const { run, sent, failures, warned, clock, waits } = setUp(1000, () => DOWN);
    const startedAt = clock.now();

    expect(await run()).toEqual({ delivered: 0, isFailing: true });
    expect(sent).toEqual(['notice-0', 'notice-0', 'notice-0']);
    expect(waits).toEqual([375, 750]);
    expect(clock.now() - startedAt).toBeLessThan(2000);
    expect(failures).toMatchObject([{ what: 'cannot take messages now (HTTP 500)', isOfMessage: false }]);
    expect(warned).toEqual([
      {
        reason: 'the webhook at hooks.example.com cannot take messages now (HTTP 500)',
        hint: 'look at it',
        waiting: 1000,
      },
    ]);
  });

  test('one that fails twice and is then taken is delivered', async () => {
    const { run, sent } = setUp(2, (id, tries) => (id === 'notice-0' && tries < 3 ? DOWN : TAKEN));

    expect(await run()).toEqual({ delivered: 2, isFailing: false });
    expect(sent).toHaveLength(4);
  });

  test('a receiver that asks to be left alone for long is asked once', async () => {
    const { run, sent } = setUp(1, () => ({ ...DOWN, waitMs: 60_000 }));

    expect(await run()).toMatchObject({ isFailing: true });
    expect(sent).toHaveLength(1);
  });

  test('a receiver that is slow keeps a run for ten seconds, and the rest waits', async () => {
    const { run, sent, queue } = setUp(1000, () => TAKEN, 2500);

    expect(await run()).toEqual({ delivered: 4, isFailing: false });
    expect([sent.length, queue.waiting]).toEqual([4, 996]);
  });
});
