import type { OrgIdentity } from '../ports/org.ts';
import type { RunStateChange } from '../ports/run-state.ts';
import { followLog } from './changes/follow-log.ts';
import { begunAnew, decideRun } from './decide-run.ts';
import type { DecidedRun, Job, Run } from './job.ts';
import { answeredSince, noteLosses, since, vouchedSince } from './vouching.ts';

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
  const run = { ...job, ...decided.run, before, oktaNow };
  if (!job.settings.isLasting) return { ...run, answeredSince: since(run.startedAt), believesEarlier: false };
  return withLog(run);
}

/** Starts an interrupted full run anew where the log has a gap, since changes in the gap are lost. */
async function withLog(run: Omit<Run, 'answeredSince' | 'believesEarlier'>): Promise<Run> {
  const log = await followLog(run, run.attemptedAt);
  const isAnew = log === 'gap' && run.mode === 'full';
  const anew = isAnew ? begunAnew(run) : { run, state: {} };
  const state = await run.inventory.runs.state();
  // A credential that may see less or more answers otherwise.
  const missingScopes = run.meter().missingScopes?.toSorted().join(' ') ?? '';
  const hasSameScopes = missingScopes === (state.missingScopes ?? missingScopes);
  const vouched = vouchedSince(state, { ...anew.run, isBroken: run.asksOtherwise || !hasSameScopes }, log);
  await run.inventory.runs.saveState({ ...anew.state, vouchedSince: vouched, missingScopes });
  if (anew.run.mode === 'full') noteLosses(run.tally, state.trustLost, 'this run');
  const holds = answeredSince(vouched, anew.run, run.settings, log);
  const believesEarlier =
    anew.run.isResumed || Object.values(holds).some((instant) => instant < anew.run.startedAt);
  return { ...anew.run, answeredSince: holds, believesEarlier };
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

/** `is_vouched`: answers of earlier runs hold, since the System Log vouches for them. */
export function logStart({ log, mode, settings, answeredSince: holds, startedAt }: Run): void {
  const { scope, lookups } = settings;
  const isVouched = Object.values(holds).some((instant) => instant < startedAt);
  log.info({ mode, scope: scope.kind, lookups: [...lookups], is_vouched: isVouched }, 'run started');
}
