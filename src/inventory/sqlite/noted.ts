import { GROUPS_WAYS } from '../../ports/inventory.ts';
import type { Noted } from '../../ports/inventory.ts';
import { USER_LOOKUPS, type UserLookup } from '../../ports/org.ts';
import type { KeptRecord } from '../policy/records.ts';
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
        groupsWay: GROUPS_WAYS.find((way) => way === row['known_groups_way']),
        areFactorsDue: row['factors_due'] !== null,
        isNoHolder: row['is_no_holder'] === 1,
        holdsOwnRoles: row['holds_own_roles'] === 1,
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
