import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { readOwn, StrangeFileError, writeGiven, writeOwn } from './own-file.ts';

function makeFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'okta-ocsf-own-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  return folder;
}

test('process, own file: a file is made for its owner alone, and replaced', () => {
  const file = join(makeFolder(), 'report');

  writeOwn(file, 'longer before');
  writeOwn(file, 'report');

  expect([readFileSync(file, 'utf8'), statSync(file).mode & 0o777]).toEqual(['report', 0o600]);
});

test('process, own file: nothing is written through a symbolic link to a file', () => {
  const folder = makeFolder();
  writeFileSync(join(folder, 'target'), 'precious');
  symlinkSync(join(folder, 'target'), join(folder, 'report'));

  expect(() => writeOwn(join(folder, 'report'), 'x')).toThrow(StrangeFileError);
  expect(() => readOwn(join(folder, 'report'))).toThrow(StrangeFileError);
  expect(readFileSync(join(folder, 'target'), 'utf8')).toBe('precious');
});

test('process, own file: a path that a person gave may lead to a device', () => {
  const link = join(makeFolder(), 'out');
  symlinkSync('/dev/null', link);

  expect(() => writeGiven(link, 'x')).not.toThrow();
});

test('process, own file: a pipe in the place of a file is refused, and not waited for', () => {
  const pipe = join(makeFolder(), 'pipe');
  execFileSync('sh', ['-c', `mkfifo ${pipe}`]);

  expect(() => writeOwn(pipe, 'x')).toThrow('is no file');
  expect(() => readOwn(pipe)).toThrow('is no file');
});
