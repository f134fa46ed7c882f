import { Readable } from 'node:stream';
import { createErrorOutput, type StopSignal, type World } from './world.ts';

export interface TestWorld {
  readonly world: World;
  /** The text printed so far. */
  readonly stdout: () => string;
  readonly stderr: () => string;
  /** Acts as a signal would. */
  readonly stop: (signal: StopSignal) => void;
  /** Acts as an exception that nobody caught would. */
  readonly crash: (thrown: unknown) => void;
  /** Acts as SIGHUP would on a command that listens for it. */
  readonly hangUp: () => void;
  /** Acts as SIGUSR2 would. */
  readonly nudge: () => void;
}

/** A world in memory: counting ids, a clock that `sleep` moves. */
export function createTestWorld(given: Partial<World> = {}): TestWorld {
  const printed = { out: '', err: '' };
  const stopping = new AbortController();
  let stoppedBy: StopSignal | undefined;
  let tellCrash = (thrown: unknown): void => void thrown;
  let tellNudge = (): void => undefined;
  let tellHangUp = (): void => undefined;
  let now = Date.parse('2026-08-01T10:00:00.000Z');
  let ids = 0;
  const isTerminal = given.isTerminal ?? false;

  const world: World = {
    env: {},
    version: '0.0.0-test',
    clock: {
      now: () => now,
      sleep: async (ms) => {
        now += ms;
      },
    },
    nodePath: process.execPath,
    usedCpuMs: () => 0,
    freeMemory: () => undefined,
    residentBytes: () => 0,
    random: () => 0.5,
    newId: () => `id-${(ids += 1)}`,
    input: () => Readable.from([]),
    out: async (text) => {
      printed.out += text;
    },
    err: createErrorOutput({ write: (text) => (printed.err += text) }, isTerminal),
    isTerminal,
    isOutputTerminal: false,
    stopping: stopping.signal,
    stoppedBy: () => stoppedBy,
    onHangUp: (listen) => {
      tellHangUp = listen;
    },
    onNudge: (listen) => {
      tellNudge = listen;
    },
    nudge: () => undefined,
    userId: process.geteuid?.(),
    onCrash: (tell) => {
      tellCrash = tell;
    },
    ...given,
  };
  return {
    world,
    stdout: () => printed.out,
    stderr: () => printed.err,
    stop(signal) {
      stoppedBy ??= signal;
      stopping.abort();
    },
    crash: (thrown) => tellCrash(thrown),
    hangUp: () => tellHangUp(),
    nudge: () => tellNudge(),
  };
}
