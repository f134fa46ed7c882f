import type { Noted, OldAnswer } from '../../ports/inventory.ts';
import type { Lookup } from '../../ports/org.ts';
import type { RunState } from '../../ports/run-state.ts';
import type { Run } from '../job.ts';
import { sayAges } from '../say-ages.ts';
import { distrusted, noteLosses, withoutTrust, withProofs } from '../vouching.ts';
import { readDueFactors } from './due-factors.ts';
import { rollingShare } from './even-share.ts';
import { followLog } from './follow-log.ts';
import { readAgain, readInSlices, type AgainParts } from './read-again.ts';

type VerifyParts = AgainParts & Pick<Run, 'mode' | 'startedAt' | 'assignments'>;

/**
 * Asks for old answers again, a part of them in each run, so that no run is long: each has its turn within
 * `VERIFY_ANSWERS`.
 */
export async function verifyOldest(run: VerifyParts): Promise<void> {
  if (run.settings.verifyMs > 0) {
    await verifyShare(run);
    await judgeProofs(run);
  }
  // The log may have told of a policy while answers were verified.
  if (run.settings.policyRecheckMs === 0) await readDueFactors(run);
}

async function verifyShare(run: VerifyParts): Promise<void> {
  const { inventory, startedAt, settings } = run;
  const { users, runs } = inventory;
  const now = run.oktaNow();
  const { verifiedAt } = await runs.state();
  const old = await users.countAnswers(startedAt);
  const { from, most, readAt = now } = rollingShare(old, verifiedAt, now, settings.verifyMs);
  let done = 0;
  await readInSlices(
    most,
    (atMost) => users.oldestAnswers(startedAt, atMost),
    async (slice) => {
      const before = new Set(run.reread);
      const { asked, compared } = await compareAgain(run, slice);
      done += slice.length;
      // A hook that came meanwhile has told of this user: the answer proves nothing, whatever the log says by now.
      const unheard = compared.filter(({ userId }) => before.has(userId) || !run.reread.has(userId));
      await noteProofs(run, unheard, Math.round(from + ((readAt - from) * done) / most));
      return asked;
    },
  );
  await runs.saveState({ verifiedAt: readAt });
}

interface Compared extends OldAnswer {
  /** When the earlier answer was asked for. */
  readonly askedAt: number;
  /** The answer is known now and was before, and is another one. */
  readonly differs: boolean;
}

interface Slice {
  readonly asked: number;
  /** The answers that Okta gave, each compared with the one before. */
  readonly compared: readonly Compared[];
}

async function compareAgain(run: VerifyParts, answers: readonly OldAnswer[]): Promise<Slice> {
  const { users } = run.inventory;
  const compared: Compared[] = [];
  const textOf = ({ userId, lookup }: OldAnswer): Promise<string | undefined> =>
    users.answerText(userId, lookup);
  const asked = await readAgain(run, answers, async (old, noted, read) => {
    const before = await Promise.all(old.map(textOf));
    await read();
    const after = await Promise.all(old.map(textOf));
    for (const [at, answer] of old.entries()) {
      const [was, is, askedAt] = [before[at], after[at], noted.askedAt[answer.lookup]];
      if (was === undefined || is === undefined || askedAt === undefined || isDue(answer, noted)) continue;
      compared.push({ ...answer, askedAt, differs: was !== is });
    }
  });
  return { asked, compared };
}

/** Factors of a user whose groups have changed are expected to be others. */
function isDue({ lookup }: OldAnswer, { areFactorsDue }: Noted): boolean {
  return lookup === 'factors' && areFactorsDue;
}

/** Counts what was asked again. Only an answer that the log vouched for, and of which it told nothing, is a proof. */
async function noteProofs(
  run: VerifyParts,
  compared: readonly Compared[],
  verifiedAt: number,
): Promise<void> {
  const { inventory, tally, log } = run;
  const told = compared.some(({ differs }) => differs) ? await toldByNow(run) : nothing;
  const state = await inventory.runs.state();
  const made = new Map<Lookup, { proven: number; drift: number }>();
  for (const answer of compared) {
    const { userId, lookup, differs, askedAt } = answer;
    if (!isVouched(answer, state)) continue;
    // Without the log nobody can say whether it has told of the change.
    if (differs && told === undefined) continue;
    const isDrift = differs && told?.(userId) === false;
    const count = made.get(lookup) ?? { proven: 0, drift: 0 };
    made.set(lookup, { proven: count.proven + 1, drift: count.drift + (isDrift ? 1 : 0) });
    if (!isDrift) continue;
    const ageMs = run.oktaNow() - askedAt;
    tally.drifted(lookup, ageMs);
    log.debug(
      { user_id: userId, lookup, age_seconds: Math.round(ageMs / 1000) },
      'an answer differs though no event said so',
    );
  }
  tally.proved(made);
  await inventory.runs.saveState({ verifiedAt, proofs: withProofs(state.proofs, run.oktaNow(), made) });
}

const nothing = (): boolean => false;

function isVouched(
  { lookup, askedAt }: Compared,
  { vouchedSince = {}, factorsDue }: Pick<RunState, 'vouchedSince' | 'factorsDue'>,
): boolean {
  // A policy, an authenticator or a zone that has changed may have changed these factors.
  const isOutdated = lookup === 'factors' && askedAt < (factorsDue?.rounds.at(-1)?.askedBefore ?? 0);
  return askedAt >= (vouchedSince[lookup] ?? Number.POSITIVE_INFINITY) && !isOutdated;
}

/**
 * The log may have told of a change only now: of users with a mark, or of all of them where a mark names no user.
 * `undefined`: the log was not read.
 */
async function toldByNow(run: VerifyParts): Promise<((userId: string) => boolean) | undefined> {
  if ((await followLog(run, run.oktaNow())) !== 'read') return undefined;
  const marks = await run.inventory.marks.list();
  const named = new Set(
    marks.flatMap(({ mark }) => (mark.subject === 'group' ? (mark.member ?? []) : mark.id)),
  );
  const isOpen = marks.some(
    ({ mark }) => mark.subject === 'org' || (mark.subject === 'group' && mark.member === undefined),
  );
  return (userId) => isOpen || named.has(userId);
}

/** Too many answers that differ though no event said so end the trust in the log, for their lookup. */
async function judgeProofs(run: VerifyParts): Promise<void> {
  const { inventory, tally, settings, log } = run;
  for (const [lookup, found] of tally.drift) {
    const { proven = 0, drift = 0 } = tally.proofs.get(lookup) ?? {};
    const age = sayAges(found);
    log.info({ lookup, proven, drift, age }, 'verified answers differ though no event said so');
    tally.notes.set(
      `drift ${lookup}`,
      `${lookup}: ${drift} of ${proven} answers verified by this run differ though no event said so; age of those: ${age}`,
    );
  }
  const state = await inventory.runs.state();
  const lost = distrusted(state.proofs ?? [], settings.maxDrift);
  if (lost.size === 0) return;
  const change = withoutTrust(state, lost, run.oktaNow());
  noteLosses(tally, change.trustLost, 'the next full run');
  await inventory.runs.saveState(change);
}
