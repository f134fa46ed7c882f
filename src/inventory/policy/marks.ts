/** The marks that an answer settles. */
import { GAP_REASONS, USER_LOOKUPS, type UserLookup } from '../../ports/org.ts';
import type { Answered, Reading, StoredMark, UserQuestion } from '../../ports/inventory.ts';

const GAPS: ReadonlySet<string> = new Set(GAP_REASONS);

/** Was the mark left by a question that got no answer? */
export function hasFailed({ mark }: StoredMark): boolean {
  return GAPS.has(mark.reason);
}

/** A mark that was set or renewed after the question was asked waits for the next answer. */
export function isAnswered(stored: StoredMark, answered: Answered): boolean {
  const { mark, version } = stored;
  const { subject, id, questions, marksUpTo, only } = answered;
  if (mark.subject !== subject || mark.id !== id || version > marksUpTo) return false;
  if (only === 'failed' && !hasFailed(stored)) return false;
  return questions === 'all' || questions.some((question) => question === mark.question);
}

/**
 * The questions that a reading of a user answers, even with a failure: an unavailable answer leaves a new mark.
 * `isRecordNews`: the record was read after the marks, and is newer than the stored one.
 */
export function questionsAnswered(
  reading: Pick<Reading, UserLookup>,
  isRecordNews: boolean,
): readonly UserQuestion[] {
  const isAnswer = (lookup: UserLookup): boolean =>
    reading[lookup] !== undefined && !(lookup === 'roles' && isFromList(reading));
  const lookups = USER_LOOKUPS.filter((lookup) => isAnswer(lookup));
  return isRecordNews ? ['record', ...lookups] : lookups;
}

/** The org's list of role holders may be late, so only the user's own answer settles a mark. */
function isFromList({ roles }: Pick<Reading, 'roles'>): boolean {
  return typeof roles === 'object' && roles.kind === 'known' && !roles.value.includesGroups;
}
