import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { onTestFinished } from 'vitest';
import { openScene, type KeptInventory, type SceneOptions } from '../contract/scene.fixture.ts';
import { openInventory } from './open.ts';
import { openReader } from './reader.ts';
import { replayDeadLetters } from './replay.ts';

export * from '../contract/scene.fixture.ts';

export const HOLDER = { description: 'run 1 on a test', since: '2026-08-01T10:00:00.000Z' };

/** A folder of its own for one test. */
export function createFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'okta-ocsf-inventory-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/** The inventory that is kept in a folder. */
export function keptIn(folder: string, holder = HOLDER): KeptInventory {
  return {
    open: (options) => openInventory(folder, holder, options),
    read: (sink) => openReader(folder, [sink]),
    replay: (sink) => replayDeadLetters(folder, holder, [sink]),
  };
}

interface FileOptions extends SceneOptions {
  readonly folder?: string;
  readonly holder?: typeof HOLDER;
}

/** An inventory on a real file, closed at the end of the test. */
export function createScene({ folder = createFolder(), holder = HOLDER, ...given }: FileOptions = {}) {
  return {
    ...openScene(keptIn(folder, holder), given),
    folder,
    query: (sql: string): unknown[] => queryFile(folder, sql),
  };
}

export type Scene = ReturnType<typeof createScene>;

/** Reads the file beside its writer. */
function queryFile(folder: string, sql: string): unknown[] {
  const reader = new DatabaseSync(join(folder, 'inventory.db'), { readOnly: true });
  try {
    return reader
      .prepare(sql)
      .all()
      .map((row) => ({ ...row }));
  } finally {
    reader.close();
  }
}

/** Changes the file beside its writer, as something else might. */
export function meddle({ folder }: Pick<Scene, 'folder'>, sql: string): void {
  const other = new DatabaseSync(join(folder, 'inventory.db'));
  try {
    other.exec(sql);
  } finally {
    other.close();
  }
}
