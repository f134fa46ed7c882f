import { randomUUID } from 'node:crypto';
import { cli } from '../../src/cli.ts';
import { createTestWorld } from '../../src/process/world.fixture.ts';
import { systemClock } from '../../src/process/clock.ts';
import type { Ended } from './launch.fixture.ts';

export interface HereOptions {
  readonly env: Readonly<Record<string, string>>;
  /** Waits by the product's clock end so many times sooner; the time that the clock shows stays right. */
  readonly sleepsFaster?: number | undefined;
  /** The time that the product's clock shows instead of the real one. */
  readonly now?: (() => number) | undefined;
  /** stderr is a terminal. */
  readonly isTerminal?: boolean | undefined;
}

/**
 * A command run to its end in this process: all but the launcher and the signals is as in a process of its own, whose start
 * would cost more than the run itself.
 */
export async function runHere(
  argv: readonly string[],
  { env, sleepsFaster = 1, now = () => systemClock.now(), isTerminal = false }: HereOptions,
): Promise<Ended> {
  const startedAt = performance.now();
  const { world, stdout, stderr } = createTestWorld({
    env,
    isTerminal,
    clock: { now, sleep: (ms, signal) => systemClock.sleep(ms / sleepsFaster, signal) },
    random: () => Math.random(),
    newId: () => randomUUID(),
    nudge: (pid) => void process.kill(pid, 'SIGUSR2'),
  });
  const code = await cli(argv, world);
  return { code, stdout: stdout(), stderr: stderr(), seconds: (performance.now() - startedAt) / 1000 };
}
