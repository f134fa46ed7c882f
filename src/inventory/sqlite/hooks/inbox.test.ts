import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { expect, onTestFinished, test } from 'vitest';
import type { InboxTrouble } from '../../../ports/hooks.ts';
import type { Mark } from '../../../ports/inventory.ts';
import type { ToldEvent } from '../../../ports/source.ts';
import { SqliteHookInbox } from './inbox.ts';

const HOUR = 3_600_000;

function folder(): string {
  const made = mkdtempSync(join(tmpdir(), 'okta-ocsf-inbox-'));
  onTestFinished(() => rmSync(made, { recursive: true }));
  return made;
}

function inboxIn(stateDir: string, clock = { now: () => 1000 }): SqliteHookInbox {
  const inbox = new SqliteHookInbox(stateDir, clock);
  onTestFinished(() => inbox.close());
  return inbox;
}

const markOf = (id: string): Mark => ({
  subject: 'user',
  id,
  question: 'record',
  reason: 'changed',
  from: 'x',
});

function event(uuid: string, publishedAt = 0, ...ids: readonly string[]): ToldEvent {
  const marks = (ids.length === 0 ? ['00u1'] : ids).map((id) => markOf(id));
  return { type: 'x', uuid, publishedAt, isHookable: true, marks };
}

test('inventory, hook inbox: keeps marks, each once, until they are removed; a process that comes later finds them', async () => {
  const stateDir = folder();
  const first = inboxIn(stateDir);
  await first.store([event('1', 0, '00u1', '00u2'), event('2', 0, '00u1')]);
  first.close();
  const inbox = inboxIn(stateDir, { now: () => 5000 });

  expect(inbox.waitingSince).toBe(1000);
  const { marks, upTo } = await inbox.waiting(10);
  expect(marks).toEqual([markOf('00u2'), markOf('00u1')]);
  await inbox.store([event('3', 0, '00u2')]);
  await inbox.remove(upTo);
  expect((await inbox.waiting(10)).marks).toEqual([markOf('00u2')]);
  expect(inbox.waitingSince).toBe(1000);
});

test('inventory, hook inbox: an event that comes twice counts once; one that says something else counts', async () => {
  const inbox = inboxIn(folder());

  expect(await inbox.store([event('1')])).toBe(1);
  expect(await inbox.store([event('1'), event('2')])).toBe(1);
  expect(await inbox.store([event('1', 0, '00u9')])).toBe(1);
});

test('inventory, hook inbox: an event is settled once it was asked 60 s after it, and only as it was', async () => {
  const inbox = inboxIn(folder());
  await inbox.store([event('young', 50_000), event('old', 0)]);
  const isSettled = async (each: ToldEvent) => inbox.isSettled(each);

  expect(await isSettled(event('old', 0))).toBe(false);
  await inbox.remove((await inbox.waiting(10)).upTo);
  await inbox.taken(60_000, true);
  expect(await isSettled(event('old', 0))).toBe(true);
  expect(await isSettled(event('young', 50_000))).toBe(false);
  expect(await isSettled(event('old', 0, '00u9'))).toBe(false);
  // The log's own instant counts.
  expect(await isSettled(event('old', 1))).toBe(false);
  expect(await isSettled(event('other', 0))).toBe(false);
});

test('inventory, hook inbox: a hook that brings what the log has told marks nothing, unless it says something else', async () => {
  const inbox = inboxIn(folder());
  await inbox.noteLogged([event('told')], 0);

  expect(await inbox.store([event('told')])).toBe(0);
  expect(inbox.waitingSince).toBeUndefined();
  expect(await inbox.store([event('told', 0, '00u9')])).toBe(1);
});

test('inventory, hook inbox: an event that a hook brought first is settled as the hook had it, though the log tells it later', async () => {
  const inbox = inboxIn(folder());
  await inbox.store([event('hooked', 50_000)]);
  await inbox.noteLogged([event('hooked', 50_000)], 200_000);

  expect(await inbox.isSettled(event('hooked', 50_000))).toBe(false);
  expect((await inbox.waiting(10)).marks).toHaveLength(1);
});

test('inventory, hook inbox: of an event that came while marks were moved, nobody says that it was asked', async () => {
  const stateDir = folder();
  const [ofRuns, ofHooks] = [inboxIn(stateDir), inboxIn(stateDir)];
  await ofHooks.store([event('moved')]);
  expect(ofRuns.hasCome()).toBe(true);
  await ofRuns.remove((await ofRuns.waiting(10)).upTo);
  await ofHooks.store([event('late', 0, '00u2')]);
  await ofRuns.taken(90_000, true);

  expect(await ofRuns.isSettled(event('late', 0, '00u2'))).toBe(false);
  expect([ofRuns.hasCome(), (await ofRuns.waiting(10)).marks]).toEqual([true, [markOf('00u2')]]);
});

test('inventory, hook inbox: while both threads have the file, no other program has it alone', async () => {
  const stateDir = folder();
  const [ofHooks, ofRuns] = [inboxIn(stateDir), inboxIn(stateDir)];
  await ofHooks.store([event('1')]);
  ofRuns.hasCome();
  const file = join(stateDir, 'hooks.db');
  const program = `const { DatabaseSync } = require('node:sqlite');
    new DatabaseSync(process.argv[1]).exec('PRAGMA locking_mode = EXCLUSIVE; SELECT * FROM inbox');`;

  expect(() => execFileSync(process.execPath, ['-e', program, file], { stdio: 'pipe' })).toThrow(
    'database is locked',
  );
});

test('inventory, hook inbox: while another writes, it stores nothing and does not wait; then it stores', async () => {
  const stateDir = folder();
  const troubles: unknown[] = [];
  const onTrouble = (trouble: unknown): void => void troubles.push(trouble);
  const inbox = new SqliteHookInbox(stateDir, { now: () => 1000 }, { onTrouble });
  await inbox.store([event('1')]);
  const other = new DatabaseSync(join(stateDir, 'hooks.db'));
  onTestFinished(() => [other, inbox].forEach((each) => each.close()));
  other.exec('BEGIN IMMEDIATE');
  await expect(inbox.store([event('2')])).rejects.toThrow(
    'cannot keep event hooks in hooks.db: database is locked',
  );
  other.exec('ROLLBACK');

  expect([await inbox.store([event('2')]), troubles]).toEqual([1, []]);
});

test('inventory, hook inbox: where marks were dropped, the log has to tell of their events', async () => {
  const inbox = inboxIn(folder());
  await inbox.store([event('1', 0)]);
  await inbox.taken(90_000, false);

  expect(await inbox.isSettled(event('1', 0))).toBe(false);
});

test('inventory, hook inbox: too many marks are forgotten, and it says so', async () => {
  const inbox = new SqliteHookInbox(folder(), { now: () => 1000 }, { mostMarks: 4 });
  onTestFinished(() => inbox.close());
  await inbox.store([event('1', 0, '00u1', '00u2')]);
  await inbox.store([event('2', 0, '00u1', '00u2')]);

  expect(await inbox.store([event('3', 0, '00u3', '00u4', '00u5')])).toBeUndefined();
  expect(inbox.waitingSince).toBeUndefined();
  expect(await inbox.store([event('4')])).toBe(1);
});

test('inventory, hook inbox: a damaged file is made anew', async () => {
  const stateDir = folder();
  writeFileSync(join(stateDir, 'hooks.db'), 'x'.repeat(8192));

  expect(await inboxIn(stateDir).store([event('1')])).toBe(1);
});

/** A file whose first mark waits, and whose pages from this one on are overwritten. */
async function damagedFrom(page: number): Promise<string> {
  const stateDir = folder();
  const inbox = inboxIn(stateDir);
  await inbox.store([event('1')]);
  inbox.close();
  const file = join(stateDir, 'hooks.db');
  const bytes = readFileSync(file);
  writeFileSync(file, bytes.fill(0xff, (page - 1) * 4096));
  return stateDir;
}

test.each<[string, number, (inbox: SqliteHookInbox) => Promise<unknown>]>([
  ['when it is opened', 2, async () => undefined],
  ['by a question', 4, async (inbox) => inbox.isSettled(event('1'))],
  ['by the log', 4, async (inbox) => inbox.noteLogged([event('2')], 0)],
  ['by a run', 4, async (inbox) => inbox.taken(0, true)],
  ['by the count', 4, async (inbox) => inbox.traffic()],
])(
  'inventory, hook inbox: damage that is met %s ends nothing, is told, and the file is made anew for both threads',
  async (_, page, meet) => {
    const stateDir = await damagedFrom(page);
    const lost: boolean[] = [];
    const options = { onTrouble: ({ areMarksLost }: InboxTrouble) => lost.push(areMarksLost) };
    const [ofHooks, ofRuns] = [
      new SqliteHookInbox(stateDir, { now: () => 1000 }, options),
      new SqliteHookInbox(stateDir, { now: () => 1000 }, options),
    ];
    onTestFinished(() => [ofHooks, ofRuns].forEach((inbox) => inbox.close()));
    await meet(ofRuns);

    expect(lost).toEqual([true]);
    expect([ofRuns.waitingSince, await ofRuns.waiting(10)]).toEqual([undefined, { marks: [], upTo: 0 }]);
    expect(await ofHooks.store([event('3', 0, '00u3')])).toBe(1);
    expect(ofRuns.hasCome()).toBe(true);
    expect((await ofRuns.waiting(10)).marks).toEqual([markOf('00u3')]);
  },
);

test('inventory, hook inbox: where no file can be made, hooks are refused, and runs go on without', async () => {
  const stateDir = folder();
  mkdirSync(join(stateDir, 'hooks.db'));
  const troubles: InboxTrouble[] = [];
  const onTrouble = (trouble: InboxTrouble): void => void troubles.push(trouble);
  const inbox = new SqliteHookInbox(stateDir, { now: () => 1000 }, { onTrouble });

  expect([inbox.hasCome(), await inbox.isSettled(event('1')), await inbox.traffic()]).toEqual([
    false,
    false,
    undefined,
  ]);
  await inbox.noteLogged([event('1')], 0);
  await expect(inbox.store([event('1')])).rejects.toThrow('hooks.db');
  expect(troubles.map(({ areMarksLost }) => areMarksLost)).toEqual([true, true, false]);
});

test('inventory, hook inbox: counts hooks and events of the log for a day, each at its own hour', async () => {
  let now = 100 * HOUR;
  const inbox = inboxIn(folder(), { now: () => now });
  await inbox.store([event('1')]);
  await inbox.noteLogged([event('2', now), event('3', now - 26 * HOUR)], now);
  expect(await inbox.traffic()).toMatchObject({ hooked: 1, logged: 1 });
  now += 30 * HOUR;
  // Okta's clock is a day behind.
  await inbox.noteLogged([event('4', now - 24 * HOUR)], now - 24 * HOUR);

  expect(await inbox.traffic()).toMatchObject({ hooked: 0, logged: 1 });
});

test('inventory, hook inbox: a silence is the time in which the port was open; a hook ends it', async () => {
  let now = 100 * HOUR;
  const clock = { now: () => now };
  const stateDir = folder();
  const first = inboxIn(stateDir, clock);
  first.portOpened();
  await first.noteLogged([event('before', now - 1), event('in', now)], now);
  now += 5 * HOUR;
  first.portClosed();
  now += 40 * HOUR;
  expect(await first.traffic()).toMatchObject({ silentMs: 5 * HOUR, missed: 1 });
  expect(await first.traffic()).toMatchObject({ silentMs: 5 * HOUR, missed: 1 });
  first.close();
  const inbox = inboxIn(stateDir, clock);
  inbox.portOpened();
  await inbox.noteLogged([event('while nobody listened', now - HOUR)], now);
  now += 20 * HOUR;
  expect(await inbox.traffic()).toMatchObject({ silentMs: 25 * HOUR, missed: 1 });
  await inboxIn(stateDir, clock).store([]);
  await inbox.noteLogged([event('brought', now - 1)], now);
  now += HOUR;
  expect(await inbox.traffic()).toMatchObject({ silentMs: HOUR, missed: 0 });
  await inbox.noteLogged([event('late', now)], now);
  expect(await inbox.traffic()).toMatchObject({ silentMs: HOUR, missed: 0 });
  now += HOUR;

  expect(await inbox.traffic()).toMatchObject({ silentMs: 2 * HOUR, missed: 1 });
});
