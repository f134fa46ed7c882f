import type { StampName, Stamps } from '../ports/reader.ts';
import type { OrgIdentity } from '../ports/org.ts';
import { chooseMode, LOG_RETENTION_MS, startStamp } from './choose-mode.ts';
import type { ChosenMode } from './choose-mode.ts';
import { followLog, OVERLAP_MS } from './changes/follow-log.ts';
import type { Job, Run } from './job.ts';

const GAP_TOO_LONG =
  'the System Log was last read longer ago than Okta keeps it (90 days): this run is a full one';

/**
 * Decides which kind of run this is, gives it its start stamp and reads the log. All that comes first, so that no
 * change between then and later is missed.
 */
export async function beginRun(job: Job, identity: OrgIdentity): Promise<Run> {
  const localAt = job.clock.now();
  const attemptedAt = startStamp(identity.at ?? localAt, await lastEnd(job));
  const oktaNow = (): number => job.clock.now() + (attemptedAt - localAt);
  await noticeGap(job, attemptedAt);
  const chosen = await choose(job, attemptedAt);
  const { mode, note } = chosen;
  if (note !== undefined) job.tally.notes.set('mode', note);
  job.tally.mode = mode;
  await noteStart(job, chosen, attemptedAt);
  const relists = await keepsOtherwise(job);
  const run: Run = { ...job, ...chosen, attemptedAt, oktaNow, relists };
  const settled = job.settings.isKept ? await withLog(run) : run;
  await chooseNewsRule(settled);
  return settled;
}

/** Starts an interrupted full run anew where the log has a gap, since changes in the gap are lost. */
async function withLog(run: Run): Promise<Run> {
  const { attemptedAt, mode } = run;
  const hasGap = await followLog(run, attemptedAt);
  if (!hasGap || mode === 'incremental') return run;
  await run.inventory.runs.saveStamps({ full_started: attemptedAt, evaluated: attemptedAt });
  return { ...run, startedAt: attemptedAt };
}

/** A full run that fails over removals has ended all the same. */
async function lastEnd(job: Job): Promise<number> {
  return Math.max((await instant(job, 'run_ended')) ?? 0, (await instant(job, 'full_ended')) ?? 0);
}

async function instant({ inventory }: Job, name: StampName): Promise<number | undefined> {
  const value = await inventory.runs.stamp(name);
  return value === undefined ? undefined : Number(value);
}

/**
 * Forgets the log's cursor when the last read is longer ago than Okta keeps its log: nothing reports the changes in
 * between.
 */
async function noticeGap(job: Job, now: number): Promise<void> {
  const read = await instant(job, 'log_read');
  if (read === undefined || now - read < LOG_RETENTION_MS) return;
  const forgotten = { log_next: undefined, log_read: undefined, log_since: undefined };
  await job.inventory.runs.saveStamps({ ...forgotten, full_due: now, full_why: GAP_TOO_LONG });
}

async function choose(job: Job, now: number): Promise<ChosenMode> {
  const { settings, inventory } = job;
  const [started, alive] = [await instant(job, 'full_started'), await instant(job, 'full_alive')];
  const [ended, due] = [await instant(job, 'full_ended'), await instant(job, 'full_due')];
  const reading = await inventory.runs.stamp('reading');
  return chooseMode({
    asked: settings.mode,
    now,
    fullIntervalMs: settings.fullIntervalMs,
    started,
    alive,
    ended,
    due,
    why: await inventory.runs.stamp('full_why'),
    isSameReading: reading === undefined || reading === settings.reading,
    hasLog: (await inventory.runs.stamp('log_next')) !== undefined,
  });
}

async function keepsOtherwise({ inventory, settings }: Job): Promise<boolean> {
  const kept = await inventory.runs.stamp('keeping');
  return kept !== undefined && kept !== settings.keeping;
}

/**
 * Notes the start. When the settings that decide what events say have changed, every event is made anew from what is
 * known.
 */
async function noteStart(job: Job, { mode, startedAt }: ChosenMode, now: number): Promise<void> {
  const { inventory, settings } = job;
  const { mapping, reading } = settings;
  const { runs, users } = inventory;
  const before = await runs.stamp('mapping');
  if (before !== undefined && before !== mapping) {
    await users.needEvents();
    if (settings.lookups.has('roles')) await users.markUnspared();
  }
  const isFresh = mode === 'full' && (await runs.stamp('full_started')) !== String(startedAt);
  const stamps = { reading, full_started: startedAt, full_alive: now, evaluated: startedAt };
  const ofFull: Stamps = mode === 'full' ? stamps : {};
  const hasLog = (await runs.stamp('log_next')) !== undefined;
  // This run reads everything that happened before its start.
  const ofLog: Stamps = isFresh && !hasLog ? { log_since: startedAt - OVERLAP_MS } : {};
  await runs.saveStamps({ mapping, ...ofFull, ...ofLog });
}

/**
 * Chooses the rule for this run: a periodic re-send sends every event; between full runs the last sign-in alone makes
 * no event.
 */
async function chooseNewsRule(run: Run): Promise<void> {
  const { mode, startedAt, settings, tally } = run;
  const resent = await instant(run, 'resent');
  const isResend = mode === 'full' && resent !== undefined && startedAt - resent >= settings.resendIntervalMs;
  if (isResend || resent === undefined) tally.sentAllAt = startedAt;
  if (isResend || settings.delivery === 'all') run.setNewsRule('none');
  else run.setNewsRule(mode === 'full' ? 'every-difference' : 'but-sign-in');
}
