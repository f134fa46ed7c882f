import { byName } from '../enrich/by-name.ts';
import { LOOKUPS } from '../ports/org.ts';
import type { Lookup } from '../ports/org.ts';
import type { ProofCount, ProofsOfDay, RunState } from '../ports/run-state.ts';
import type { AnsweredSince, DecidedRun, Run, RunSettings } from './job.ts';

/** How reading the System Log went. `down`: no answer, and its cursor is still good; `gap`: changes may be missed. */
export type LogOutcome = 'read' | 'down' | 'refused' | 'gap';

/** No answer holds that was asked for before `instant`. */
export function since(instant: number): AnsweredSince {
  return byName(LOOKUPS, () => instant);
}

/** Whatever was asked for holds; nothing does. */
export const ALL_HOLD = since(0);
export const NONE_HOLDS = since(Number.POSITIVE_INFINITY);

/**
 * From when on the System Log vouches for answers, by lookup. It does for those that were asked for while it was
 * followed without a gap: a change after that has left a mark. A full run asks for all others, so that the log vouches
 * from the start of that run on, but not where trust was lost after that. `isBroken`: other questions are asked, or
 * with another credential.
 */
export function vouchedSince(
  { vouchedSince: before = {}, trustLost = {}, log }: RunState,
  run: Pick<DecidedRun, 'mode' | 'startedAt' | 'isResumed'> & { readonly isBroken: boolean },
  outcome: LogOutcome,
): RunState['vouchedSince'] {
  const { mode, startedAt, isResumed, isBroken } = run;
  // An instant that lies ahead is of a clock that was wrong.
  const isBelieved = ([, instant]: [string, number]): boolean => !isBroken && instant <= startedAt;
  const kept = Object.fromEntries(Object.entries(before).filter(isBelieved));
  const isFollowed = log !== undefined && 'next' in log && (outcome === 'read' || outcome === 'gap');
  if (mode !== 'full' || !isFollowed) return kept;
  const isLost = (subject: string): boolean => isResumed && (trustLost[subject]?.since ?? 0) > startedAt;
  const asked = Object.entries(since(startedAt)).filter(([lookup]) => !isLost(lookup) && !isLost('log'));
  return { ...Object.fromEntries(asked), ...kept };
}

/** From when on answers hold in this run. A run that asks everybody, or cannot read the log, believes only its own. */
export function answeredSince(
  vouched: RunState['vouchedSince'],
  { startedAt, asksEverybody }: Pick<DecidedRun, 'startedAt' | 'asksEverybody'>,
  { verifyMs }: Pick<RunSettings, 'verifyMs'>,
  outcome: LogOutcome,
): AnsweredSince {
  if (asksEverybody || outcome !== 'read') return since(startedAt);
  return byName(LOOKUPS, (lookup) =>
    Math.min(startedAt, Math.max(vouched?.[lookup] ?? startedAt, startedAt - verifyMs)),
  );
}

const DAY_MS = 86_400_000;
const DAYS_KEPT = 7;
/** Fewer than this are no sign of anything. */
const LEAST_DRIFT = 3;

export type Proofs = ReadonlyMap<Lookup, ProofCount>;

/** The proofs of the last seven days with those that were made `now`. */
export function withProofs(
  before: readonly ProofsOfDay[] = [],
  now: number,
  made: Proofs,
): readonly ProofsOfDay[] {
  const today = Math.floor(now / DAY_MS);
  const kept = before.filter(({ day }) => day > today - DAYS_KEPT && day <= today);
  const counts = { ...kept.find(({ day }) => day === today)?.counts };
  for (const [lookup, { proven, drift }] of made) {
    const sum = counts[lookup] ?? { proven: 0, drift: 0 };
    counts[lookup] = { proven: sum.proven + proven, drift: sum.drift + drift };
  }
  return [...kept.filter(({ day }) => day !== today), { day: today, counts }];
}

/** The lookups for which the System Log is not believed any more: too many answers differ though no event said so. */
export function distrusted(proofs: readonly ProofsOfDay[], maxDrift: number): ReadonlyMap<Lookup, string> {
  const found = new Map<Lookup, string>();
  for (const lookup of LOOKUPS) {
    const [proven, drift] = (['proven', 'drift'] as const).map((name) =>
      proofs.reduce((sum, { counts }) => sum + (counts[lookup]?.[name] ?? 0), 0),
    );
    if (proven === undefined || drift === undefined) continue;
    if (drift < LEAST_DRIFT || drift <= maxDrift * proven) continue;
    found.set(lookup, `${drift} of ${proven} verified answers differ though no event said so`);
  }
  return found;
}

type TrustState = Pick<RunState, 'vouchedSince' | 'proofs' | 'trustLost'>;

/** The state without trust in these lookups: the next full run asks everybody, and trust begins anew. */
export function withoutTrust(
  { vouchedSince: vouched = {}, proofs = [], trustLost }: TrustState,
  lost: ReadonlyMap<string, string>,
  now: number,
): TrustState {
  const isKept = ([name]: [string, unknown]): boolean => !lost.has(name);
  const reasons = [...lost].map(
    ([lookup, why]) =>
      [lookup, { since: now, why: `the System Log is not believed for ${lookup}: ${why}` }] as const,
  );
  return {
    trustLost: { ...trustLost, ...Object.fromEntries(reasons) },
    vouchedSince: Object.fromEntries(Object.entries(vouched).filter(isKept)),
    proofs: proofs.map(({ day, counts }) => ({
      day,
      counts: Object.fromEntries(Object.entries(counts).filter(isKept)),
    })),
  };
}

/** The state in which nothing is vouched for. Where nothing was, there is no trust to lose. */
export function withoutAnyTrust(
  { vouchedSince: vouched = {}, trustLost }: TrustState,
  why: string,
  now: number,
): TrustState {
  if (Object.keys(vouched).length === 0) return {};
  return { vouchedSince: undefined, trustLost: { ...trustLost, log: { since: now, why } } };
}

/** The losses that a full run which began at `startedAt` has not made good: the log does not vouch again since then. */
export function lossesAfter(
  { vouchedSince: vouched = {}, trustLost = {} }: TrustState,
  startedAt: number,
): RunState['trustLost'] {
  const again = new Set([...Object.keys(vouched), ...(Object.keys(vouched).length > 0 ? ['log'] : [])]);
  return Object.fromEntries(
    Object.entries(trustLost).filter(([subject, { since: at }]) => at > startedAt || !again.has(subject)),
  );
}

/** Says in the report why everybody is asked, by this full run or by the next. */
export function noteLosses(
  { notes }: Pick<Run['tally'], 'notes'>,
  trustLost: RunState['trustLost'],
  by: 'this run' | 'the next full run',
): void {
  for (const [subject, { why }] of Object.entries(trustLost ?? {}))
    notes.set(`trust ${subject}`, `${why}; ${by} asks everybody`);
}
