import type { OldAnswer } from '../../ports/inventory.ts';
import type { Lookup } from '../../ports/org.ts';
import type { ProofCount, RunState } from '../../ports/run-state.ts';
import { perUserDirectory } from '../directory.ts';
import type { Run } from '../job.ts';
import { forEachOf } from '../parallel.ts';
import type { GroupParts } from '../parts.ts';
import { readUser } from '../users.ts';
import { followLog } from './follow-log.ts';
import { ALL_HOLD, distrusted, withoutTrust, withProofs } from '../vouching.ts';

/** So many a run, beside those of a policy: others wait for the next one. */
const MOST_MOVED = 500;

type VerifyParts = GroupParts & Pick<Run, 'before' | 'mode' | 'startedAt' | 'signal'>;

/**
 * Asks for old answers again, a part of them in each run, so that no run is long: factors that a change of a policy may
 * have moved, and the oldest answers of all, each of which has its turn within `VERIFY_ANSWERS`.
 */
export async function verifyOldest(run: VerifyParts): Promise<void> {
  await readDueFactors(run);
  const { settings, inventory, before, startedAt } = run;
  const { users, runs } = inventory;
  if (settings.verifyMs === 0) return;
  // An instant that lies ahead is of a clock that was wrong.
  const isUsable = before.verifiedAt !== undefined && before.verifiedAt <= startedAt;
  const elapsed = isUsable ? Math.min(startedAt - before.verifiedAt, settings.verifyMs) : 0;
  const most = Math.floor(((await users.countAnswers(startedAt)) * elapsed) / settings.verifyMs);
  // A time that is worth less than one answer is counted by the next run.
  if (most > 0 || !isUsable) await runs.saveState({ verifiedAt: startedAt });
  if (most > 0) await noteProofs(run, await compareAgain(run, await users.oldestAnswers(startedAt, most)));
}

/** Compares what was asked again with what was known. Too much that no event told ends the trust in the log. */
async function noteProofs(run: VerifyParts, compared: readonly Compared[]): Promise<void> {
  const { inventory, tally, settings, log } = run;
  const told = compared.some(({ differs }) => differs) ? await toldByNow(run) : () => true;
  const made = new Map<Lookup, ProofCount>();
  for (const { userId, lookup, differs } of compared) {
    const count = made.get(lookup) ?? { proven: 0, drift: 0 };
    const isDrift = differs && !told(userId);
    if (isDrift) log.debug({ user_id: userId, lookup }, 'an answer differs though no event said so');
    made.set(lookup, { proven: count.proven + 1, drift: count.drift + (isDrift ? 1 : 0) });
  }
  tally.proofs = made;
  const state = await inventory.runs.state();
  const proofs = withProofs(state.proofs, run.startedAt, made);
  const lost = distrusted(proofs, settings.maxDrift);
  for (const [lookup, why] of lost) {
    tally.notes.set(
      `drift ${lookup}`,
      `the System Log is not believed for ${lookup}: ${why}; the next full run asks everybody`,
    );
  }
  await inventory.runs.saveState(withoutTrust({ ...state, proofs }, lost.keys()));
}

/** The log may have told of a change only now: users with a mark, or all of them where a mark names no user. */
async function toldByNow(run: VerifyParts): Promise<(userId: string) => boolean> {
  await followLog(run, run.startedAt);
  const marks = await run.inventory.marks.list();
  const named = new Set(
    marks.flatMap(({ mark }) => (mark.subject === 'group' ? (mark.member ?? []) : mark.id)),
  );
  const isOpen = marks.some(
    ({ mark }) => mark.subject === 'org' || (mark.subject === 'group' && mark.member === undefined),
  );
  return (userId) => isOpen || named.has(userId);
}

/** Which factors Okta shows depends on the enrolment policy, and that on the user's groups. */
async function readDueFactors(run: VerifyParts): Promise<void> {
  const { users, runs } = run.inventory;
  const moved = await users.factorsDue(MOST_MOVED);
  await readAgain(
    run,
    moved.map((userId) => ({ userId, lookup: 'factors' })),
  );
  const { factorsDue } = await runs.state();
  if (factorsDue === undefined) return;
  const left = await users.countAnswers(factorsDue.askedBefore, 'factors');
  const most = Math.ceil(left * partOf(factorsDue, run));
  await readAgain(run, await users.oldestAnswers(factorsDue.askedBefore, most, 'factors'));
  if (most >= left) await runs.saveState({ factorsDue: undefined });
}

/** The part of the answers that are still due that this run asks for: as the time since the last run is of the time left. */
function partOf({ until }: NonNullable<RunState['factorsDue']>, { before, startedAt }: VerifyParts): number {
  const elapsed = Math.max(0, startedAt - (before.endedAt ?? startedAt));
  return until <= startedAt ? 1 : Math.min(1, elapsed / (until - startedAt));
}

interface Compared extends OldAnswer {
  /** The answer is known now and was before, and is another one. */
  readonly differs: boolean;
}

/** Resolves to the answers that Okta gave, each compared with the one before. */
async function compareAgain(run: VerifyParts, answers: readonly OldAnswer[]): Promise<readonly Compared[]> {
  const { users } = run.inventory;
  const compared: Compared[] = [];
  const textOf = ({ userId, lookup }: OldAnswer): Promise<string | undefined> =>
    users.answerText(userId, lookup);
  await readAgain(run, answers, async (old, read) => {
    const before = await Promise.all(old.map(textOf));
    await read();
    const after = await Promise.all(old.map(textOf));
    for (const [at, answer] of old.entries()) {
      const [was, is] = [before[at], after[at]];
      if (was !== undefined && is !== undefined) compared.push({ ...answer, differs: was !== is });
    }
  });
  return compared;
}

/** Asks for these answers again, user by user. `around` is called with those of one user and what reads them. */
async function readAgain(
  run: VerifyParts,
  answers: readonly OldAnswer[],
  around = (_old: readonly OldAnswer[], read: () => Promise<void>): Promise<void> => read(),
): Promise<void> {
  const byUser = Map.groupBy(answers, ({ userId }) => userId);
  await forEachOf(byUser, run.settings.width, async ([id, old]) => {
    run.signal.throwIfAborted();
    if (run.removals.has(id)) return;
    const noted = await run.inventory.users.find(id);
    if (noted === undefined) return;
    const again = new Set(old.map(({ lookup }) => lookup));
    await around(old, () =>
      readUser(run, noted, { directory: perUserDirectory(run), answeredSince: ALL_HOLD, again }),
    );
  });
}
