import type { DueCount } from '../../ports/inventory.ts';
import type { DueFactors } from '../../ports/run-state.ts';
import type { Run, RunSettings } from '../job.ts';
import { largestShare, roundsInTime, shareOfDue, type Share } from './even-share.ts';
import { readAgain, readInSlices, type AgainParts } from './read-again.ts';

/** So few users whose groups have changed are read at once. More of them are spread like a policy. */
const FEW_MOVED = 100;
const NOTHING_DUE: DueFactors = { rounds: [] };

/**
 * Reads a part of the factors that are due. Which factors Okta shows depends on the enrolment policy, and that on the
 * user's groups; either may change without an event of the user.
 */
export async function readDueFactors(run: AgainParts): Promise<void> {
  const { users, runs } = run.inventory;
  const before = (await runs.state()).factorsDue;
  const { readAt } = before ?? NOTHING_DUE;
  const [now, span] = [run.oktaNow(), spanOf(run.settings)];
  const rounds = roundsInTime(before?.rounds ?? [], now);
  const moved = await users.countFactorsDue();
  if (rounds.length === 0 && moved.length === 0) {
    if (before !== undefined) await runs.saveState({ factorsDue: undefined });
    return;
  }
  const ofMoved = shareOfMoved(moved, readAt, now, span);
  await readInSlices(ofMoved.most, listMoved(run), (slice) => readAgain(run, slice));
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
  await saveLeft(run, { rounds, readAt: ofRounds.readAt ?? ofMoved.readAt ?? readAt });
}

/**
 * Each instant since which some are due has an end of its own, by which those before it are read, too. Few are read at
 * once, which says nothing of how far the rounds are read.
 */
export function shareOfMoved(
  moved: readonly DueCount[],
  readAt: number | undefined,
  now: number,
  spanMs: number,
): Share {
  let left = 0;
  const shares = moved.map(({ since, users }) => {
    left += users;
    return shareOfDue({ left, since: Math.min(since, now) }, readAt, now, spanMs);
  });
  return left <= FEW_MOVED ? { most: left, readAt: undefined } : largestShare(shares);
}

function listMoved({ inventory: { users } }: Pick<Run, 'inventory'>) {
  return async (most: number) =>
    (await users.factorsDue(most)).map((userId) => ({ userId, lookup: 'factors' }) as const);
}

/** Forgets what is read. */
async function saveLeft(
  { inventory: { users, runs } }: Pick<Run, 'inventory'>,
  { rounds, readAt }: DueFactors,
): Promise<void> {
  const left = [];
  for (const round of rounds) {
    if ((await users.countAnswers(round.askedBefore, 'factors')) > 0) left.push(round);
  }
  const isAny = left.length > 0 || (await users.countFactorsDue()).length > 0;
  await runs.saveState({ factorsDue: isAny ? { rounds: left, readAt } : undefined });
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
  const last = (await runs.state()).factorsDue?.rounds.at(-1);
  const moved = await users.countFactorsDue(last?.askedBefore);
  const ofRounds = last === undefined ? 0 : await users.countAnswers(last.askedBefore, 'factors');
  const count = moved.reduce((sum, each) => sum + each.users, ofRounds);
  if (count === 0) return undefined;
  const since = Math.max(last?.since ?? 0, moved.at(-1)?.since ?? 0);
  return { count, until: Math.min(since, now) + settings.policyRecheckMs };
}
