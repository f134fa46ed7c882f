import { createHash } from 'node:crypto';
import type { Noted } from '../../ports/inventory.ts';
import { USER_LOOKUPS, type ListedUser, type UserLookup } from '../../ports/org.ts';
import type { KeptRecord } from '../policy/records.ts';
import { NAMELESS } from './dead-letters.ts';
import { readUser } from './records.ts';
import { integer, optionalInteger, text } from './rows.ts';
import type { Row } from './rows.ts';

/** A row of the users, in the form that the rules use. */
export function keptOf(row: Row | undefined): KeptRecord | undefined {
  return row === undefined
    ? undefined
    : {
        user: readUser(text(row, 'fields')),
        readAt: integer(row, 'read_at'),
        askedAt: askedAtOf(row),
        finishedAt: optionalInteger(row, 'finished_at'),
      };
}

function askedAtOf(row: Row): Noted['askedAt'] {
  const askedAt: Partial<Record<UserLookup, number>> = {};
  for (const lookup of USER_LOOKUPS) {
    const at = optionalInteger(row, `${lookup}_asked_at`);
    if (at !== undefined) askedAt[lookup] = at;
  }
  return askedAt;
}

export function isNameless(listed: ListedUser): boolean {
  return listed.kind === 'unreadable' && listed.id === undefined;
}

/** An entry without an id is known by its fault, since it has no other name. */
export function subjectOf(listed: ListedUser): string {
  if (listed.kind === 'user') return listed.user.id;
  return listed.id ?? `${NAMELESS}${createHash('sha256').update(listed.reason).digest('hex').slice(0, 12)}`;
}
