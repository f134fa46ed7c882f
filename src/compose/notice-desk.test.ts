import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { closeDatabase, openDatabase } from '../inventory/sqlite/database.ts';
import { openNotices } from '../inventory/sqlite/notices/open.ts';
import { signsUnderWay, type Sign } from '../notices/signs.ts';
import { createTestWorld } from '../process/world.fixture.ts';
import { startReceiver } from '../sinks/webhook/receiver.fixture.ts';
import { NoticeDesk } from './notice-desk.ts';
import { prepareCommand } from './prepare.ts';

const MINUTE_MS = 60_000;
const START = Date.UTC(2026, 7, 3);

async function setUp() {
  const stateDir = await mkdtemp(join(tmpdir(), 'okta-ocsf-notices-'));
  onTestFinished(() => rm(stateDir, { recursive: true }));
  closeDatabase(openDatabase(stateDir), stateDir);
  const receiver = await startReceiver();
  const time = { now: START };
  const { world, stderr } = createTestWorld({
    env: {
      OKTA_BASE_URL: 'https://acme.okta.com',
      OKTA_API_TOKEN: '00token',
      STATE_DIR: stateDir,
      ALERT_WEBHOOK_URL: receiver.url,
      ALERT_WEBHOOK_KEY: 'a-plain-text-of-24-bytes',
      NOTIFY: 'all',
    },
    clock: { now: () => time.now, sleep: async () => undefined },
  });
  const prepared = prepareCommand(world, { requireSink: false });
  /** Looks while a run is under way, which lends its store. */
  const lookAmidRun = async (desk: NoticeDesk, signs: readonly Sign[]): Promise<void> => {
    const opened = openNotices(stateDir);
    if (opened === undefined) throw new Error('no inventory');
    desk.lend(opened.store);
    await desk.look(prepared, signs);
    desk.takeBack();
    opened.close();
  };
  const titles = () => receiver.bodies().map(({ title }) => title);
  return { stateDir, time, prepared, lookAmidRun, titles, stderr };
}

test('compose, notices: trouble of a run is told between two runs, and by another process the day after', async () => {
  const { stateDir, time, prepared, lookAmidRun, titles } = await setUp();
  const [first, second] = [new NoticeDesk(() => stateDir), new NoticeDesk(() => stateDir)];

  await lookAmidRun(first, signsUnderWay([], true));
  time.now += 31 * MINUTE_MS;
  await first.look(prepared, []);
  await first.look(prepared, []);
  const told = titles();
  time.now += 24 * 60 * MINUTE_MS;
  await lookAmidRun(second, []);

  expect(told).toEqual(['okta-ocsf: no run has completed in time']);
  expect(titles()).toEqual([...told, 'okta-ocsf: still: no run has completed in time']);
});

test('compose, notices: a process that does not hold the inventory tells nothing by itself', async () => {
  const { time, prepared, lookAmidRun, titles, stderr } = await setUp();
  const desk = new NoticeDesk();

  await lookAmidRun(desk, signsUnderWay([], true));
  time.now += 31 * MINUTE_MS;
  await desk.look(prepared, []);
  desk.cannotTell(prepared);

  expect(titles()).toEqual([]);
  expect(stderr()).toContain('operators are not told by the webhook while the inventory cannot be opened');
});
