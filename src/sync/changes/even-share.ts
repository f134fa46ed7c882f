/** How much of what is to be read again one run reads, so that no run is long. Instants are Unix milliseconds. */
import type { DueRound } from '../../ports/run-state.ts';

interface Due {
  /** The number of answers that are still to be read. */
  readonly left: number;
  /** When they became due. */
  readonly since: number;
}

export interface Share {
  /** The number of answers that this run reads. */
  readonly most: number;
  /** The time up to which shares are read then. The part of a share that is less than one answer is left to the next. */
  readonly readAt: number | undefined;
}

/**
 * The part of the due answers that a run reads at `now`, when shares up to `readAt` are read: what is left sinks in a
 * straight line, from when the answers became due to the end of `spanMs`. From then on it is all of them.
 */
export function shareOfDue(
  { left, since }: Due,
  readAt: number | undefined,
  now: number,
  spanMs: number,
): Share {
  const end = since + spanMs;
  if (spanMs === 0 || now >= end) return { most: left, readAt: now };
  const isUsable = readAt !== undefined && readAt >= since && readAt <= now;
  const from = isUsable ? readAt : Math.min(since, now);
  const most = Math.floor((left * (now - from)) / (end - from));
  return { most, readAt: most === 0 ? readAt : from + Math.floor((most * (end - from)) / left) };
}

/** Several groups of due answers: the largest share, since each group holds those before it. */
export function largestShare(shares: readonly Share[]): Share {
  return shares.reduce((largest, each) => (each.most > largest.most ? each : largest), {
    most: 0,
    readAt: undefined,
  });
}

/** Events that follow each other within this part of `POLICY_RECHECK` make one round, so that rounds stay few. */
const ROUNDS_AT_ONCE = 10;
/** An instant further ahead than this is of a clock that was wrong. */
export const AHEAD_MS = 60_000;

/**
 * The rounds after an event at `now` that makes every answer due that was asked for before it. Earlier rounds keep
 * their ends. An event that joins a round has to be content with the earlier end of that round.
 */
export function withRound(rounds: readonly DueRound[], now: number, recheckMs: number): readonly DueRound[] {
  const kept = roundsInTime(rounds, now);
  const last = kept.at(-1);
  if (last === undefined || now - last.since > recheckMs / ROUNDS_AT_ONCE)
    return [...kept, { since: now, askedBefore: now }];
  return [...kept.slice(0, -1), { ...last, askedBefore: now }];
}

/** The rounds without instants that lie ahead, for which nothing would ever have been asked late enough. */
export function roundsInTime(rounds: readonly DueRound[], now: number): readonly DueRound[] {
  const inTime = (instant: number): number => (instant > now + AHEAD_MS ? now : instant);
  return rounds.map(({ since, askedBefore }) => ({
    since: inTime(since),
    askedBefore: inTime(askedBefore),
  }));
}

/**
 * How many of the `old` answers a run asks for again at `now`, when everything has its turn within `verifyMs`: as the
 * time since `verifiedAt`, up to which earlier shares are read, is of all of it.
 */
export function rollingShare(
  old: number,
  verifiedAt: number | undefined,
  now: number,
  verifyMs: number,
): Share & { readonly from: number } {
  // An instant that lies ahead is of a clock that was wrong.
  const isUsable = verifiedAt !== undefined && verifiedAt <= now;
  const from = isUsable ? Math.max(verifiedAt, now - verifyMs) : now;
  const most = Math.floor((old * (now - from)) / verifyMs);
  // Where nothing is old, the time is worth nothing.
  return { from, most, readAt: old === 0 ? now : from + Math.floor((most * verifyMs) / old) };
}
