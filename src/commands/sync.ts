import { writeFile } from 'node:fs/promises';
import { composeSync } from '../compose.ts';
import { ConfigError } from '../errors.ts';
import type { Settings } from '../config.ts';
import type { RootLog } from '../log.ts';
import { sync } from '../sync.ts';
import type { World } from '../world.ts';
import { exitCodeOfRun, tellRunFailure } from './run-end.ts';

export interface SyncOptions {
  readonly report?: string;
  /** Gaps or dead letters make the exit code 4. */
  readonly strict: boolean;
}

/** Before the run, so that an hour's work does not end in a path that cannot be written. */
async function writeReport(file: string, text: string): Promise<void> {
  try {
    await writeFile(file, text, { mode: 0o600 });
  } catch (cause) {
    const problem = `cannot be written: ${cause instanceof Error ? cause.message : String(cause)}`;
    throw new ConfigError([
      { name: '--report', problem, hint: 'give a file in a folder that exists and is writable' },
    ]);
  }
}

/** One run; prints its report on stdout, also when it failed. Resolves with the exit code. */
export async function runSync(
  settings: Settings,
  world: World,
  log: RootLog,
  options: SyncOptions,
): Promise<number> {
  if (options.report !== undefined) await writeReport(options.report, '');
  const { job, close } = await composeSync(settings, world, log);
  try {
    const end = await sync(job);
    const text = `${JSON.stringify(end.report, null, 2)}\n`;
    tellRunFailure(end, world);
    if (options.report !== undefined) await writeReport(options.report, text);
    await world.out(text);
    return exitCodeOfRun(end, world, options.strict);
  } finally {
    close();
  }
}
