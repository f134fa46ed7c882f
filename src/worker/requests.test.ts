import { mkdtempSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { createLog } from '../process/log.ts';
import { Mailbox } from '../process/mailbox.ts';
import { mergeRuns, type WorkerAnswer, type WorkerWish } from './request.ts';
import { Requests } from './requests.ts';

const ME = 'worker on here since 2026-08-01T10:00:00.000Z';
const DONE: WorkerAnswer = { exitCode: 0, told: [], result: { done: true } };

function start() {
  const folder = mkdtempSync(join(tmpdir(), 'okta-ocsf-requests-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const box = new Mailbox(folder, undefined);
  const stop = new AbortController();
  let log = '';
  let replays = 0;
  const requests = new Requests({
    mailbox: () => box,
    name: ME,
    replay: async () => {
      replays += 1;
      return DONE;
    },
    clock: { now: () => Date.now(), sleep: async () => undefined },
    stopping: stop.signal,
    log: createLog(
      { write: (text) => (log += text) },
      { level: 'info', secrets: [], pretty: false, now: () => 0 },
    ),
  });
  const ask = (id: string, wish: WorkerWish, worker = ME, isAwaited = true): void =>
    box.post('request', id, { worker, isAwaited, wish });
  return { folder, box, requests, ask, stop, log: () => log, replays: () => replays };
}

test('worker, requests: several for a run are one, which answers all who wait', async () => {
  const { folder, box, requests, ask } = start();
  ask('one', { kind: 'run' });
  ask('two', { kind: 'run', mode: 'full' });
  ask('three', { kind: 'run' }, ME, false);

  await requests.look();
  const run = requests.takeRun();
  run?.answer(DONE);

  expect(run?.wanted).toMatchObject({ mode: 'full' });
  expect([requests.isRunWanted, requests.takeRun()]).toEqual([false, undefined]);
  expect(readdirSync(folder).toSorted()).toEqual(['answer.one.json', 'answer.two.json']);
  expect(box.read('answer', 'one')).toEqual({ kind: 'letter', value: DONE });
});

test('worker, requests: one whose file cannot be removed is not done, and holds up no other', async () => {
  const { box, requests, ask, log } = start();
  ask('one', { kind: 'run' }, ME, false);
  ask('two', { kind: 'run' });
  const remove = box.remove.bind(box);
  box.remove = (kind, id) => {
    if (id === 'one') throw new Error('EPERM: operation not permitted, unlink');
    remove(kind, id);
  };

  await requests.look();
  const run = requests.takeRun();
  run?.answer(DONE);
  await requests.look();

  expect(requests.isRunWanted).toBe(false);
  expect(box.read('answer', 'two').kind).toBe('letter');
  expect(log().match(/cannot be removed/g)).toHaveLength(1);
});

test('worker, requests: one that comes during a run waits for the next look', async () => {
  const { requests, ask } = start();
  ask('one', { kind: 'run' });
  await requests.look();
  requests.takeRun();

  ask('two', { kind: 'run', mode: 'incremental' });
  const before = requests.takeRun();
  await requests.look();

  expect([before, requests.takeRun()?.wanted]).toMatchObject([undefined, { mode: 'incremental' }]);
});

test('worker, requests: a replay is done at once, once for all', async () => {
  const { box, requests, ask, replays } = start();
  ask('one', { kind: 'replay' });
  ask('two', { kind: 'replay' });

  await requests.look();

  expect([replays(), box.read('answer', 'two').kind]).toEqual([1, 'letter']);
});

test('worker, requests: one to another worker, a link and rubbish are nothing to do, and are told once', async () => {
  const { folder, requests, ask, log } = start();
  ask('stale', { kind: 'run', acceptsRemovals: true }, 'worker on here since 2026-07-01T10:00:00.000Z');
  writeFileSync(join(folder, 'request.rubbish.json'), '[1]');
  symlinkSync('/etc/passwd', join(folder, 'request.link.json'));

  await requests.look();
  await requests.look();

  expect([requests.isRunWanted, readdirSync(folder)]).toEqual([false, ['request.link.json']]);
  expect(log().match(/a request in STATE_DIR is ignored/g)).toHaveLength(2);
});

test('worker, requests: a worker that stops takes nothing more', async () => {
  const { folder, requests, ask, stop } = start();
  ask('one', { kind: 'run' });
  stop.abort();

  await requests.look();

  expect([requests.isRunWanted, readdirSync(folder)]).toEqual([false, ['request.one.json']]);
});

test.each([
  [[{}], { acceptsRemovals: false }],
  [[{ mode: 'incremental' }, {}], { acceptsRemovals: false }],
  [[{ mode: 'incremental' }], { mode: 'incremental', acceptsRemovals: false }],
  [[{ mode: 'incremental' }, { mode: 'full' }], { mode: 'full', vouched: false, acceptsRemovals: false }],
  [
    [{ mode: 'full', vouched: true }, { acceptsRemovals: true }],
    { mode: 'full', vouched: true, acceptsRemovals: true },
  ],
  [
    [
      { mode: 'full', vouched: true },
      { mode: 'full', vouched: false },
    ],
    { mode: 'full', vouched: false, acceptsRemovals: false },
  ],
] as const)('worker, requests: %j become %j', (wanted, merged) => {
  expect(mergeRuns(wanted)).toEqual(merged);
});
