import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { promisify } from 'node:util';
import { forgetCleanEnd } from './clean-end.ts';
import { damagedError, inventoryError, inventoryFile } from './database.ts';

/** CORRUPT and NOTADB are what the check is for; any other error ends the process with it. */
const SCRIPT = `
  const { argv, stdout } = require('node:process');
  const { DatabaseSync } = require('node:sqlite');
  let found;
  try {
    const database = new DatabaseSync(argv[1], { readOnly: true });
    found = database.prepare('PRAGMA quick_check(1)').get().quick_check;
  } catch (error) {
    if (![11, 26].includes(error.errcode % 256)) throw error;
    found = error.message;
  }
  stdout.write(found);`;

/**
 * Reads the whole inventory for damage, in a process of its own: SQLite's check takes up to half a minute at a million
 * users, and nothing else would have its turn. Resolves with 'ended' when the signal has ended it. Throws an
 * `InventoryError` when the file is damaged, and lets the next opening look again, or when it cannot be checked.
 */
export async function checkWhole(
  stateDir: string,
  nodePath: string,
  signal: AbortSignal,
): Promise<'sound' | 'ended'> {
  const file = inventoryFile(stateDir);
  if (!existsSync(file)) return 'sound';
  const argv = ['--disable-warning=ExperimentalWarning', '-e', SCRIPT, '--', file];
  const found = await execute(nodePath, argv, { signal, killSignal: 'SIGKILL', env: {} }).catch(
    (cause: unknown) => {
      if (signal.aborted) return undefined;
      throw inventoryError(`check the inventory ${file}`, cause);
    },
  );
  if (found === undefined) return 'ended';
  if (found.stdout === 'ok') return 'sound';
  forgetCleanEnd(stateDir);
  throw damagedError(file, found.stdout);
}

const execute = promisify(execFile);
