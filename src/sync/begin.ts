import type { OrgIdentity } from '../org.ts';
import { LOG_RETENTION_MS } from './changes.ts';
import type { Job, Run } from './job.ts';

/** Decides what kind of run this is, from what is due and what was asked for, and gives it its start stamp. */
export async function beginRun(job: Job, identity: OrgIdentity): Promise<Run> {
  const localAt = job.clock.now();
  const offset = identity.at === undefined ? 0 : identity.at - localAt;
  const oktaNow = (): number => job.clock.now() + offset;
  const attemptedAt = identity.at ?? localAt;
  const { mode, startedAt } = await chooseMode(job, attemptedAt);
  await chooseComparison(job, mode, attemptedAt);
  await noteSettings(job);
  if (mode === 'full') await job.inventory.runs.saveStamps({ full_started: startedAt });
  job.tally.mode = mode;
  return { ...job, mode, startedAt, attemptedAt, oktaNow };
}

async function numberOf({ inventory }: Job, name: Parameters<Job['inventory']['runs']['stamp']>[0]) {
  const value = await inventory.runs.stamp(name);
  return value === undefined ? undefined : Number(value);
}

async function chooseMode(job: Job, now: number): Promise<Pick<Run, 'mode' | 'startedAt'>> {
  const { settings } = job;
  const [started, ended] = [await numberOf(job, 'full_started'), await numberOf(job, 'full_ended')];
  const isResumable = started !== undefined && (await mayGoOn(job, started, now));
  const isDue = ended === undefined || now - ended >= settings.fullIntervalMs || !(await isSameReading(job));
  const isFull =
    settings.mode === 'full' ||
    ended === undefined ||
    (settings.mode === undefined && (isResumable || isDue));
  if (!isFull) return { mode: 'incremental', startedAt: now };
  if (settings.mode === 'incremental') job.log.warn({}, 'no full run has ended yet: this run is a full one');
  return { mode: 'full', startedAt: isResumable ? started : now };
}

/** An interrupted full run goes on while the log reaches back to its start; without the log, unless it lay idle. */
async function mayGoOn(job: Job, started: number, now: number): Promise<boolean> {
  if (!(await isSameReading(job))) return false;
  const hasLog = (await job.inventory.runs.stamp('log_next')) !== undefined;
  return now - started < (hasLog ? LOG_RETENTION_MS : job.settings.fullIntervalMs);
}

/** Settings that decide what is read: when they change, everything is read again. */
async function isSameReading({ inventory, settings }: Job): Promise<boolean> {
  const before = await inventory.runs.stamp('reading');
  return before === undefined || before === settings.reading;
}

/** Settings that decide what is said: when they change, every event is made anew from what is known. */
async function noteSettings({ inventory, settings }: Job): Promise<void> {
  const { mapping, reading } = settings;
  const before = await inventory.runs.stamp('mapping');
  if (before !== undefined && before !== mapping) await inventory.users.needEvents();
  await inventory.runs.saveStamps({ mapping, reading });
}

/** The periodic re-send compares with nothing; between full runs the last sign-in alone makes no event. */
async function chooseComparison(job: Job, mode: Run['mode'], now: number): Promise<void> {
  const resent = await numberOf(job, 'resent');
  const isResend = mode === 'full' && resent !== undefined && now - resent >= job.settings.resendIntervalMs;
  if (isResend || resent === undefined) job.tally.sentAllAt = now;
  if (isResend || job.settings.delivery === 'all') job.compare('none');
  else job.compare(mode === 'full' ? 'every-difference' : 'but-sign-in');
}
