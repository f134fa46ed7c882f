import type { OrgIdentity } from '../ports/org.ts';
import type { RunStateChange } from '../ports/run-state.ts';
import { followLog } from './changes/follow-log.ts';
import { begunAnew, decideRun } from './decide-run.ts';
import type { DecidedRun, Job, Run } from './job.ts';

/**
 * Decides which kind of run this is, gives it its start stamp and reads the log. All that comes first, so that no
 * change between then and later is missed.
 */
export async function beginRun(job: Job, identity: OrgIdentity): Promise<Run> {
  const localAt = job.clock.now();
  const before = await job.inventory.runs.state();
  const decided = decideRun(before, job.settings, identity.at ?? localAt);
  const { mode, note, attemptedAt } = decided.run;
  if (note !== undefined) job.tally.notes.set('mode', note);
  job.tally.mode = mode;
  await saveStart(job, decided.run, decided.state);
  const oktaNow = (): number => job.clock.now() + (attemptedAt - localAt);
  const run: Run = { ...job, ...decided.run, before, oktaNow };
  return job.settings.isLasting ? withLog(run) : run;
}

/** Starts an interrupted full run anew where the log has a gap, since changes in the gap are lost. */
async function withLog(run: Run): Promise<Run> {
  const hasGap = await followLog(run, run.attemptedAt);
  if (!hasGap || run.mode === 'incremental') return run;
  const anew = begunAnew(run);
  await run.inventory.runs.saveState(anew.state);
  return anew.run;
}

/** Makes every event anew from what is known, when the settings that decide what events say have changed. */
async function saveStart(
  { inventory: { runs, users }, settings: { lookups } }: Job,
  { remakesEvents }: DecidedRun,
  state: RunStateChange,
): Promise<void> {
  if (!remakesEvents) return runs.saveState(state);
  if (lookups.has('roles')) await users.markUnspared();
  await users.needEvents(state);
}
