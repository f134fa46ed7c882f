import type { OrgIdentity } from '../ports/org.ts';
import type { RunHooks } from '../ports/hooks.ts';
import type { Report } from '../ports/report.ts';
import { beginRun, inheritMarks, logStart } from './begin.ts';
import { isListingCheaper, takeHookMarks } from './changes/hook-marks.ts';
import { decideRun } from './decide-run.ts';
import type { Job, Run } from './job.ts';
import { since } from './vouching.ts';

/** A run that gets no answer of Okta is told as the one that it would have been. */
export async function likelyMode({ inventory, settings, clock }: Job): Promise<Report['mode']> {
  if (settings.mode === 'marks') return 'marks';
  return decideRun(await inventory.runs.state(), settings, clock.now()).run.mode;
}

/** Begins a run with the marks of hooks that wait: one of the usual kinds, or one that reads no more than what is marked. */
export async function beginWithHooks(job: Job, identity: OrgIdentity): Promise<Run> {
  await takeHookMarks(job, identity.at ?? job.clock.now());
  const isEnough = await mayReadMarksOnly(job);
  if (!isEnough) await job.source.readSelection?.();
  job.hooks?.begins(isEnough ? 'marks' : 'poll');
  const run = await (isEnough ? beginMarksRun(job, identity) : beginRun(job, identity));
  logStart(run);
  return run;
}

/**
 * Is it enough to read what is marked? Only in a run that was asked for that, and not where settings have changed, so that
 * more is to be done, nor where asking for everything that has changed takes fewer calls.
 */
async function mayReadMarksOnly({ inventory, settings }: Job): Promise<boolean> {
  if (settings.mode !== 'marks') return false;
  const state = await inventory.runs.state();
  const names = ['eventSettings', 'askedSettings', 'keptSettings'] as const;
  const isSame = names.every((name) => (state[name] ?? settings[name]) === settings[name]);
  return isSame && state.fullEndedAt !== undefined && !(await isListingCheaper({ inventory }));
}

/** A run that reads what is marked. It reads no log, and leaves the state of runs as it is. */
async function beginMarksRun(job: Job, identity: OrgIdentity): Promise<Run> {
  const localAt = job.clock.now();
  const before = await job.inventory.runs.state();
  const beside = { ...before, fullRun: undefined, fullRunDue: undefined };
  const { run } = decideRun(beside, { ...job.settings, mode: 'incremental' }, identity.at ?? localAt);
  job.tally.mode = 'marks';
  await inheritMarks(job);
  await job.inventory.bringBack(run.attemptedAt);
  const oktaNow = (): number => job.clock.now() + (run.attemptedAt - localAt);
  return { ...job, ...run, before, oktaNow, answeredSince: since(run.startedAt), believesEarlier: false };
}

/** The run is over, and has told the counts of hooks. */
export function tellHooks(hooks: RunHooks | undefined, { mode }: Report): void {
  if (mode !== 'marks') hooks?.reported();
}
