import { mkdir, mkdtemp, readdir, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeEach, describe, expect, onTestFinished, test } from 'vitest';
import { makeStateDir } from './database.ts';
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

  test('that is a link to a folder passes', async () => {
    await mkdir(join(folder, 'real'));
    await symlink('real', join(folder, 'link'));

    expect(checkStateDir(join(folder, 'link'), '.probe')).toMatchObject({ status: 'passed' });
  });

  test('in which nothing can be made fails', async () => {
    await mkdir(join(folder, 'taken', '.probe'), { recursive: true });

    const check = checkStateDir(join(folder, 'taken'), '.probe');

    expect(check).toMatchObject({ status: 'failed', todo: expect.stringMatching(/STATE_DIR.*writable/) });
  });

  test.each([
    ['file', 'file is a file and not a folder'],
    ['file/below', 'file is a file and not a folder'],
    ['broken', 'broken is a symbolic link that leads nowhere'],
    ['broken/below', 'broken is a symbolic link that leads nowhere'],
  ])('%s fails, and a run says the same', async (name, reason) => {
    await writeFile(join(folder, 'file'), '');
    await symlink('nowhere', join(folder, 'broken'));
    const stateDir = join(folder, name);

    const check = checkStateDir(stateDir, '.probe');

    const hint = expect.stringMatching(/^give STATE_DIR the path of a folder/);
    expect(check).toMatchObject({ status: 'failed', detail: expect.stringContaining(reason), todo: hint });
    expect(() => makeStateDir(stateDir)).toThrow(
      expect.objectContaining({ code: 'inventory', message: join(folder, reason), hint }),
    );
    expect((await readdir(folder)).toSorted()).toEqual(['broken', 'file']);
  });
});
