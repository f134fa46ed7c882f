import { asConnectorError } from './errors.ts';
import type { ConnectorError } from './errors.ts';
import type { DeliveryTotals } from './ports.ts';
import { makeReport } from './report.ts';
import type { RunEnd } from './report.ts';
import { readDirectory } from './sync/directory.ts';
import type { Job } from './sync/job.ts';
import { readUsers } from './sync/users.ts';

/** What is left to push when a run is told to stop must be gone, or kept, within this. */
const STOP_WITHIN_MS = 7000;

/**
 * One run: who is in the org, what each may do and how well each is protected, delivered. Never throws: how it ended
 * stands in the report. What was read before a failure is delivered all the same.
 */
export async function sync(job: Job): Promise<RunEnd> {
  const startedAt = job.clock.now();
  job.log.info({ scope: job.scope.kind, lookups: [...job.lookups] }, 'run started');
  const readFailure = await readOrg(job);
  const delivered = await deliverRest(job);
  const failure = readFailure ?? delivered.error;
  const report = await makeReport(job, { startedAt, failure });
  if (report.outcome.startsWith('completed')) await noteSent(job, startedAt);
  const { outcome, users, gaps, okta, intake } = report;
  job.log.info({ outcome, users, gaps, calls: okta.total_calls, intake }, 'run ended');
  return { report, failure };
}

/** Undefined when all was read, or when the run was told to stop. */
async function readOrg(job: Job): Promise<ConnectorError | undefined> {
  const { source, inventory, delivery } = job;
  try {
    const identity = await source.identify();
    await inventory.bindOrg(identity);
    delivery.start();
    await inventory.startRun();
    await readUsers(job, await readDirectory(job));
    return undefined;
  } catch (thrown) {
    return job.signal.aborted ? undefined : asConnectorError(thrown);
  } finally {
    await inventory.saveRefusedLookups(source.refusedLookups());
  }
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

/** The next periodic re-send counts from the run that sent everything. */
async function noteSent({ inventory, isResend, scope }: Job, at: number): Promise<void> {
  const isFirst = (await inventory.resentAt()) === undefined;
  if (scope.kind === 'all' && (isResend || isFirst)) await inventory.saveResentAt(at);
}
