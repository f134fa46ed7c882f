import { describe, expect, test } from 'vitest';
import { createProgress, progressLine } from './progress.ts';
import { type ProgressSnapshot } from '../ports/progress.ts';
import { createTestWorld } from './world.fixture.ts';

const ERASE = '\r\u001B[2K';

function snapshot(given: Partial<ProgressSnapshot> = {}): ProgressSnapshot {
  return {
    usersDone: 1200,
    usersTotal: 10_000,
    calls: 1500,
    callsLeft: 8950,
    callsPerMinute: 299.6,
    secondsLeft: 1790,
    ...given,
  };
}

function start(isTerminal: boolean) {
  const testWorld = createTestWorld({ isTerminal });
  const { err, clock } = testWorld.world;
  const lines: object[] = [];
  const log = { info: (fields: object, message: string) => lines.push({ ...fields, message }) };
  return { ...testWorld, lines, progress: createProgress({ err, isTerminal, clock, log }) };
}

describe('process, progress: the line', () => {
  test.each([
    [{}, '30 min left, 1,200 of about 10,000 users, 1,500 calls, 300 a minute'],
    [{ usersTotal: undefined, secondsLeft: undefined }, '1,200 users, 1,500 calls, 300 a minute'],
    [
      { budget: { bucket: 'users', allowance: 300, left: 142 } },
      '30 min left, 1,200 of about 10,000 users, 1,500 calls, 300 a minute, 142 of 300 calls left in users',
    ],
    [{ secondsLeft: 0 }, '1 s left, 1,200 of about 10,000 users, 1,500 calls, 300 a minute'],
    [{ secondsLeft: 59.2 }, '60 s left, 1,200 of about 10,000 users, 1,500 calls, 300 a minute'],
    [{ secondsLeft: 7201 }, '2 h 1 min left, 1,200 of about 10,000 users, 1,500 calls, 300 a minute'],
    [{ secondsLeft: Number.POSITIVE_INFINITY }, '1,200 of about 10,000 users, 1,500 calls, 300 a minute'],
  ])('of %j', (given, line) => {
    expect(progressLine(snapshot(given))).toBe(line);
  });
});

describe('process, progress: on a terminal', () => {
  test('is drawn at most ten times a second', async () => {
    const { progress, stderr, world } = start(true);

    for (let tick = 0; tick < 20; tick += 1) {
      progress.update(() => snapshot({ usersDone: tick }));
      await world.clock.sleep(50);
    }

    expect(stderr().split(ERASE)).toHaveLength(1 + 10);
  });

  test('is gone at the end, and stays so', async () => {
    const { progress, stderr, world } = start(true);

    progress.update(() => snapshot());
    progress.stop();
    await world.clock.sleep(1000);
    progress.update(() => snapshot());

    expect(stderr()).toBe(`${ERASE}${progressLine(snapshot()).slice(0, 79)}${ERASE}`);
  });

  test('is never mixed into another line', () => {
    const { progress, stderr, world } = start(true);

    progress.update(() => snapshot());
    world.err.write('a log line\n');

    expect(stderr().endsWith(`${ERASE}a log line\n`)).toBe(true);
  });
});

describe('process, progress: elsewhere', () => {
  test('is a log line once a minute, with facts as fields, and nothing on stderr', async () => {
    const { progress, lines, stderr, world } = start(false);

    for (let tick = 0; tick < 150; tick += 1) {
      progress.update(() => snapshot({ usersDone: tick }));
      await world.clock.sleep(1000);
    }
    progress.stop();

    const facts = { users_expected: 10_000, calls: 1500, calls_left: 8950, minutes_left: 30 };
    expect(lines).toEqual([
      { users_done: 60, ...facts, message: 'run goes on' },
      { users_done: 120, ...facts, message: 'run goes on' },
    ]);
    expect(stderr()).toBe('');
  });

  test('asks for no snapshot in between', () => {
    const { progress } = start(false);

    const ask = (): never => {
      throw new Error('asked for too early');
    };

    expect(() => progress.update(ask)).not.toThrow();
  });

  test('leaves out what cannot be told yet', async () => {
    const { progress, lines, world } = start(false);
    await world.clock.sleep(60_000);

    progress.update(() => snapshot({ usersTotal: undefined, callsLeft: undefined, secondsLeft: undefined }));

    expect(lines).toEqual([{ users_done: 1200, calls: 1500, message: 'run goes on' }]);
  });
});
