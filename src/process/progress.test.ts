import { describe, expect, test } from 'vitest';
import { createProgress, progressLine } from './progress.ts';
import { type ProgressSnapshot } from '../ports/progress.ts';
import { createTestWorld, type TestWorld } from './world.fixture.ts';

const ERASE = '\r\u001B[2K';

function snapshot(given: Partial<ProgressSnapshot> = {}): ProgressSnapshot {
  return {
    usersDone: 1200,
    usersTotal: 10_000,
    calls: 1500,
    callsPerMinute: 299.6,
    secondsLeft: 1790,
    ...given,
  };
}

function start(isTerminal: boolean): TestWorld & { progress: ReturnType<typeof createProgress> } {
  const testWorld = createTestWorld({ isTerminal });
  const { err, clock } = testWorld.world;
  return { ...testWorld, progress: createProgress(err, isTerminal, clock) };
}

describe('the line', () => {
  test.each([
    [{}, '1,200 of about 10,000 users, 1,500 calls, 300 a minute, 30 min left'],
    [{ usersTotal: undefined, secondsLeft: undefined }, '1,200 users, 1,500 calls, 300 a minute'],
    [
      { budget: { bucket: 'users', allowance: 300, left: 142 } },
      '1,200 of about 10,000 users, 1,500 calls, 300 a minute, 142 of 300 left in users, 30 min left',
    ],
    [{ secondsLeft: 0 }, '1,200 of about 10,000 users, 1,500 calls, 300 a minute, 1 s left'],
    [{ secondsLeft: 59.2 }, '1,200 of about 10,000 users, 1,500 calls, 300 a minute, 60 s left'],
    [{ secondsLeft: 7201 }, '1,200 of about 10,000 users, 1,500 calls, 300 a minute, 2 h 1 min left'],
    [{ secondsLeft: Number.POSITIVE_INFINITY }, '1,200 of about 10,000 users, 1,500 calls, 300 a minute'],
  ])('of %j', (given, line) => {
    expect(progressLine(snapshot(given))).toBe(line);
  });
});

describe('on a terminal', () => {
  test('is drawn at most ten times a second', async () => {
    const { progress, stderr, world } = start(true);

    for (let tick = 0; tick < 20; tick += 1) {
      progress.update(snapshot({ usersDone: tick }));
      await world.clock.sleep(50);
    }

    expect(stderr().split(ERASE)).toHaveLength(1 + 10);
  });

  test('is gone at the end, and stays so', async () => {
    const { progress, stderr, world } = start(true);

    progress.update(snapshot());
    progress.stop();
    await world.clock.sleep(1000);
    progress.update(snapshot());

    expect(stderr()).toBe(`${ERASE}${progressLine(snapshot()).slice(0, 79)}${ERASE}`);
  });

  test('is never mixed into another line', () => {
    const { progress, stderr, world } = start(true);

    progress.update(snapshot());
    world.err.write('a log line\n');

    expect(stderr().endsWith(`${ERASE}a log line\n`)).toBe(true);
  });
});

test('is nothing at all elsewhere', () => {
  const { progress, stderr } = start(false);

  progress.update(snapshot());
  progress.stop();

  expect(stderr()).toBe('');
});
