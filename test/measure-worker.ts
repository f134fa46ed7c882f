/**
 * By hand: `node test/measure-worker.ts [minutes]`. A worker at FREQUENCY=20 over an org that changes all the time, with
 * both sides faulty, the org refusing for a while and the intake down for a while. Prints figures, then whether the
 * intake ended up with the truth.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import {
  connectionSettings,
  createMutations,
  createOrg,
  startIntakeServer,
  startOktaServer,
} from '../src/simulator/index.ts';
import { countBy, countDifferences, startMeasuredWorker, tell } from './measured-worker.ts';

const FREQUENCY_SECONDS = 20;
const CHANGE_EVERY_MS = 2000;
const SAMPLE_EVERY_MS = 10_000;

const totalMs = Number(process.argv[2] ?? 5) * 60_000;
const startedAt = performance.now();
const elapsed = (): number => (performance.now() - startedAt) / totalMs;

const org = createOrg({ users: 300, groups: 30, groupsPerUser: 4, admins: 12, oddUsers: true });
const okta = await startOktaServer(org, {
  rates: { limits: 500, windowSeconds: 5 },
  faults: {
    rate: 0.02,
    kinds: ['500', '502', '503', '504', 'reset', 'truncated', 'html', 'not-json', '429'],
  },
});
const mutations = createMutations(org, { now: Date.now });
const intake = await startIntakeServer({
  keeps: 'latest',
  retryAfterSeconds: 1,
  faults: {
    rate: 0.25,
    kinds: ['500', '502', '503', '504', '408', 'reset', '429', 'lost-acknowledgement'],
  },
});
const stateDir = mkdtempSync(join(tmpdir(), 'okta-ocsf-measure-'));

const worker = startMeasuredWorker({
  ...connectionSettings(okta, intake),
  STATE_DIR: stateDir,
  HTTP_PORT: '0',
  FREQUENCY: String(FREQUENCY_SECONDS),
});
const { linesOf } = worker;

const changes = await play();
const differences = countDifferences(org, intake);
await sleepToNextRun();
const stopAskedAt = performance.now();
worker.kill('SIGTERM');
const code = await worker.ended;
const stopSeconds = (performance.now() - stopAskedAt) / 1000;

tell('changes made', changes);
tell('runs', countBy(linesOf('run ended').map(({ mode, outcome }) => `${String(mode)} ${String(outcome)}`)));
tell(
  'failures by code',
  countBy(linesOf('a run failed').map(({ code: by, reason }) => `${String(by)}: ${String(reason)}`)),
);
tell('lines logged', countBy(worker.lines().map(({ msg }) => String(msg))));
tell('Okta', okta.tally);
tell('intake requests by status', countBy(intake.requests.map(({ status }) => String(status))));
tell('differences from the truth at the end', differences);
tell('stop', { code, seconds: Number(stopSeconds.toFixed(2)) });
await Promise.all([okta.close(), intake.close()]);
rmSync(stateDir, { recursive: true });

/** No change in the last quarter, so that the last runs can bring all of them. */
async function play(): Promise<number> {
  let made = 0;
  let sampledAt = -SAMPLE_EVERY_MS;
  const url = await worker.url();
  while (elapsed() < 1) {
    await sleep(CHANGE_EVERY_MS);
    if (elapsed() < 0.75) made += mutations.randomChanges(1, made).length;
    intake.setDown(elapsed() > 0.3 && elapsed() < 0.45);
    const isRefusing = elapsed() > 0.5 && elapsed() < 0.65;
    okta.setRefusals(isRefusing ? [{ template: '/api/v1/users', status: 403 }] : []);
    if (performance.now() - sampledAt < SAMPLE_EVERY_MS) continue;
    sampledAt = performance.now();
    const health = await fetch(`${url}/healthz`);
    const seconds = Math.round((sampledAt - startedAt) / 1000);
    tell(`${seconds} s`, {
      rss_mb: worker.rssMegabytes(),
      healthz: health.status,
      runs: linesOf('run ended').length,
    });
  }
  return made;
}

/** So that the stop comes in the middle of a run. */
async function sleepToNextRun(): Promise<void> {
  const before = linesOf('run started').length;
  const giveUpAt = performance.now() + 2 * FREQUENCY_SECONDS * 1000;
  while (linesOf('run started').length === before && performance.now() < giveUpAt) await sleep(100);
  await sleep(1500);
}
