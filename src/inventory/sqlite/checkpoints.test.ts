import { existsSync, mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { setImmediate } from 'node:timers/promises';
import { expect, onTestFinished, test } from 'vitest';
import { Checkpoints, type CheckpointLimits } from './checkpoints.ts';

const SMALL: CheckpointLimits = { large: 0, many: 50, long: 100, few: 20, longest: 400 };

function start(changes: Partial<CheckpointLimits> = {}) {
  const folder = mkdtempSync(join(tmpdir(), 'okta-ocsf-checkpoints-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const file = join(folder, 'inventory.db');
  const database = new DatabaseSync(file);
  database.exec(
    'PRAGMA journal_mode = WAL; PRAGMA wal_autocheckpoint = 1000000; CREATE TABLE pages (page BLOB)',
  );
  const checkpoints = new Checkpoints(database, file, { ...SMALL, ...changes });
  const pagesOf = (path: string): number => Math.floor(statSync(path).size / 4096);
  return {
    file,
    database,
    checkpoints,
    commit: (pages: number): void => {
      database.exec('BEGIN');
      for (let page = 0; page < pages; page += 1)
        database.exec('INSERT INTO pages VALUES (randomblob(4000))');
      database.exec('COMMIT');
      checkpoints.look();
    },
    inFile: () => pagesOf(file),
    inLog: () => pagesOf(`${file}-wal`),
  };
}

function close({ checkpoints, database }: ReturnType<typeof start>): void {
  checkpoints.close();
  database.close();
}

test('inventory, checkpoints: a thread writes into a large file what has gathered in the log, which then begins anew', async () => {
  const scene = start();
  scene.commit(60);
  await expect.poll(() => scene.inFile()).toBeGreaterThan(50);

  let longest = 0;
  for (let commits = 0; commits < 100; commits += 1) {
    scene.commit(10);
    longest = Math.max(longest, scene.inLog());
    await setImmediate();
  }

  // The commit that crosses the limit is part of the log.
  expect(longest).toBeLessThan(SMALL.longest + 50);
  close(scene);
  // The last connection that closes writes everything into the file. Had the thread's been open still, the log would be there.
  expect(existsSync(`${scene.file}-wal`)).toBe(false);
  const again = new DatabaseSync(scene.file);
  expect(again.prepare('SELECT count(*) AS pages FROM pages').get()?.['pages']).toBe(1060);
  expect(again.prepare('PRAGMA integrity_check').get()?.['integrity_check']).toBe('ok');
  again.close();
});

test('inventory, checkpoints: commits without a pause leave a log that is bounded all the same', () => {
  const scene = start();

  for (let commits = 0; commits < 200; commits += 1) scene.commit(10);

  expect(scene.inLog()).toBeLessThan(SMALL.longest + 50);
  close(scene);
});

test('inventory, checkpoints: a small file is left to SQLite', () => {
  const scene = start({ large: 1024 * 1024 * 1024 });
  scene.commit(500);

  expect(scene.inFile()).toBeLessThan(10);
  expect(scene.database.prepare('PRAGMA wal_autocheckpoint').get()?.['wal_autocheckpoint']).toBe(1_000_000);
  close(scene);
});

test('inventory, checkpoints: a reader that holds an old state delays the file, and loses nothing', async () => {
  const scene = start();
  const reader = new DatabaseSync(scene.file, { readOnly: true });
  reader.exec('BEGIN');
  const before = reader.prepare('SELECT count(*) AS pages FROM pages').get()?.['pages'];
  for (let commits = 0; commits < 60; commits += 1) {
    scene.commit(10);
    await expect.poll(() => scene.inLog()).toBeGreaterThan(0);
  }

  expect(reader.prepare('SELECT count(*) AS pages FROM pages').get()?.['pages']).toBe(before);
  reader.exec('COMMIT');
  expect(reader.prepare('SELECT count(*) AS pages FROM pages').get()?.['pages']).toBe(600);
  reader.close();
  close(scene);
});
