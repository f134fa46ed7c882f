import { randomUUID } from 'node:crypto';
import { setDefaultAutoSelectFamilyAttemptTimeout } from 'node:net';
import { isatty } from 'node:tty';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import * as z from 'zod';
import packageFile from '../package.json' with { type: 'json' };
import { cli } from './cli.ts';
import { EXIT_FAILED, exitCodeOfSignal, isStop, tellCrash } from './process/failure.ts';
import { systemClock } from './process/clock.ts';
import { createErrorOutput, createOutput, type StopSignal, type World } from './process/world.ts';

const { version } = z.object({ version: z.string() }).parse(packageFile);

/**
 * How long each address of a host but the last is tried before the next one. Within Node's own 250 ms, a host that is
 * far away and also has an unreachable IPv6 address is never reached. It is set here because a proxy's connections read
 * no other place.
 */
const CONNECT_MS = 5000;
setDefaultAutoSelectFamilyAttemptTimeout(CONNECT_MS);

const world = createWorld();
const exitCode = await cli(process.argv.slice(2), world);
// Every write has been waited for. An open socket must not hold the process.
process.exit(exitCode);

function createWorld(): World {
  const { env, stdout, stderr } = process;
  const isTerminal = isatty(stderr.fd) && env['TERM'] !== 'dumb';
  const err = createErrorOutput(stderr, isTerminal);
  // When nobody reads the logs any more, the process goes on.
  stderr.on('error', () => undefined);

  const stopping = new AbortController();
  const isOutputTerminal = isatty(stdout.fd) && env['TERM'] !== 'dumb';
  const out = createOutput(stdout, { isTerminal: isatty(stdout.fd), onReaderGone: () => stopping.abort() });
  const signals = listenForSignals(stopping);

  return {
    env,
    version,
    clock: systemClock,
    nodePath: process.execPath,
    usedCpuMs: () => {
      const { user, system } = process.threadCpuUsage();
      return (user + system) / 1000;
    },
    freeMemory: garbageCollector(),
    residentBytes: () => process.memoryUsage.rss(),
    random: () => Math.random(),
    newId: () => randomUUID(),
    input: () => process.stdin,
    out(text) {
      err.clearStatus();
      return out(text);
    },
    err,
    isTerminal,
    isOutputTerminal,
    stopping: stopping.signal,
    ...signals,
    onNudge: listenForNudges(),
    nudge: sendNudge,
    userId: process.geteuid?.(),
    onCrash: listenForCrashes(stopping.signal, (thrown) => tellCrash(thrown, err)),
  };
}

/** V8 gives its collector only to a context that is made under this flag. */
function garbageCollector(): World['freeMemory'] {
  let collect: unknown;
  return (pages = 'kept') => {
    if (collect === undefined) {
      setFlagsFromString('--expose-gc');
      collect = runInNewContext('gc');
      setFlagsFromString('--no-expose-gc');
    }
    // V8 keeps the pages that it clears for its next use: only a collection as before the end of memory gives them back.
    const how = pages === 'kept' ? [] : [{ type: 'major', flavor: 'last-resort' }];
    if (typeof collect === 'function') Reflect.apply(collect, undefined, how);
  };
}

/** The first signal asks the command to end, the second ends the process. Takes over from bin/okta-ocsf.js. */
function listenForSignals(stopping: AbortController): Pick<World, 'stoppedBy' | 'onHangUp'> {
  let first: StopSignal | undefined;
  let hangUp: (() => void) | undefined;
  for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const) {
    const early = process.listeners(signal);
    process.on(signal, () => {
      if (signal === 'SIGHUP' && hangUp !== undefined) return hangUp();
      if (first !== undefined) process.exit(exitCodeOfSignal(signal));
      first = signal;
      stopping.abort();
    });
    for (const listener of early) process.off(signal, listener);
  }
  return {
    stoppedBy: () => first,
    onHangUp: (listen) => {
      hangUp = listen;
    },
  };
}

/** Without a listener SIGUSR2 would end the process. */
function listenForNudges(): World['onNudge'] {
  let nudged = (): void => undefined;
  if (process.platform !== 'win32') process.on('SIGUSR2', () => nudged());
  return (listen) => {
    nudged = listen;
  };
}

function sendNudge(pid: number): void {
  try {
    process.kill(pid, 'SIGUSR2');
  } catch {
    // It is gone, or another user's: it looks for itself before long.
  }
}

function listenForCrashes(stopping: AbortSignal, tellFirst: (thrown: unknown) => void): World['onCrash'] {
  let tell = tellFirst;
  function leave(thrown: unknown): void {
    if (isStop(thrown, stopping)) return; // the command ends by itself, with its report
    tell(thrown);
    process.exit(EXIT_FAILED);
  }
  process.on('uncaughtException', leave);
  process.on('unhandledRejection', leave);
  return (next) => {
    tell = next;
  };
}
