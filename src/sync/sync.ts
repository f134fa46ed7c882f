import { asConnectorError } from '../ports/errors.ts';
import type { ConnectorError } from '../ports/errors.ts';
import type { DeliveryTotals } from '../ports/sink.ts';
import { makeReport } from './report.ts';
import type { RunEnd } from '../ports/report.ts';
import { beginRun } from './begin.ts';
import { readOnlyChanges } from './changes/incremental-run.ts';
import { readAll } from './full/full-run.ts';
import type { Job } from './job.ts';
import { completeResend, resendKnown } from './resend.ts';

/** What is left to push when a run is told to stop must be gone, or kept, within this. */
const STOP_WITHIN_MS = 7000;

/**
 * One run: who is in the org, what each may do and how well each is protected, delivered. Never throws: how it ended
 * stands in the report. What was read before a failure is delivered all the same.
 */
export async function sync(job: Job): Promise<RunEnd> {
  const startedAt = job.clock.now();
  const readFailure = await (job.settings.resends ? orFailure(job, () => resendKnown(job)) : readOrg(job));
  const delivered = await deliverRest(job);
  const failure = readFailure ?? delivered.error;
  const end = await makeReport(job, { startedAt, failure });
  const { outcome, mode, users, gaps, standing, okta, intake } = end.report;
  // What a dry run prints went to no intake.
  const sent = job.settings.isKept ? { intake } : {};
  job.log.info({ outcome, mode, users, gaps, standing, calls: okta.total_calls, ...sent }, 'run ended');
  return end;
}

function readOrg(job: Job): Promise<ConnectorError | undefined> {
  const { source, inventory } = job;
  return orFailure(job, async () => {
    try {
      await readWhatIsDue(job);
    } finally {
      await inventory.runs.saveRefusedLookups(source.refusedLookups());
    }
  });
}

/** Undefined when all was done, or when the run was told to stop. */
async function orFailure({ signal }: Job, work: () => Promise<void>): Promise<ConnectorError | undefined> {
  try {
    await work();
    return undefined;
  } catch (thrown) {
    return signal.aborted ? undefined : asConnectorError(thrown);
  }
}

async function readWhatIsDue(job: Job): Promise<void> {
  const { source, inventory, delivery, log } = job;
  const identity = await source.identify();
  await inventory.runs.bindOrg(identity);
  delivery.start();
  await completeResend(job);
  const run = await beginRun(job, identity);
  log.info(
    { mode: run.mode, scope: run.settings.scope.kind, lookups: [...run.settings.lookups] },
    'run started',
  );
  await (run.mode === 'full' ? readAll(run) : readOnlyChanges(run));
  await inventory.runs.saveStamps({ run_ended: run.oktaNow() });
}

/** All that waits; once the run is told to stop, now or later, only for as long as a stop may take. */
async function deliverRest({ delivery, signal }: Job): Promise<DeliveryTotals> {
  if (signal.aborted) return delivery.finish({ deadlineMs: STOP_WITHIN_MS });
  const stopped = new Promise<DeliveryTotals>((resolve) => {
    const stop = (): void => resolve(delivery.finish({ deadlineMs: STOP_WITHIN_MS }));
    signal.addEventListener('abort', stop, { once: true });
  });
  return Promise.race([delivery.finish(), stopped]);
}
