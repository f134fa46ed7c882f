import { expect } from 'vitest';
import * as z from 'zod';
import { systemClock } from '../../src/process/world.ts';
import { test } from './stage.fixture.ts';

const Line = z.looseObject({
  msg: z.string(),
  users_done: z.number().optional(),
  users_expected: z.number().optional(),
  calls: z.number().optional(),
  calls_left: z.number().optional(),
});

test('whole job, progress: a full run tells each minute how far it has come, and of how many users', async ({
  makeStage,
}) => {
  const { run } = await makeStage({ org: { users: 60 } });
  let asked = 0;
  // Whoever asks what time it is makes it ten seconds later: minutes pass within a short run.
  const now = (): number => systemClock.now() + (asked += 1) * 10_000;

  const { code, stderr } = await run(['sync'], { env: { LOG_LEVEL: 'info' }, now });

  const lines = stderr
    .trim()
    .split('\n')
    .map((line) => Line.parse(JSON.parse(line)))
    .filter(({ msg }) => msg === 'run goes on');
  const calls = lines.map((line) => line.calls ?? 0);
  const last = lines.at(-1);
  expect(code).toBe(0);
  expect(calls).toEqual(calls.toSorted((one, other) => one - other));
  expect(last?.users_done).toBeGreaterThan(0);
  expect(last?.users_expected).toBe(60);
  expect(last?.calls_left).toBeGreaterThanOrEqual(0);
});
