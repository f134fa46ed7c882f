import { spawn } from 'node:child_process';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Report } from '../../src/ports/report.ts';

const LAUNCHER = join(import.meta.dirname, '../../bin/okta-ocsf.js');
const FAST_CLOCK = join(import.meta.dirname, 'fast-clock.fixture.ts');
/** Node strips types and compiles once, not in each of the many processes. */
const COMPILED = { NODE_COMPILE_CACHE: join(tmpdir(), 'okta-ocsf-test-compiled') };

/** How a process ended, and all that it printed. */
export interface Ended {
  /** `null` when a signal ended it. */
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
  readonly seconds: number;
}

export interface Launched {
  readonly pid: number | undefined;
  /** The text on stdout and stderr so far. */
  readonly stdout: () => string;
  readonly stderr: () => string;
  readonly kill: (signal: 'SIGTERM' | 'SIGINT' | 'SIGKILL' | 'SIGHUP' | 'SIGUSR1') => void;
  readonly ended: Promise<Ended>;
}

export interface LaunchOptions {
  readonly env: Readonly<Record<string, string>>;
  /** Makes the waits of the process shorter: see `fast-clock.fixture.ts`. */
  readonly fastClock?: 'timeouts' | number | undefined;
}

/** The real launcher in a process of its own, with no environment but what is given. */
export function launch(argv: readonly string[], { env, fastClock }: LaunchOptions): Launched {
  const preload = fastClock === undefined ? [] : ['--import', FAST_CLOCK];
  const startedAt = performance.now();
  const child = spawn(process.execPath, [...preload, LAUNCHER, ...argv], {
    env: { ...COMPILED, ...env, ...(fastClock === undefined ? {} : { TEST_FAST_CLOCK: String(fastClock) }) },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const stdout: Buffer[] = [];
  const stderr: Buffer[] = [];
  const ended = new Promise<Ended>((resolve, reject) => {
    child.stdout.on('data', (part: Buffer) => stdout.push(part));
    child.stderr.on('data', (part: Buffer) => stderr.push(part));
    child.on('error', reject);
    child.on('close', (code) => {
      const seconds = (performance.now() - startedAt) / 1000;
      resolve({ code, seconds, stdout: textOf(stdout), stderr: textOf(stderr) });
    });
  });
  return {
    ended,
    pid: child.pid,
    stdout: () => textOf(stdout),
    stderr: () => textOf(stderr),
    kill: (signal) => void child.kill(signal),
  };
}

function textOf(parts: readonly Buffer[]): string {
  return Buffer.concat(parts).toString('utf8');
}

/** The report that `sync` printed. */
export function reportOf({ stdout, stderr }: Ended): Report {
  if (stdout === '') throw new Error(`no report on stdout; stderr says:\n${stderr}`);
  return JSON.parse(stdout);
}

/** The lines for people on stderr, without the log. */
export function toldLines({ stderr }: Ended): string[] {
  return stderr.split('\n').filter((line) => line !== '' && !line.startsWith('{'));
}
