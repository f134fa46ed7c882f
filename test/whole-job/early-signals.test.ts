import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { expect, test } from 'vitest';

const LAUNCHER = join(import.meta.dirname, '../../bin/okta-ocsf.js');

/** Loading src/main.ts never ends: the moment before it listens to signals itself lasts as long as the test needs. */
const NEVER_LOADED = `data:text/javascript,${encodeURIComponent(`
import { registerHooks } from 'node:module';
registerHooks({
  load(url, context, nextLoad) {
    if (!url.endsWith('/src/main.ts')) return nextLoad(url, context);
    const source = 'setInterval(() => {}, 1000); console.log("loading"); await new Promise(() => {});';
    return { format: 'module', source, shortCircuit: true };
  },
});`)}`;

async function signalWhileLoading(argv: readonly string[], signals: readonly NodeJS.Signals[]) {
  const child = spawn(process.execPath, ['--import', NEVER_LOADED, LAUNCHER, ...argv], {
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let stderr = '';
  child.stderr.on('data', (part: Buffer) => (stderr += part.toString()));
  await once(child.stdout, 'data');
  for (const signal of signals) child.kill(signal);
  const [code, killedBy]: unknown[] = await once(child, 'close');
  return { code, killedBy, stderr };
}

test.each([
  [['sync'], ['SIGTERM'], 143],
  [['sync'], ['SIGINT'], 130],
  [['sync'], ['SIGHUP'], 129],
  [['--config', 'worker', 'sync'], ['SIGTERM'], 143],
  [['worker'], ['SIGTERM'], 0],
  [['worker'], ['SIGHUP', 'SIGTERM'], 0],
  [['sync'], ['SIGUSR1', 'SIGTERM'], 143],
] as const)(
  'whole job, early signals: %j that is still loading, by %j: exit %i at once, and no debugger',
  async (argv, signals, code) => {
    // The process stops by itself, not by the system: as process 1 the system would let nothing happen.
    expect(await signalWhileLoading(argv, signals)).toEqual({ code, killedBy: null, stderr: '' });
  },
);
