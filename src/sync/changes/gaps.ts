import type { OldAnswer, Unanswered } from '../../ports/inventory.ts';
import { readAssignees } from '../full/directory.ts';
import type { Run } from '../job.ts';
import { knownOrg, wantsGroupRoles } from '../known-org.ts';
import type { KnownOrg } from '../known-org.ts';
import { readMarks, readRolesAgain } from './marks.ts';
import { forEachOf } from '../parallel.ts';
import { evaluateMoved, readUser } from '../users.ts';

/** So many in a row without an answer, and none with one, are enough for one run. */
const PROOF = 5;
const PAGE = 200;
/** For more users than that the org's own list of role holders is the cheaper answer. */
const FEW_USERS = 100;

interface Question {
  readonly unanswered: Unanswered;
  /** Told before everybody is asked. */
  readonly prepare?: () => Promise<void>;
  readonly ask: (id: string) => Promise<void>;
}

/**
 * What was refused, missing or unreadable when it was last asked for is asked again: one call tells whether it is allowed
 * now, and then everybody is asked who lacks the answer. What was unavailable has marks.
 */
export async function retryGaps(run: Run): Promise<void> {
  const { lookups } = run.settings;
  if (wantsGroupRoles(run) && (await retry(run, groupRoles(run)))) {
    await readMarks(run, 0);
  }
  for (const lookup of ['groups', 'factors', 'roles'] as const) {
    if (lookups.has(lookup)) await retry(run, ofUsers(run, lookup));
  }
  await evaluateMoved(run);
}

function groupRoles(run: Run): Question {
  return { unanswered: run.inventory.groups.unanswered(), ask: (id) => readRolesAgain(run, id) };
}

function ofUsers(run: Run, lookup: OldAnswer['lookup']): Question {
  const { users } = run.inventory;
  const unanswered = users.unanswered(lookup);
  const again = new Set([lookup]);
  let directory: KnownOrg = knownOrg(run);
  return {
    unanswered,
    prepare: async () => {
      const isMany = (await unanswered.list(run.attemptedAt, FEW_USERS + 1)).length > FEW_USERS;
      if (lookup === 'roles' && isMany) directory = { ...directory, assignees: await readAssignees(run) };
    },
    ask: async (id) => {
      const known = await users.find(id);
      if (known !== undefined) await readUser(run, known, { directory, answeredSince: 0, again });
    },
  };
}

/** Tells whether anything was asked. */
async function retry(run: Run, question: Question): Promise<boolean> {
  const { unanswered } = question;
  const [first] = await unanswered.list(run.attemptedAt, 1);
  if (first === undefined) return false;
  // Refusals of those who are refused by themselves prove nothing: whoever was allowed before is asked first.
  const probed = (await unanswered.answered()) ?? first;
  if (await isAnswered(question, probed)) {
    await question.prepare?.();
    await askAll(run, question);
  }
  return true;
}

async function isAnswered({ unanswered, ask }: Question, id: string): Promise<boolean> {
  await ask(id);
  return !(await unanswered.has(id));
}

/** The longest unanswered first, so that some who are refused for ever cost each run a few calls and hide nobody. */
async function askAll(run: Run, question: Question): Promise<void> {
  let [failed, hasAnswer] = [0, false];
  const isOver = (): boolean => !hasAnswer && failed >= PROOF;
  for (;;) {
    const page = await question.unanswered.list(run.attemptedAt, PAGE);
    const ids = page.filter((id) => !run.course.gone.has(id));
    if (ids.length === 0) return;
    await forEachOf(ids, run.settings.width, async (id) => {
      run.signal.throwIfAborted();
      if (isOver()) return;
      if (await isAnswered(question, id)) hasAnswer = true;
      else failed += 1;
    });
    if (isOver()) return;
  }
}
