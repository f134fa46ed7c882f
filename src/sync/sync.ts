import { evaluateAlerts } from './alerts.ts';
import { beginWithHooks, likelyMode, tellHooks } from './begin-with-hooks.ts';
import { changesOf } from './changes/marks-run.ts';
import { deliverRest } from './deliver-rest.ts';
import { fullRun } from './full/full-run.ts';
import type { Job } from './job.ts';
import { keepReport } from './keep-report.ts';
import type { KindOfRun } from './kind-of-run.ts';
import type { StartedRun } from './parts.ts';
import { asConnectorError } from '../ports/errors.ts';
import type { ConnectorError } from '../ports/errors.ts';
import type { RunEnd } from '../ports/report.ts';
import { makeReport } from './report.ts';
import { completeResend, resendKnown } from './resend.ts';
import { createMemory } from './run-memory.ts';
import { deliveringDevices, evaluateMoved } from './users.ts';

/**
 * One run: reads which users the org has, what each may do and how well each is protected, and delivers their events.
 * Never throws: the report says how the run ended. After a failure, everything that was read is still delivered.
 */
export async function sync(job: Job): Promise<RunEnd> {
  const startedAt = job.clock.now();
  const readFailure = await orFailure(job, () => (job.settings.resends ? resendKnown(job) : readOrg(job)));
  job.tally.readingEnded = { at: job.clock.now(), failure: readFailure };
  const delivered = await deliverRest(job);
  const failure = readFailure ?? delivered.error;
  const alerts = await evaluateAlerts(job, failure);
  const end = await makeReport(job, { startedAt, failure, alerts });
  tellHooks(job.hooks, end.report);
  const { outcome, mode, users, gaps, standing, okta, intake } = end.report;
  // The events that a dry run prints went to no intake.
  const sent = job.settings.isLasting ? { intake } : {};
  await keepReport(job, end.report);
  job.log.info({ outcome, mode, users, gaps, standing, calls: okta.total_calls, ...sent }, 'run ended');
  return end;
}

async function readOrg(job: Job): Promise<void> {
  try {
    const run = await begin(job);
    await (run.mode === 'full' ? takeSteps(run, fullRun(run)) : takeSteps(run, changesOf(run)));
    if (job.tally.mode !== 'marks') await job.inventory.runs.saveState({ endedAt: run.oktaNow() });
  } finally {
    await job.inventory.runs.saveRefusedLookups(job.source.refusedLookups());
  }
}

async function begin(job: Job): Promise<StartedRun> {
  job.tally.mode = await likelyMode(job);
  const identity = await job.source.identify();
  await job.inventory.runs.bindOrg(identity);
  job.delivery.start();
  await completeResend(job);
  const run = await beginWithHooks(job, identity);
  return { ...run, ...createMemory(run) };
}

/** Events are made and delivered while users are read, too. These are the steps in which each of them ends. */
async function takeSteps<Directory>(run: StartedRun, kind: KindOfRun<Directory>): Promise<void> {
  const directory = await kind.readDirectory();
  await deliveringDevices(run, () => kind.readUsers(directory));
  await evaluateMoved(run);
  if (run.settings.isLasting) await run.removals.removeFound();
  run.delivery.start();
  await kind.close(directory);
}

/** `undefined` when all was done, or when the run was told to stop. */
async function orFailure(
  { signal }: Pick<Job, 'signal'>,
  work: () => Promise<void>,
): Promise<ConnectorError | undefined> {
  try {
    await work();
    return undefined;
  } catch (thrown) {
    return signal.aborted ? undefined : asConnectorError(thrown);
  }
}
