import { createHash } from 'node:crypto';
import { parseStamp } from '../../enrich/stamps.ts';
import type { Noted, Reading } from '../../ports/inventory.ts';
import type { ListedUser, User } from '../../ports/org.ts';
import { NAMELESS } from './dead-letters.ts';
import { readUser } from './records.ts';
import { integer, optionalInteger, text } from './rows.ts';
import type { Row } from './rows.ts';

/** A listed user beside the row kept of it; where nobody is listed, the row by itself. */
export function notedOf(listed: ListedUser | undefined, row: Row | undefined): Noted {
  if (row === undefined) {
    return { listed: listed ?? nobody, ...STRANGER };
  }
  const kept = readUser(text(row, 'fields'));
  const own: ListedUser = { kind: 'user', user: kept, readAt: integer(row, 'read_at') };
  const isOld = listed?.kind === 'user' && isOvertaken(listed, kept, row);
  const news = listed?.kind === 'user' && !isOld ? listed.user : undefined;
  return {
    listed: isOld ? own : (listed ?? own),
    isKnown: true,
    hasMoved: news !== undefined && !isSameRecord(news, kept),
    hasCrossedDeactivation: news !== undefined && isDeactivated(news) !== isDeactivated(kept),
    askedAt: askedAtOf(row),
    finishedAt: optionalInteger(row, 'finished_at'),
  };
}

function askedAtOf(row: Row): Noted['askedAt'] {
  const [groups, factors, roles] = ['groups', 'factors', 'roles'].map((name) =>
    optionalInteger(row, `${name}_asked_at`),
  );
  return {
    ...(groups === undefined ? {} : { groups }),
    ...(factors === undefined ? {} : { factors }),
    ...(roles === undefined ? {} : { roles }),
  };
}

/**
 * The kept record is a newer one: by Okta's stamp, since a search may show an older record than one just read; else by
 * when it was read. Older by much more is a clock that was set back, no race.
 */
export function isOvertaken(
  { user, readAt }: Pick<Reading, 'user' | 'readAt'>,
  kept: User,
  row: Row,
): boolean {
  const [stamp, keptStamp] = [parseStamp(user.lastUpdated ?? ''), parseStamp(kept.lastUpdated ?? '')];
  if (stamp !== undefined && keptStamp !== undefined && stamp !== keptStamp) return stamp < keptStamp;
  const lateBy = integer(row, 'read_at') - readAt;
  return lateBy > 0 && lateBy < LATEST_PAGE_MS;
}

/** A sign-in moves no stamp of Okta's and alone makes no event between full runs. */
function isSameRecord(left: User, right: User): boolean {
  const text = (user: User): string => JSON.stringify({ ...user, lastLogin: undefined });
  return text(left) === text(right);
}

function isDeactivated(user: User): boolean {
  return user.status === 'DEPROVISIONED';
}

/** A page read ahead waits for those before it, and for a poll between the two. */
const LATEST_PAGE_MS = 60 * 60_000;

const STRANGER = {
  isKnown: false,
  hasMoved: true,
  hasCrossedDeactivation: false,
  askedAt: {},
  finishedAt: undefined,
} as const;
const nobody: ListedUser = { kind: 'unreadable', id: undefined, reason: 'nobody was listed' };

export function isNameless(listed: ListedUser): boolean {
  return listed.kind === 'unreadable' && listed.id === undefined;
}

/** An entry without an id is told apart by what is wrong with it: there is nothing else to name it by. */
export function subjectOf(listed: ListedUser): string {
  if (listed.kind === 'user') return listed.user.id;
  return listed.id ?? `${NAMELESS}${createHash('sha256').update(listed.reason).digest('hex').slice(0, 12)}`;
}
