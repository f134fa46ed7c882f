import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { noteCleanEnd } from './clean-end.ts';
import { createFolder, createScene } from './inventory.fixture.ts';
import { checkWhole } from './whole-check.ts';

const NEVER = new AbortController().signal;

/** An inventory that its writer has closed. */
async function closedInventory(): Promise<string> {
  const folder = createFolder();
  const { save, close } = createScene({ folder });
  for (let user = 0; user < 200; user += 1) await save(`u${user}`);
  close();
  return folder;
}

test('inventory, whole check: a sound inventory stays as its last writer left it', async () => {
  const folder = await closedInventory();

  expect(await checkWhole(folder, process.execPath, NEVER)).toBe('sound');
  expect(existsSync(join(folder, 'inventory.closed'))).toBe(true);
  expect(() => createScene({ folder })).not.toThrow();
});

test.each([
  ['pages in its middle', 4096],
  ['all of it', 0],
])('inventory, whole check: where %s are damaged it says so, and so does the next run', async (_, from) => {
  const folder = await closedInventory();
  const file = join(folder, 'inventory.db');
  writeFileSync(file, readFileSync(file).fill(0xa5, from));
  // As if nobody had touched the files since, so that opening alone would not look.
  noteCleanEnd(folder);

  await expect(checkWhole(folder, process.execPath, NEVER)).rejects.toMatchObject({
    code: 'inventory',
    message: expect.stringMatching(/inventory\.db is damaged: /),
    hint: expect.stringMatching(/move inventory\.db/),
  });
  expect(existsSync(join(folder, 'inventory.closed'))).toBe(false);
  expect(() => createScene({ folder })).toThrow(/inventory\.db/);
});

test('inventory, whole check: a signal ends it, and nothing is said of the file', async () => {
  const folder = await closedInventory();

  expect(await checkWhole(folder, process.execPath, AbortSignal.abort())).toBe('ended');
  expect(existsSync(join(folder, 'inventory.closed'))).toBe(true);
});

test('inventory, whole check: where there is no inventory yet, none is made', async () => {
  const folder = createFolder();

  expect(await checkWhole(folder, process.execPath, NEVER)).toBe('sound');
  expect(existsSync(join(folder, 'inventory.db'))).toBe(false);
});
