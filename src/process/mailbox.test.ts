import { execFileSync } from 'node:child_process';
import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  statSync,
  symlinkSync,
  truncateSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { Mailbox } from './mailbox.ts';

function start(userId?: number) {
  const folder = mkdtempSync(join(tmpdir(), 'okta-ocsf-mailbox-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  return { folder, box: new Mailbox(folder, userId), path: (name: string) => join(folder, name) };
}

test('process, mailbox: a letter is a file for its owner alone, read whole, listed and removed', () => {
  const { folder, box, path } = start();

  box.post('request', 'id-1', { a: 1 });

  expect(statSync(path('request.id-1.json')).mode & 0o777).toBe(0o600);
  expect(box.requests()).toEqual(['id-1']);
  expect(box.read('request', 'id-1')).toEqual({ kind: 'letter', value: { a: 1 } });
  box.remove('request', 'id-1');
  expect([box.read('request', 'id-1'), readdirSync(folder)]).toEqual([{ kind: 'none' }, []]);
});

test('process, mailbox: what is no small JSON file of ours is never followed, waited for or read, and only files are removed', () => {
  const { folder, box, path } = start();
  const precious = path('precious');
  writeFileSync(precious, '{"precious":true}');
  symlinkSync(precious, path('request.link.json'));
  mkdirSync(path('request.folder.json'));
  execFileSync('sh', ['-c', `mkfifo ${path('request.pipe.json')}`]);
  writeFileSync(path('request.huge.json'), '');
  truncateSync(path('request.huge.json'), 1024 ** 3);
  writeFileSync(path('request.rubbish.json'), '{"half":');
  writeFileSync(path('request.a b.json'), '{}');
  writeFileSync(path('request.half.json.tmp'), '{}');

  const ids = box.requests().toSorted();
  const found = ids.map((id) => box.read('request', id));
  for (const id of ids) box.remove('request', id);

  expect(ids).toEqual(['folder', 'huge', 'link', 'pipe', 'rubbish']);
  expect(found).toEqual(
    ['it is no file', 'it is too large', 'it is a link', 'it is no file', 'not JSON'].map((why) => ({
      kind: 'strange',
      why,
    })),
  );
  expect(readdirSync(folder).toSorted()).toEqual([
    'precious',
    'request.a b.json',
    'request.folder.json',
    'request.half.json.tmp',
    'request.link.json',
    'request.pipe.json',
  ]);
});

test("process, mailbox: another user's letter is not read", () => {
  const { box, path } = start(4_000_000);
  writeFileSync(path('request.id-1.json'), '{}');

  expect(box.read('request', 'id-1')).toEqual({ kind: 'strange', why: 'it belongs to another user' });
});

test('process, mailbox: answers that nobody came for and unfinished letters go after an hour', () => {
  const { folder, box, path } = start();
  const names = ['answer.old.json', 'request.old.json.tmp', 'request.old.json', 'inventory.db'];
  for (const name of names) {
    writeFileSync(path(name), '{}');
    utimesSync(path(name), 0, 0);
  }
  box.post('answer', 'new', {});

  box.removeOld(Date.now());

  expect(readdirSync(folder).toSorted()).toEqual(['answer.new.json', 'inventory.db', 'request.old.json']);
});
