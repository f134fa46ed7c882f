/** Compares a user's record with the stored one: which one is newer, and what the newer one changes. */
import { parseStamp } from '../../enrich/stamps.ts';
import type { Noted } from '../../ports/inventory.ts';
import type { ListedUser, User } from '../../ports/org.ts';

/** The part of a stored user that another record can change. Instants are Unix milliseconds on Okta's clock. */
export interface KeptRecord {
  readonly user: User;
  readonly readAt: number;
  readonly askedAt: Noted['askedAt'];
  readonly groupsWay: Noted['groupsWay'];
  readonly areFactorsDue: boolean;
  readonly isNoHolder: boolean;
  readonly holdsOwnRoles: boolean;
  readonly finishedAt: number | undefined;
}

interface ReadRecord {
  readonly user: User;
  readonly readAt: number;
}

/** A page that was read ahead waits for the pages before it, and for a poll in between, but no longer than this. */
const LATEST_PAGE_MS = 60 * 60_000;

const STRANGER = {
  isKnown: false,
  hasMoved: true,
  hasCrossedDeactivation: false,
  askedAt: {},
  groupsWay: undefined,
  areFactorsDue: false,
  isNoHolder: false,
  holdsOwnRoles: false,
  finishedAt: undefined,
} as const;
const nobody: ListedUser = { kind: 'unreadable', id: undefined, reason: 'nobody was listed' };

/** A listed user together with what is stored; with nobody listed, the stored user alone. */
export function notedOf(listed: ListedUser | undefined, kept: KeptRecord | undefined): Noted {
  if (kept === undefined) return { listed: listed ?? nobody, ...STRANGER };
  const own: ListedUser = { kind: 'user', user: kept.user, readAt: kept.readAt };
  const isOld = listed?.kind === 'user' && isOvertaken(listed, kept);
  const news = listed?.kind === 'user' && !isOld ? listed.user : undefined;
  return {
    listed: isOld ? own : (listed ?? own),
    isKnown: true,
    hasMoved: news !== undefined && !isSameRecord(news, kept.user),
    hasCrossedDeactivation: news !== undefined && isDeactivated(news) !== isDeactivated(kept.user),
    askedAt: kept.askedAt,
    groupsWay: kept.groupsWay,
    areFactorsDue: kept.areFactorsDue,
    isNoHolder: kept.isNoHolder,
    holdsOwnRoles: kept.holdsOwnRoles,
    finishedAt: kept.finishedAt,
  };
}

/**
 * Is the stored record the newer one? Okta's stamp decides, since a search may show an older record than one that was
 * just read; else the time of reading decides. If the record is older by much more than pages wait, a clock was set
 * back.
 */
export function isOvertaken({ user, readAt }: ReadRecord, kept: ReadRecord): boolean {
  const [stamp, keptStamp] = [parseStamp(user.lastUpdated ?? ''), parseStamp(kept.user.lastUpdated ?? '')];
  if (stamp !== undefined && keptStamp !== undefined && stamp !== keptStamp) return stamp < keptStamp;
  const lateBy = kept.readAt - readAt;
  return lateBy > 0 && lateBy < LATEST_PAGE_MS;
}

/** How a record that a full run lists changes what is stored of the user. */
export type ListedChange =
  /** Nothing is known of the user yet, or what is known is newer. */
  | { readonly kind: 'none' }
  /** Nothing more can be read of a record that makes no sense: what is known of the user stays. */
  | { readonly kind: 'finished' }
  | {
      readonly kind: 'record';
      readonly user: User;
      readonly readAt: number;
      /** Not the stored one: the event is made anew, and the run reads the user again. */
      readonly isOther: boolean;
      /** A user who was deactivated, or is active again, has other answers now: all are asked for again. */
      readonly hasOtherAnswers: boolean;
    };

export function listedChange(listed: ListedUser, kept: KeptRecord | undefined): ListedChange {
  if (listed.kind === 'unreadable') return { kind: 'finished' };
  if (kept === undefined || isOvertaken(listed, kept)) return { kind: 'none' };
  const { user, readAt } = listed;
  const hasOtherAnswers = isDeactivated(user) !== isDeactivated(kept.user);
  return { kind: 'record', user, readAt, isOther: isOtherRecord(user, kept), hasOtherAnswers };
}

/** Any difference counts, the last sign-in too: the event may say it. */
export function isOtherRecord(user: User, kept: Pick<KeptRecord, 'user'> | undefined): boolean {
  return kept !== undefined && JSON.stringify(user) !== JSON.stringify(kept.user);
}

/**
 * Does a saved record answer a mark that asks for it? Only when it was asked for by itself and is newer than the stored
 * one: a page of a long listing may have waited since before the mark.
 */
export function answersRecordMark(
  { readAt, listedAt }: { readonly readAt: number; readonly listedAt?: number },
  kept: ReadRecord | undefined,
): boolean {
  return listedAt === undefined && (kept === undefined || readAt > kept.readAt);
}

/** A sign-in moves none of Okta's stamps, and alone makes no event between full runs. */
function isSameRecord(left: User, right: User): boolean {
  const text = (user: User): string => JSON.stringify({ ...user, lastLogin: undefined });
  return text(left) === text(right);
}

function isDeactivated(user: User): boolean {
  return user.status === 'DEPROVISIONED';
}
