import { getEventListeners } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { LastingParts } from '../compose/lasting-parts.ts';
import { NoticeDesk } from '../compose/notice-desk.ts';
import type { Clock } from '../ports/clock.ts';
import { prepareCommand, type Prepared } from '../compose/prepare.ts';
import {
  createOrg,
  DEFAULT_API_KEY,
  DEFAULT_CONNECTOR_UUID,
  DEFAULT_TOKEN,
  startIntakeServer,
  startOktaServer,
} from '../simulator/index.ts';
import { createTestWorld } from '../process/world.fixture.ts';
import { systemClock } from '../process/clock.ts';
import { attempt } from './attempt.ts';
import { WorkerMetrics } from './metrics.ts';
import { Pulse } from './pulse.ts';

/** The parts of an attempt over an org of ten users. */
async function setUp(clock: Clock = systemClock) {
  const okta = await startOktaServer(createOrg({ users: 10 }), { rates: { limits: 1e9, windowSeconds: 1 } });
  const intake = await startIntakeServer();
  const folder = await mkdtemp(join(tmpdir(), 'okta-ocsf-test-'));
  onTestFinished(async () => {
    await Promise.all([okta.close(), intake.close(), rm(folder, { recursive: true })]);
    expect(okta.tally.writes, 'requests to Okta that are no GET').toBe(0);
  });
  const [tokenFile, stateDir] = [join(folder, 'token'), join(folder, 'state')];
  await writeFile(tokenFile, DEFAULT_TOKEN);
  const testWorld = createTestWorld({
    clock,
    env: {
      OKTA_BASE_URL: okta.url,
      OKTA_API_TOKEN_FILE: tokenFile,
      SEKOIA_BASE_URL: intake.url,
      SEKOIA_API_KEY: DEFAULT_API_KEY,
      SEKOIA_CONNECTOR_UUID: DEFAULT_CONNECTOR_UUID,
      STATE_DIR: stateDir,
      LOG_LEVEL: 'error',
    },
  });
  const prepare = (): Prepared => prepareCommand(testWorld.world, { requireSink: true });
  return { ...testWorld, okta, intake, tokenFile, stateDir, parts: createParts(prepare, testWorld.world) };
}

function createParts(prepare: () => Prepared, world = createTestWorld().world) {
  const lasting = new LastingParts(world, 'worker');
  onTestFinished(() => lasting.close());
  const desk = new NoticeDesk();
  return { prepare, metrics: new WorkerMetrics('1'), pulse: new Pulse(systemClock), lasting, desk };
}

test('worker, attempt: a run is put together anew each time, and leaves nothing that listens for the stop', async () => {
  const { parts, world, intake, stderr } = await setUp();

  const ended = [await attempt(parts), await attempt(parts)];

  const standing = { gaps: {}, dead_letters: 0 };
  const completed = {
    outcome: 'completed',
    failure: undefined,
    pending: 0,
    standing,
    runId: expect.any(String),
  };
  expect(ended).toMatchObject([
    { ...completed, mode: 'full' },
    { ...completed, mode: 'incremental' },
  ]);
  expect(ended[0]?.runId).not.toBe(ended[1]?.runId);
  expect(intake.counts().events).toBe(10);
  expect(getEventListeners(world.stopping, 'abort')).toEqual([]);
  expect(stderr()).toBe('');
});

test('worker, attempt: what stands before the run is told from its start on', async () => {
  const { parts } = await setUp();
  await attempt(parts);
  // The run's end tells nothing here: what shows was told by its start.
  const cancelled = {
    outcome: 'cancelled',
    failure: undefined,
    pending: undefined,
    standing: undefined,
  } as const;
  parts.metrics.runEnded({ ...cancelled, startedAt: 0, endedAt: 0 });

  expect(await parts.metrics.text()).toContain('okta_ocsf_standing_dead_letters 0');
});

test("worker, attempt: a rotated token's file counts from the next run on, and neither token is logged", async () => {
  const { parts, tokenFile, stderr } = await setUp();
  await writeFile(tokenFile, '00wrongwrongwrong');
  const first = await attempt(parts);
  await writeFile(tokenFile, DEFAULT_TOKEN);

  expect([first.outcome, first.failure?.code]).toEqual(['failed', 'okta_auth']);
  expect((await attempt(parts)).outcome).toBe('completed');
  expect(stderr()).not.toContain('00wrong');
});

test('worker, attempt: settings that have become wrong are a failed run, not the end', async () => {
  const { parts, tokenFile } = await setUp();
  await rm(tokenFile);

  const { outcome, failure } = await attempt(parts);

  expect([outcome, failure?.code]).toEqual(['failed', 'config']);
  expect(failure?.message).toContain('OKTA_API_TOKEN_FILE');
});

test('worker, attempt: an exception that nobody foresaw is a failed run, not the end', async () => {
  const parts = createParts(() => {
    throw new TypeError('broken');
  });

  const { outcome, failure } = await attempt(parts);

  expect([outcome, failure?.code, failure?.message]).toEqual(['failed', 'internal', 'broken']);
});

test('worker, attempt: a run that cannot be put together lets the inventory go', async () => {
  let isBroken = true;
  // Broken only once the lock is taken: the run's parts ask it, after the inventory is open.
  const now = (): number => {
    if (isBroken && folders.some((folder) => existsSync(join(folder, 'lock.db')))) {
      throw new TypeError('no clock');
    }
    return systemClock.now();
  };
  const folders: string[] = [];
  const { parts, stateDir } = await setUp({ ...systemClock, now });
  folders.push(stateDir);
  const first = await attempt(parts);
  isBroken = false;

  expect([first.failure?.code, first.failure?.message]).toEqual(['internal', 'no clock']);
  expect((await attempt(parts)).outcome).toBe('completed');
});
