import { ALL_HOLD } from '../vouching.ts';
import type { OldAnswer, Unanswered } from '../../ports/inventory.ts';
import { USER_LOOKUPS } from '../../ports/org.ts';
import { perUserDirectory, wantsGroupRoles } from '../directory.ts';
import type { Directory } from '../directory.ts';
import { readMarks, readRolesAgain } from './marks.ts';
import { forEachInterruptible } from './for-each-interruptible.ts';
import type { ChangeParts, GroupParts } from '../parts.ts';
import { readAssignees } from '../role-holders.ts';
import { evaluateMoved, readUser } from '../users.ts';

/** After so many questions in a row without an answer, and none with one, a run stops asking. */
const PROOF = 5;
const PAGE = 200;
/** For more users than this, the org's own list of role holders takes fewer calls. */
const FEW_USERS = 100;

type RetryParts = GroupParts & Pick<ChangeParts, 'attemptedAt' | 'signal' | 'readHooks'>;

interface Question {
  readonly unanswered: Unanswered;
  /** Called once before all are asked. */
  readonly prepare?: () => Promise<void>;
  /** Resolves to false where there is nobody to ask about: a hook may have told that the user is gone. */
  readonly ask: (id: string) => Promise<boolean>;
}

/**
 * Asks again what was refused, missing or unreadable when last asked. One call finds out whether it is allowed now; if
 * so, everybody who lacks the answer is asked. Answers that were unavailable have marks instead.
 */
export async function retryGaps(run: ChangeParts): Promise<void> {
  const { lookups } = run.settings;
  if (wantsGroupRoles(run) && (await retry(run, groupRoles(run)))) {
    await readMarks(run, 0);
  }
  for (const lookup of USER_LOOKUPS) {
    if (lookups.has(lookup)) await retry(run, ofUsers(run, lookup));
  }
  await evaluateMoved(run);
}

function groupRoles(run: GroupParts): Question {
  const ask = (id: string): Promise<boolean> => readRolesAgain(run, id).then(() => true);
  return { unanswered: run.inventory.groups.unanswered(), ask };
}

function ofUsers(run: RetryParts, lookup: OldAnswer['lookup']): Question {
  const { users } = run.inventory;
  const unanswered = users.unanswered(lookup);
  const again = new Set([lookup]);
  let directory: Directory = perUserDirectory(run);
  return {
    unanswered,
    prepare: async () => {
      const isMany = (await unanswered.list(run.attemptedAt, FEW_USERS + 1)).length > FEW_USERS;
      if (lookup === 'roles' && isMany) directory = { ...directory, assignees: await readAssignees(run) };
    },
    ask: async (id) => {
      const noted = await users.find(id);
      if (noted === undefined) return false;
      await readUser(run, noted, { directory, answeredSince: ALL_HOLD, again });
      return true;
    },
  };
}

/** Resolves to true when anything was asked. */
async function retry(run: RetryParts, question: Question): Promise<boolean> {
  const { unanswered } = question;
  const [first] = await unanswered.list(run.attemptedAt, 1);
  if (first === undefined) return false;
  // Okta refuses some users or groups for reasons of their own, which proves nothing. So one that was allowed before is
  // asked first.
  const probed = (await unanswered.answered()) ?? first;
  if (await isAnswered(question, probed)) {
    await question.prepare?.();
    await askAll(run, question);
  }
  return true;
}

/** `undefined`: nothing was asked. */
async function isAnswered({ unanswered, ask }: Question, id: string): Promise<boolean | undefined> {
  return (await ask(id)) ? !(await unanswered.has(id)) : undefined;
}

/**
 * Starts with those that have waited longest, so that a few that are refused for ever cost each run only a few calls
 * and hide nobody.
 */
async function askAll(run: RetryParts, question: Question): Promise<void> {
  let [failed, hasAnswer] = [0, false];
  const isOver = (): boolean => !hasAnswer && failed >= PROOF;
  for (;;) {
    const page = await question.unanswered.list(run.attemptedAt, PAGE);
    const ids = page.filter((id) => !run.removals.has(id));
    if (ids.length === 0) return;
    await forEachInterruptible(run, ids, async (id) => {
      run.signal.throwIfAborted();
      if (isOver()) return;
      const answered = await isAnswered(question, id);
      hasAnswer ||= answered === true;
      if (answered === false) failed += 1;
    });
    if (isOver()) return;
  }
}
