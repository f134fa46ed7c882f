import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeEach, describe, expect, onTestFinished, test } from 'vitest';
import { checkStateDir } from './state-dir-check.ts';

let folder = '';

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'okta-ocsf-state-'));
  const made = folder;
  onTestFinished(() => rm(made, { recursive: true }));
});

describe('inventory, state dir check: the state folder', () => {
  test('that can be written passes, and stays as it was', async () => {
    await writeFile(join(folder, 'inventory.db'), '');

    const check = checkStateDir(folder, '.probe');

    expect(check).toMatchObject({
      code: 'state_dir',
      status: 'passed',
      detail: `${folder} can be written, and has file locks and shared memory`,
    });
    expect(await readdir(folder)).toEqual(['inventory.db']);
  });

  test('that is not there yet passes, and is not made', async () => {
    const check = checkStateDir(join(folder, 'one', 'two'), '.probe');

    expect(check).toMatchObject({ status: 'passed', detail: expect.stringContaining('can be made') });
    expect(await readdir(folder)).toEqual([]);
  });

  test.each(['file', 'file/below', 'taken'])('%s fails', async (name) => {
    await writeFile(join(folder, 'file'), '');
    await mkdir(join(folder, 'taken', '.probe'), { recursive: true });

    const check = checkStateDir(join(folder, name), '.probe');

    expect(check).toMatchObject({ status: 'failed', todo: expect.stringContaining('STATE_DIR') });
  });
});
