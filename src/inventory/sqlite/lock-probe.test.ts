import {
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { pathToFileURL } from 'node:url';
import { beforeEach, describe, expect, onTestFinished, test } from 'vitest';
import { inventoryError, openDatabase, openFile } from './database.ts';
import { takeLock } from './lock.ts';
import { probeLocks, type OpenFile } from './lock-probe.ts';
import { checkStateDir } from './state-dir-check.ts';

const HOLDER = { description: 'run 1 on here', since: '2026-11-28T00:00:00Z' };
const NO_LOCKS = /file system of .* does not support the file locks or the shared memory/;

let folder = '';

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'okta-ocsf-locks-'));
  const made = folder;
  onTestFinished(() => rmSync(made, { recursive: true }));
});

/** NFS without its lock service: SQLite says that the lock is taken, though nobody has it. */
const withoutLocks: OpenFile = (path) => {
  const other = openFile(path);
  other.exec('BEGIN EXCLUSIVE');
  onTestFinished(() => other.close());
  return new DatabaseSync(path);
};

/** A file system without shared memory, as SQLite's way of locking by extra files has none. */
const withoutSharedMemory: OpenFile = (path) =>
  new DatabaseSync(new URL(`${pathToFileURL(path).href}?vfs=unix-dotfile`));

describe.each([
  ['locks', withoutLocks],
  ['shared memory', withoutSharedMemory],
])('inventory, lock probe: a file system without %s', (_, open) => {
  test('is told as that by the probe, which leaves nothing behind', () => {
    expect(() => probeLocks(folder, '.probe', open)).toThrow(NO_LOCKS);
    expect(readdirSync(folder)).toEqual([]);
  });

  test('fails the check of the state folder, with what to do', () => {
    expect(checkStateDir(folder, '.probe', open)).toMatchObject({
      status: 'failed',
      detail: expect.stringMatching(NO_LOCKS),
      todo: expect.stringContaining('put STATE_DIR on a local disk'),
    });
  });
});

test('inventory, lock probe: a lock that nobody holds and nobody gets is told as the fault of the file system', () => {
  expect(() => takeLock(folder, HOLDER, withoutLocks)).toThrow(NO_LOCKS);
});

test('inventory, lock probe: a lock that another holds is told as held', () => {
  const lock = takeLock(folder, HOLDER);
  onTestFinished(() => lock.release());

  expect(() => takeLock(folder, HOLDER)).toThrow(
    expect.objectContaining({
      message: expect.stringContaining('in use by run 1 on here since'),
      hint: expect.stringContaining('run-now --wait'),
    }),
  );
});

test.each([
  ['IOERR_LOCK', 3850],
  ['IOERR_SHMOPEN', 4618],
  ['IOERR_SHMMAP', 5386],
  ['PROTOCOL', 15],
])("inventory, lock probe: SQLite's %s is told as the fault of the file system", (_, errcode) => {
  const error = inventoryError('open it', Object.assign(new Error('disk I/O error'), { errcode }));

  expect([error.message, error.hint]).toEqual([
    expect.stringContaining('no locks or no shared memory'),
    expect.stringContaining('put STATE_DIR on a local disk'),
  ]);
});

describe('inventory, lock probe: a symbolic link in the state folder', () => {
  test.each(['lock.holder', 'lock.db', 'inventory.db'])(
    'named %s is refused, and its target stays',
    (name) => {
      const target = join(folder, 'target');
      writeFileSync(target, 'precious');
      symlinkSync(target, join(folder, name));
      const use = (): void => {
        takeLock(folder, HOLDER).release();
        openDatabase(folder).close();
      };

      expect(use).toThrow('symbolic link');
      expect(readFileSync(target, 'utf8')).toBe('precious');
    },
  );

  test('to a file that is not there makes none', () => {
    symlinkSync(join(folder, 'target'), join(folder, 'lock.holder'));

    expect(() => takeLock(folder, HOLDER)).toThrow('symbolic link');
    expect(existsSync(join(folder, 'target'))).toBe(false);
  });
});
