import type { DueFactors } from '../../ports/run-state.ts';
import type { Run, RunSettings } from '../job.ts';
import { largestShare, roundsInTime, shareOfDue, type Share } from './even-share.ts';
import { readAgain, readInSlices, type AgainParts } from './read-again.ts';

/** So many users whose groups have changed are read by any run. A group of a million is spread like a policy. */
const MOST_MOVED = 500;
const NOTHING_DUE: DueFactors = { rounds: [] };

/**
 * Reads a part of the factors that are due. Which factors Okta shows depends on the enrolment policy, and that on the
 * user's groups; either may change without an event of the user.
 */
export async function readDueFactors(run: AgainParts): Promise<void> {
  const { users, runs } = run.inventory;
  const before = (await runs.state()).factorsDue;
  const [now, span] = [run.oktaNow(), spanOf(run.settings)];
  const { readAt, movedSince = now } = before ?? NOTHING_DUE;
  const rounds = roundsInTime(before?.rounds ?? [], now);
  const moved = { left: await users.countFactorsDue(), since: Math.min(movedSince, now) };
  if (rounds.length === 0 && moved.left === 0) {
    if (before !== undefined) await runs.saveState({ factorsDue: undefined });
    return;
  }
  const ofMoved = shareOfDue(moved, readAt, now, span);
  await readInSlices(Math.max(MOST_MOVED, ofMoved.most), listMoved(run), (slice) => readAgain(run, slice));
  const shares: Share[] = [];
  for (const { since, askedBefore } of rounds) {
    const left = await users.countAnswers(askedBefore, 'factors');
    shares.push(shareOfDue({ left, since }, readAt, now, span));
  }
  const ofRounds = largestShare(shares);
  const last = rounds.at(-1)?.askedBefore ?? 0;
  await readInSlices(
    ofRounds.most,
    (most) => users.oldestAnswers(last, most, 'factors'),
    (slice) => readAgain(run, slice),
  );
  await saveLeft(run, {
    rounds,
    movedSince: moved.since,
    readAt: ofRounds.readAt ?? ofMoved.readAt ?? readAt,
  });
}

function listMoved({ inventory: { users } }: Pick<Run, 'inventory'>) {
  return async (most: number) =>
    (await users.factorsDue(most)).map((userId) => ({ userId, lookup: 'factors' }) as const);
}

/** Forgets what is read. */
async function saveLeft(
  { inventory: { users, runs } }: Pick<Run, 'inventory'>,
  { rounds, movedSince, readAt }: DueFactors,
): Promise<void> {
  const left = [];
  for (const round of rounds) {
    if ((await users.countAnswers(round.askedBefore, 'factors')) > 0) left.push(round);
  }
  const isMoved = (await users.countFactorsDue()) > 0;
  const factorsDue = { rounds: left, readAt, ...(isMoved ? { movedSince } : {}) };
  await runs.saveState({ factorsDue: left.length > 0 || isMoved ? factorsDue : undefined });
}

/** The last run before the end of `POLICY_RECHECK` has to read the rest. */
function spanOf({ policyRecheckMs, frequencyMs }: RunSettings): number {
  return Math.max(0, policyRecheckMs - frequencyMs);
}

/** When all factors that are due now will have been read; `undefined`: none is due. */
export async function factorsDueNow({
  inventory: { users, runs },
  settings,
  now,
}: Pick<Run, 'inventory' | 'settings'> & { readonly now: number }): Promise<
  { readonly count: number; readonly until: number } | undefined
> {
  const { rounds, movedSince = now } = (await runs.state()).factorsDue ?? NOTHING_DUE;
  const last = rounds.at(-1);
  const moved = await users.countFactorsDue(last?.askedBefore);
  const ofRounds = last === undefined ? 0 : await users.countAnswers(last.askedBefore, 'factors');
  if (moved + ofRounds === 0) return undefined;
  const since = Math.max(last?.since ?? movedSince, moved === 0 ? 0 : movedSince);
  return { count: moved + ofRounds, until: since + settings.policyRecheckMs };
}
