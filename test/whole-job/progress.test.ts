import { expect } from 'vitest';
import * as z from 'zod';
import { cli } from '../../src/cli.ts';
import { createTestWorld } from '../../src/process/world.fixture.ts';
import { systemClock } from '../../src/process/clock.ts';
import { createErrorOutput } from '../../src/process/world.ts';
import { connectionSettings, createMutations } from '../../src/simulator/index.ts';
import { reportOf } from './launch.fixture.ts';
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

test('whole job, progress: the next full run does not count on calls for users who are deactivated', async ({
  makeStage,
}) => {
  const { org, okta, run } = await makeStage({ org: { users: 60, deprovisionedShare: 0 } });
  await run(['sync']);
  const mutations = createMutations(org, { now: okta.now });
  for (const { id } of org.users.slice(20)) mutations.deactivate(id);
  await run(['sync', '--full']);
  let asked = 0;
  const now = (): number => systemClock.now() + (asked += 1) * 10_000;

  const ended = await run(['sync', '--full'], { env: { LOG_LEVEL: 'info' }, now });

  const [first] = ended.stderr
    .trim()
    .split('\n')
    .map((line) => Line.parse(JSON.parse(line)))
    .filter(({ calls_left: left }) => left !== undefined);
  expect(first?.users_expected).toBe(20);
  expect((first?.calls ?? 0) + (first?.calls_left ?? 0)).toBeLessThanOrEqual(
    reportOf(ended).okta.total_calls,
  );
});

test.for([
  ['test', 'waiting for the answers of Okta and the intake'],
  ['plan', ' calls, '],
  ['dry-run --limit 2', ' calls, '],
  ['explain', 'looking in the inventory'],
] as const)(
  'whole job, progress: on a terminal, %s shows what it waits for',
  async ([command, told], { makeStage }) => {
    const { org, okta, intake, stateDir, run } = await makeStage();
    const isExplained = command === 'explain';
    if (isExplained) await run(['sync']);
    const argv = isExplained ? [command, org.users[0]?.id ?? ''] : command.split(' ');
    let shown = '';
    const { world } = createTestWorld({
      env: {
        ...connectionSettings(okta, intake),
        STATE_DIR: stateDir,
        LOG_LEVEL: 'error',
      },
      clock: systemClock,
      isTerminal: true,
      out: async () => undefined,
      err: createErrorOutput({ write: (text) => (shown += text) }, true),
    });

    expect(await cli(argv, world)).toBe(0);

    expect(shown).toContain(told);
    expect(shown.endsWith('\r\u001B[2K')).toBe(true);
  },
);
