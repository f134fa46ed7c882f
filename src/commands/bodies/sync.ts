import { composeSync } from '../../compose/compose.ts';
import { LastingParts } from '../../compose/lasting-parts.ts';
import { reportParts } from '../../compose/report-parts.ts';
import type { RunRequest } from '../../compose/run-settings.ts';
import { readStanding } from '../../compose/standing.ts';
import { asConnectorError, ConfigError, InternalError } from '../../ports/errors.ts';
import { makeUnstartedReport } from '../../sync/report.ts';
import { type RunEnd } from '../../ports/report.ts';
import { LinkError, writeOwn } from '../../process/own-file.ts';
import { reportText } from '../../process/report-text.ts';
import { sync } from '../../sync/sync.ts';
import type { Prepared } from '../../compose/prepare.ts';
import { failureFields, tellFailure } from '../../process/failure.ts';
import { exitCodeOfRun } from './run-end.ts';

export interface SyncOptions extends Pick<RunRequest, 'mode' | 'vouched' | 'acceptsRemovals' | 'resends'> {
  readonly report?: string;
  /** The exit code is 4 when gaps or dead letters stand. */
  readonly strict: boolean;
}

/** Tries the path before the run, so that an hour's work does not end in a report that cannot be written. */
function tryReport(file: string): void {
  try {
    writeOwn(file, '');
  } catch (cause) {
    const problem = `cannot be written: ${reasonOf(cause)}`;
    const ofLink = cause instanceof LinkError ? cause.hint : undefined;
    const hint = ofLink ?? 'give a file in a folder that exists and is writable';
    throw new ConfigError([{ name: '--report', problem, hint }]);
  }
}

/** The run is done by now, so a full disk is no mistake in the usage any more. */
function writeReport(file: string, text: string): void {
  try {
    writeOwn(file, text);
  } catch (cause) {
    const hint = 'the report of the run is on stdout; give --report a file that can be written';
    throw new InternalError(`--report cannot be written: ${reasonOf(cause)}`, { cause, hint });
  }
}

function reasonOf(thrown: unknown): string {
  return thrown instanceof Error ? thrown.message : String(thrown);
}

/** A run that cannot even be put together has a report too, for instance when another process has the inventory. */
async function runOnce(
  prepared: Prepared,
  { mode, vouched = false, acceptsRemovals = false, resends = false }: SyncOptions,
): Promise<RunEnd> {
  const { settings, world } = prepared;
  const startedAt = world.clock.now();
  const lasting = new LastingParts(world);
  try {
    const request = { vouched, acceptsRemovals, resends, ...(mode === undefined ? {} : { mode }) };
    const { job, close } = await composeSync(prepared, lasting, request);
    return await sync(job).finally(close);
  } catch (thrown) {
    const failure = asConnectorError(thrown);
    if (failure instanceof ConfigError) throw failure;
    const standing = await readStanding(settings);
    const parts = reportParts(prepared);
    return makeUnstartedReport({ ...parts, runId: world.newId(), startedAt, failure, standing });
  } finally {
    lasting.close();
  }
}

/** Makes one run and prints its report on stdout, even when the run failed. Resolves with the exit code. */
export async function runSync(prepared: Prepared, options: SyncOptions): Promise<number> {
  const { world, log } = prepared;
  if (options.report !== undefined) tryReport(options.report);
  const end = await runOnce(prepared, options);
  const { report } = end;
  if (end.failure !== undefined) {
    // A scheduler often stores only the log, so the log must give the reason, not only that a run started and ended.
    const { org, run_id } = report;
    log.error({ run_id, org, ...failureFields(end.failure) }, 'a run failed');
    tellFailure(end.failure, world.err, log);
  }
  const text = `${JSON.stringify(report, null, 2)}\n`;
  await world.out(text);
  if (options.report !== undefined) writeReport(options.report, text);
  if (world.isTerminal) world.err.write(reportText(report));
  return exitCodeOfRun(end, world, options.strict);
}
