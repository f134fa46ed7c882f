/** By which id a listed user is known. */
import { createHash } from 'node:crypto';
import type { ListedUser } from '../../ports/org.ts';

/** The beginning of made-up ids, for records in which Okta gives no id. */
export const NAMELESS = 'without-id:';

export function isNameless(listed: ListedUser): boolean {
  return listed.kind === 'unreadable' && listed.id === undefined;
}

/** An entry without an id is known by its fault, since it has no other name. */
export function subjectOf(listed: ListedUser): string {
  if (listed.kind === 'user') return listed.user.id;
  return listed.id ?? `${NAMELESS}${createHash('sha256').update(listed.reason).digest('hex').slice(0, 12)}`;
}
