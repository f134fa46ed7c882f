import type { OrgIdentity } from '../ports/org.ts';
import type { RunState, RunStateChange } from '../ports/run-state.ts';
import { followLog } from './changes/follow-log.ts';
import { begunAnew, decideRun, hasLainIdle } from './decide-run.ts';
import { isAdministrators } from '../plan/group-sizes.ts';
import type { AnsweredSince, DecidedRun, Job, Run } from './job.ts';
import {
  answeredSince,
  noteLosses,
  since,
  vouchedSince,
  withoutAnyTrust,
  type LogOutcome,
} from './vouching.ts';

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
  await inheritMarks(job);
  // By itself, since this is true whether or not the run begins.
  await job.inventory.bringBack(attemptedAt);
  await saveStart(job, decided.run, decided.state);
  const oktaNow = (): number => job.clock.now() + (attemptedAt - localAt);
  const run = { ...job, ...decided.run, before, oktaNow };
  if (!job.settings.isLasting) return { ...run, answeredSince: since(run.startedAt), believesEarlier: false };
  return withLog(run);
}

export async function inheritMarks({ inventory, assignments }: Job): Promise<void> {
  for (const { mark } of await inventory.marks.list({ subject: 'app' }))
    if (mark.subject === 'app' && mark.member !== undefined) assignments.inherit(mark.id, mark.member);
}

/**
 * Starts an interrupted full run anew where the log has a gap, or does not tell what happened while the run lay idle for
 * long, and where another credential answers otherwise. What this decides is saved in one write.
 */
async function withLog(run: Omit<Run, 'answeredSince' | 'believesEarlier'>): Promise<Run> {
  const log = await followLog(run, run.attemptedAt);
  const state = await run.inventory.runs.state();
  const seen = seenWith(run, state);
  const isOther = !run.asksOtherwise && isOtherCredential(state, seen);
  const isAnew = run.mode === 'full' && (log === 'gap' || isOther || isTooOld(run, log));
  const anew = isAnew ? begunAnew(run) : { run, state: aliveNow(run) };
  const vouched = vouchedSince(state, { ...anew.run, isBroken: run.asksOtherwise || isOther }, log);
  const broken = isOther ? withOtherCredential(run, state) : {};
  await run.inventory.runs.saveState({ ...broken, ...anew.state, ...seen, vouchedSince: vouched });
  noteTrustLost(anew.run, run.mode === 'full' ? { ...state, ...broken } : broken);
  const holds = await withoutUnlisted(anew.run, answeredSince(vouched, anew.run, run.settings, log));
  const believesEarlier =
    anew.run.isResumed || Object.values(holds).some((instant) => instant < anew.run.startedAt);
  return { ...anew.run, answeredSince: holds, believesEarlier };
}

/**
 * A group that lets its members not be listed has changed, and the log names nobody: the next full run asks every user for
 * the own list of groups. The built-in group of administrators has the org's list of role holders instead.
 */
async function withoutUnlisted(
  { inventory, mode, startedAt }: Pick<Run, 'inventory' | 'mode' | 'startedAt'>,
  holds: AnsweredSince,
): Promise<AnsweredSince> {
  if (mode !== 'full') return holds;
  for (const { mark } of await inventory.marks.list({ subject: 'group' })) {
    if (mark.question !== 'members') continue;
    if (mark.reason !== 'refused' && mark.reason !== 'missing') continue;
    const noted = await inventory.groups.find(mark.id);
    if (noted !== undefined && !isAdministrators(noted.group)) return { ...holds, groups: startedAt };
  }
  return holds;
}

/** Nothing tells what has changed while it lay idle. A log that is down for a moment makes no long run begin anew. */
function isTooOld(
  {
    isResumed,
    before,
    settings,
    attemptedAt,
  }: Pick<Run, 'isResumed' | 'before' | 'settings' | 'attemptedAt'>,
  log: LogOutcome,
): boolean {
  const { fullRun } = before;
  return isResumed && fullRun !== undefined && log !== 'read' && hasLainIdle(fullRun, settings, attemptedAt);
}

function aliveNow({
  mode,
  startedAt,
  attemptedAt,
  asksEverybody,
}: Pick<Run, 'mode' | 'startedAt' | 'attemptedAt' | 'asksEverybody'>): RunStateChange {
  return mode === 'full' ? { fullRun: { startedAt, aliveAt: attemptedAt, asksEverybody } } : {};
}

/** A full run that goes on makes no loss good that came after its beginning. */
function noteTrustLost(
  { tally, mode, startedAt, isResumed }: Pick<Run, 'tally' | 'mode' | 'startedAt' | 'isResumed'>,
  { trustLost = {} }: Pick<RunState, 'trustLost'>,
): void {
  const isNow = ({ since: at }: { readonly since: number }): boolean =>
    mode === 'full' && (!isResumed || at <= startedAt);
  const [now, later] = [true, false].map((by) =>
    Object.fromEntries(Object.entries(trustLost).filter(([, loss]) => isNow(loss) === by)),
  );
  noteLosses(tally, now, 'this run');
  noteLosses(tally, later, 'the next full run');
}

const OTHER_CREDENTIAL =
  'Okta is read with another credential, or with other scopes, and may answer otherwise than before';

type CredentialSeen = Required<Pick<RunState, 'missingScopes' | 'credential'>>;

/** The credential of this run, and what it may not see. */
function seenWith(
  { meter, settings }: Pick<Run, 'meter' | 'settings'>,
  { credential }: RunState,
): CredentialSeen {
  return {
    missingScopes: meter().missingScopes?.toSorted().join(' ') ?? '',
    credential: settings.sealCredential(credential),
  };
}

function isOtherCredential(before: RunState, { missingScopes, credential }: CredentialSeen): boolean {
  return (
    missingScopes !== (before.missingScopes ?? missingScopes) ||
    credential !== (before.credential ?? credential)
  );
}

/** Answers to the earlier credential are believed no more, and no interrupted full run goes on with them. */
function withOtherCredential(
  { mode, attemptedAt }: Pick<Run, 'mode' | 'attemptedAt'>,
  state: RunState,
): RunStateChange {
  const isBeside = mode === 'incremental' && state.fullRun !== undefined;
  return {
    ...withoutAnyTrust(state, OTHER_CREDENTIAL, attemptedAt),
    ...(isBeside
      ? { fullRunDue: { since: attemptedAt, why: `${OTHER_CREDENTIAL}: this run is a full one` } }
      : {}),
  };
}

/** Makes every event anew from what is known, when the settings that decide what events say have changed. */
async function saveStart(
  { inventory: { runs, users, assetEvents }, settings: { lookups } }: Job,
  { remakesEvents, mode, newsRule }: DecidedRun,
  state: RunStateChange,
): Promise<void> {
  // A full run reads each user, and so sends each; of devices it makes only the events that are due.
  if (mode === 'full' && newsRule === 'none') await assetEvents.needEvents();
  if (!remakesEvents) return runs.saveState(state);
  if (lookups.has('roles')) await users.markUnspared();
  await users.needEvents(state);
}

/** `is_vouched`: answers of earlier runs hold, since the System Log vouches for them. */
export function logStart({ log, mode, tally, settings, answeredSince: holds, startedAt }: Run): void {
  const { scope, lookups } = settings;
  const isVouched = Object.values(holds).some((instant) => instant < startedAt);
  log.info(
    {
      mode: tally.mode === 'marks' ? 'marks' : mode,
      scope: scope.kind,
      lookups: [...lookups],
      is_vouched: isVouched,
    },
    'run started',
  );
}
