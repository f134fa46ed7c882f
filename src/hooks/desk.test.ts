import { expect, test } from 'vitest';
import type { HookInbox, HookTraffic } from '../ports/hooks.ts';
import type { ToldEvent } from '../ports/source.ts';
import { ReceivedHooks } from './desk.ts';
import { keepEvents } from './keep.ts';

const DAY = 86_400_000;
const EVENT: ToldEvent = {
  type: 'user.account.lock',
  uuid: '1',
  publishedAt: 0,
  isHookable: true,
  marks: [{ subject: 'user', id: '00u1', question: 'record', reason: 'changed' }],
};

/** A desk over an inbox in memory, on a clock that stands unless somebody sleeps or sets it. */
function makeDesk(failures = 0, traffic?: HookTraffic) {
  const clock = {
    at: 1_000_000,
    now: () => clock.at,
    sleep: async (ms: number) => void (clock.at += ms),
  };
  let waitingSince: number | undefined;
  const lines: string[] = [];
  const delivered: number[] = [];
  let tries = 0;
  const inbox: HookInbox = {
    store: async () => {
      tries += 1;
      if (tries <= failures) throw new Error('busy');
      waitingSince ??= clock.now();
      return 1;
    },
    hasCome: () => true,
    get waitingSince() {
      return waitingSince;
    },
    waiting: async () => ({ marks: [], upTo: 0 }),
    remove: async () => undefined,
    taken: async () => void (waitingSince = undefined),
    isSettled: async () => false,
    noteLogged: async () => undefined,
    portOpened: () => undefined,
    portClosed: () => undefined,
    traffic: async () => traffic,
    close: () => undefined,
  };
  const say = (_: unknown, message: string): void => void lines.push(message);
  const desk = new ReceivedHooks({
    openInbox: () => inbox,
    delayMs: 2000,
    clock,
    timings: {
      hookAnswered: () => undefined,
      hookEvents: () => undefined,
      hookLag: () => undefined,
      hookDelivered: (ms) => delivered.push(ms),
    },
    onArrival: () => undefined,
    log: { error: say, warn: say, info: say, debug: say, trace: say },
  });
  const keep = async (): Promise<void> => desk.kept(await keepEvents([EVENT], 1, { inbox, clock }));
  return { desk, clock, lines, delivered, keep, take: () => inbox.taken(0, true) };
}

test('hooks, desk: marks are read HOOK_DELAY after the first, and 10 s after the last reading began', async () => {
  const { desk, clock, keep, take } = makeDesk();
  await keep();
  clock.at += 1000;
  await keep();
  expect([desk.dueAt(), desk.dueWork()]).toEqual([1_002_000, undefined]);
  clock.at += 1000;
  expect(desk.dueWork()).toBe('marks');
  desk.postponeMarks();
  await take();
  expect([desk.dueAt(), desk.dueWork()]).toEqual([undefined, undefined]);
  clock.at += 1000;
  await keep();

  expect(desk.dueAt()).toBe(1_012_000);
});

test('hooks, desk: polls that hooks call for are a minute apart, however many call', () => {
  const { desk, clock } = makeDesk();
  desk.needPoll();
  clock.at += 2000;
  expect([desk.dueWork(), desk.dueWork('marks')]).toEqual(['poll', undefined]);
  desk.begins('poll');
  desk.needPoll();
  desk.needPoll();

  expect(desk.dueAt()).toBe(1_062_000);
});

test('hooks, desk: an inbox that is busy is tried for 1.5 s; then the System Log is to be asked', async () => {
  const patient = makeDesk(5);
  await patient.keep();
  expect(patient.desk.counts().events).toBe(1);
  const late = makeDesk(1000);
  await late.keep();

  expect(late.clock.at - 1_000_000).toBeLessThanOrEqual(1500);
  expect(late.desk.counts().events).toBe(0);
  late.clock.at += 2000;
  expect(late.desk.dueWork()).toBe('poll');
});

test('hooks, desk: where marks were lost with their file, a poll is due', () => {
  const { desk, lines } = makeDesk();
  desk.troubled({ error: new Error('full'), areMarksLost: false });
  expect(desk.dueAt()).toBeUndefined();
  desk.troubled({ error: new Error('damaged'), areMarksLost: true });

  expect(desk.dueAt()).toBe(1_002_000);
  expect(lines).toHaveLength(1);
});

test('hooks, desk: a line a minute tells of requests without the secret, and of those of another org', () => {
  const { desk, clock, lines } = makeDesk();
  for (let at = 0; at < 100; at += 1) desk.count('unauthorized');
  clock.at += 60_000;
  desk.count('unauthorized');
  desk.count('wrong-org');

  expect(lines).toHaveLength(3);
  expect(desk.counts()).toMatchObject({ refused: 102, requests: 0 });
});

test('hooks, desk: tells how long it took until what came was delivered', async () => {
  const { desk, clock, delivered, keep } = makeDesk();
  await keep();
  desk.taken();
  clock.at += 500;
  await keep();
  desk.taken();
  desk.read('newest');
  clock.at += 2000;
  const readAt = clock.at;
  await keep();
  desk.taken();
  desk.delivered(readAt);
  expect(delivered).toEqual([2000]);
  clock.at += 1000;
  desk.read('all');
  desk.delivered(clock.at);
  expect([delivered, desk.awaitsDelivery]).toEqual([[2000], true]);
  clock.at += 1000;
  desk.delivered(undefined);

  expect([delivered, desk.awaitsDelivery]).toEqual([[2000, 4500, 2000], false]);
});

test.for<[string, HookTraffic | undefined, readonly string[]]>([
  ['hooks came', { hooked: 1, logged: 9, silentMs: 1000, missed: 0 }, []],
  ['nothing happened', { hooked: 0, logged: 0, silentMs: 2 * DAY, missed: 0 }, []],
  ['nothing is known yet', undefined, []],
  ['the port was not open for a day', { hooked: 0, logged: 9, silentMs: DAY - 1, missed: 9 }, []],
  ['no hook came', { hooked: 0, logged: 9, silentMs: DAY, missed: 9 }, ['hooks_silent']],
  ['too many came', { hooked: 280_001, logged: 9, silentMs: 0, missed: 0 }, ['hooks_many']],
])('hooks, desk: warns when it should: %s', async ([, traffic, codes]) => {
  const { desk, lines } = makeDesk(0, traffic);
  await desk.warnings();

  expect((await desk.warnings()).map(({ code }) => code)).toEqual(codes);
  expect(lines).toHaveLength(codes.length);
});

test('hooks, desk: a hook ends the warning that none comes, and no other', async () => {
  const { desk } = makeDesk(0, { hooked: 0, logged: 280_001, silentMs: DAY, missed: 9 });
  await desk.warnings();
  desk.count('unauthorized');
  expect(desk.standing.map(({ code }) => code)).toEqual(['hooks_silent', 'hooks_many']);
  desk.count('accepted');

  expect(desk.standing.map(({ code }) => code)).toEqual(['hooks_many']);
});
