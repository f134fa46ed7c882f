import { expect, test } from 'vitest';
import type { Check } from '../ports/checks.ts';
import { createLog } from '../process/log.ts';
import { createTestWorld } from '../process/world.fixture.ts';
import { checkFirst } from './first-checks.ts';
import { Readiness } from './readiness.ts';

const FAILED: Check = {
  code: 'intake',
  title: 'Intake',
  status: 'failed',
  detail: 'says \u001B[2J\u202Enothing',
  cost: 'nothing is delivered',
  todo: 'look',
};

function prepare(
  list: () => AsyncIterable<Check>,
  sleep = (): Promise<void> => new Promise(() => undefined),
) {
  const { world } = createTestWorld();
  const lines: string[] = [];
  const output = { write: (text: string) => lines.push(text) };
  const log = createLog(output, { level: 'info', secrets: [], pretty: false, now: () => 0 });
  const readiness = new Readiness({ now: () => 0 }, { nextAfter: (instant) => instant + 1000 });
  const clock = { ...world.clock, sleep };
  return { parts: { list, readiness, clock, stopping: world.stopping, log }, readiness, lines };
}

test('worker, first checks: tells what is wrong, with what to do, one line each and one at the end', async () => {
  const { parts, readiness, lines } = prepare(async function* list() {
    yield { code: 'settings', title: 'Settings', status: 'passed', detail: '' };
    yield FAILED;
    yield { ...FAILED, code: 'okta_factors', status: 'warning' };
  });

  await checkFirst(parts);

  expect(lines.map((line): unknown => JSON.parse(line))).toMatchObject([
    { level: 'error', check: 'intake', detail: String.raw`says \u001b[2J\u202enothing`, todo: 'look' },
    { level: 'warn', check: 'okta_factors' },
    { level: 'info', passed: 1, warnings: ['okta_factors'], failed: ['intake'] },
  ]);
  expect(readiness.answer().status).toBe(503);
});

test('worker, first checks: does not hold up the first run: checks that take too long go on beside it', async () => {
  const late = Promise.withResolvers<void>();
  const { parts, readiness } = prepare(
    async function* list() {
      await late.promise;
      yield { code: 'settings', title: 'Settings', status: 'passed', detail: '' };
    },
    () => Promise.resolve(),
  );

  await checkFirst(parts);
  const before = readiness.answer();
  late.resolve();

  expect(before.body).toBe('not checked yet\n');
  await expect.poll(() => readiness.answer().status).toBe(200);
});

test('worker, first checks: that break never end the worker', async () => {
  const { parts, readiness, lines } = prepare(async function* list() {
    yield FAILED;
    throw new Error('nobody expected this');
  });

  await checkFirst(parts);

  expect(lines.at(-1)).toContain('"code":"internal","reason":"nobody expected this"');
  expect(readiness.answer().body).toBe('not checked yet\n');
});
