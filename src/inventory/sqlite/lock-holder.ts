import { existsSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { SQLITE_BUSY } from './lock-probe.ts';
import { readHolder } from './lock.ts';
import { sqliteCodeOf } from './sqlite-codes.ts';

/** The name of the process that has the inventory now; `undefined` where none has. */
export function holderNow(stateDir: string): string | undefined {
  const path = join(stateDir, 'lock.db');
  if (!existsSync(path)) return undefined;
  const database = new DatabaseSync(path, { readOnly: true });
  try {
    database.exec('PRAGMA busy_timeout = 0; SELECT count(*) FROM sqlite_master');
    return undefined;
  } catch (thrown) {
    if (sqliteCodeOf(thrown) !== SQLITE_BUSY) throw thrown;
    return readHolder(stateDir);
  } finally {
    database.close();
  }
}

/** SQLite's lock of a writer that lets nobody read: from its first lock byte to its last. */
const EXCLUSIVE_LOCK = /^\d+: POSIX +ADVISORY +WRITE (\d+) ([\da-f]+):([\da-f]+):(\d+) \d+ 1073742335$/;

/**
 * The process that has the lock, as the kernel tells it. A number in a file could mean another process by now, perhaps
 * of another container or machine. `undefined` where the kernel does not tell: there is no /proc, or the process is not
 * to be seen from here.
 */
export function lockingProcess(stateDir: string): number | undefined {
  try {
    const { dev, ino } = statSync(join(stateDir, 'lock.db'), { bigint: true });
    const wanted = [majorOf(dev), minorOf(dev), ino].join(':');
    const pids = readFileSync('/proc/locks', 'utf8')
      .split('\n')
      .flatMap((line) => {
        const [, pid, major = '', minor = '', inode] = EXCLUSIVE_LOCK.exec(line) ?? [];
        return [parseInt(major, 16), parseInt(minor, 16), inode].join(':') === wanted ? [Number(pid)] : [];
      });
    const [pid, ...others] = new Set(pids);
    return others.length === 0 && pid !== undefined && pid > 0 ? pid : undefined;
  } catch {
    return undefined;
  }
}

/** Linux's own coding of device numbers. */
function majorOf(dev: bigint): bigint {
  return ((dev >> 8n) & 0xf_ffn) | ((dev >> 32n) & 0xff_ff_f0_00n);
}

function minorOf(dev: bigint): bigint {
  return (dev & 0xffn) | ((dev >> 12n) & 0xff_ff_ff_00n);
}
