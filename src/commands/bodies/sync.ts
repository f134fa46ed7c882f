import * as z from 'zod';
import { composeSync } from '../../compose/compose.ts';
import { LastingParts } from '../../compose/lasting-parts.ts';
import { NoticeDesk } from '../../compose/notice-desk.ts';
import type { RunRequest } from '../../compose/run-settings.ts';
import { findWorker } from '../../compose/running-worker.ts';
import { asConnectorError, ConfigError, InternalError } from '../../ports/errors.ts';
import { type RunEnd } from '../../ports/report.ts';
import { StrangeFileError, writeGiven } from '../../process/own-file.ts';
import { reportText } from '../../process/report-text.ts';
import { sync } from '../../sync/sync.ts';
import type { Prepared } from '../../compose/prepare.ts';
import { EXIT_DONE, EXIT_INCOMPLETE, failureFields, tellFailure } from '../../process/failure.ts';
import type { World } from '../../process/world.ts';
import { askWorkerAndWait } from './ask-worker.ts';
import { exitCodeOfRun, hasTrouble } from './run-end.ts';
import { unstartedRun } from './unstarted-run.ts';

export interface SyncOptions extends Pick<RunRequest, 'vouched' | 'acceptsRemovals' | 'resends'> {
  readonly mode?: 'full' | 'incremental';
  readonly report?: string;
  /** The exit code is 4 when gaps or dead letters stand. */
  readonly strict: boolean;
  /** The exit code is 4 when a row of an alert of severity high or critical is open. */
  readonly alertsStrict?: boolean;
}

/** The parts of a worker's report that `--strict` and `--alerts-strict` look at. */
const Told = z.object({
  standing: z.object({ gaps: z.record(z.string(), z.unknown()), dead_letters: z.number() }).exactOptional(),
  alerts: z.record(z.string(), z.object({ open: z.number() })).exactOptional(),
});

/** Does what the command was told to be strict about hold? */
function isIncomplete(
  report: z.output<typeof Told>,
  { strict, alertsStrict = false }: SyncOptions,
  { alertRules = [] }: Prepared,
): boolean {
  const isOpen = (id: string): boolean => (report.alerts?.[id]?.open ?? 0) > 0;
  const grave = alertRules.filter(({ severity }) => severity === 'high' || severity === 'critical');
  return (strict && hasTrouble(report)) || (alertsStrict && grave.some(({ id }) => isOpen(id)));
}

/** Tries the path before the run, so that an hour's work does not end in a report that cannot be written. */
function tryReport(file: string): void {
  try {
    writeGiven(file, '');
  } catch (cause) {
    const problem = `cannot be written: ${reasonOf(cause)}`;
    const ofFile = cause instanceof StrangeFileError ? cause.hint : undefined;
    const hint = ofFile ?? 'give a file in a folder that exists and is writable';
    throw new ConfigError([{ name: '--report', problem, hint }]);
  }
}

/** The run is done by now, so a full disk is no mistake in the usage any more. */
function writeReport(file: string, text: string): void {
  try {
    writeGiven(file, text);
  } catch (cause) {
    const hint = 'the report of the run is on stdout; give --report a file that can be written';
    throw new InternalError(`--report cannot be written: ${reasonOf(cause)}`, { cause, hint });
  }
}

function reasonOf(thrown: unknown): string {
  return thrown instanceof Error ? thrown.message : String(thrown);
}

/** One run of this process. */
async function runOnce(
  prepared: Prepared,
  { mode, vouched = false, acceptsRemovals = false, resends = false }: SyncOptions,
): Promise<RunEnd> {
  const { world } = prepared;
  const startedAt = world.clock.now();
  const lasting = new LastingParts(world);
  const desk = new NoticeDesk();
  try {
    const request = { vouched, acceptsRemovals, resends, ...(mode === undefined ? {} : { mode }) };
    const { job, notices, close } = await composeSync(prepared, lasting, request);
    desk.lend(notices);
    try {
      const end = await sync(job);
      await desk.runEnded(prepared, job, end);
      return end;
    } finally {
      close();
    }
  } catch (thrown) {
    const failure = asConnectorError(thrown);
    if (failure instanceof ConfigError) throw failure;
    desk.cannotTell(prepared);
    return await unstartedRun(prepared, startedAt, failure);
  } finally {
    lasting.close();
  }
}

/** Makes one run and prints its report on stdout, even when the run failed. Resolves with the exit code. */
export async function runSync(prepared: Prepared, options: SyncOptions): Promise<number> {
  const { world, log } = prepared;
  if (options.report !== undefined) tryReport(options.report);
  if (options.acceptsRemovals === true && findWorker(prepared.settings) !== undefined) {
    return runByWorker(prepared, options);
  }
  const end = await runOnce(prepared, options);
  const { report } = end;
  if (end.failure !== undefined) {
    // A scheduler often stores only the log, so the log must give the reason, not only that a run started and ended.
    const { org, run_id } = report;
    log.error({ run_id, org, ...failureFields(end.failure) }, 'a run failed');
    tellFailure(end.failure, world.err, log);
  }
  await tellReport(report, world, options);
  if (world.isTerminal) world.err.write(reportText(report));
  return exitCodeOfRun(end, world, isIncomplete(report, options, prepared));
}

async function tellReport(report: unknown, world: World, options: SyncOptions): Promise<void> {
  const text = `${JSON.stringify(report, null, 2)}\n`;
  await world.out(text);
  if (options.report !== undefined) writeReport(options.report, text);
}

/** The worker has the inventory, so it makes the run, by its own settings. */
async function runByWorker(prepared: Prepared, options: SyncOptions): Promise<number> {
  const { mode, vouched = false } = options;
  const { world } = prepared;
  const { exitCode, told, result } = await askWorkerAndWait(prepared, {
    kind: 'run',
    acceptsRemovals: true,
    vouched,
    ...(mode === undefined ? {} : { mode }),
  });
  for (const line of told) world.err.write(`${line}\n`);
  if (result !== undefined) await tellReport(result, world, options);
  if (exitCode !== EXIT_DONE) return exitCode;
  return isIncomplete(Told.parse(result), options, prepared) ? EXIT_INCOMPLETE : exitCode;
}
