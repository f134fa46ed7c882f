import { chmodSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { exposedFiles, writableByAll } from './exposed-files.ts';

function makeFile(mode: number, ofFolder = 0o755): string {
  const folder = mkdtempSync(join(tmpdir(), 'okta-ocsf-exposed-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const file = join(folder, 'secret');
  writeFileSync(file, 'hush');
  chmodSync(file, mode);
  chmodSync(folder, ofFolder);
  return file;
}

test.each([
  [0o644, 0o755, true],
  [0o604, 0o711, true],
  [0o600, 0o755, false],
  [0o660, 0o755, false],
  [0o644, 0o700, false],
])('settings, exposed files: mode %o in a folder of mode %o: %s', (mode, ofFolder, isExposed) => {
  const file = makeFile(mode, ofFolder);

  expect(exposedFiles([file])).toEqual(isExposed ? [file] : []);
});

test.each([
  [0o666, 0o755, true],
  [0o602, 0o755, true],
  [0o660, 0o755, false],
  [0o666, 0o700, false],
])(
  'settings, exposed files: a file of mode %o in a folder of mode %o may be changed by all: %s',
  (mode, ofFolder, isOpen) => {
    const file = makeFile(mode, ofFolder);

    expect(writableByAll([file])).toEqual(isOpen ? [file] : []);
  },
);

test('settings, exposed files: a folder that all may change is told, and one that is not there is not', () => {
  const folder = `${makeFile(0o600)}-folder`;
  mkdirSync(folder);
  chmodSync(folder, 0o777);

  expect(writableByAll([folder, `${folder}-none`])).toEqual([folder]);
});

test.each([
  ['one user', '         0       1000          1\n', []],
  ['many', '         0          0 4294967295\n', ['told']],
  ['a few ranges', '         0       1000          1\n         1     100000      65536\n', ['told']],
])('settings, exposed files: where the namespace has %s: %j', (_, map, told) => {
  const file = makeFile(0o644);
  const uidMap = `${file}-map`;
  writeFileSync(uidMap, map);

  expect(exposedFiles([file], uidMap)).toEqual(told.map(() => file));
});

test('settings, exposed files: a link is as open as what it leads to', () => {
  const [open, shut] = [makeFile(0o644), makeFile(0o600)];
  const links = [`${open}-link`, `${open}-link-to-shut`];
  symlinkSync(open, links[0] ?? '');
  symlinkSync(shut, links[1] ?? '');

  expect(exposedFiles(links)).toEqual([links[0]]);
});

test('settings, exposed files: what is gone, or no file, is not told', () => {
  const folder = `${makeFile(0o644)}-folder`;
  mkdirSync(folder);

  expect(exposedFiles(['/nowhere/at/all', '/dev/null', folder])).toEqual([]);
});
