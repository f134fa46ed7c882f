/** The inventory as it is read: the state of runs, dead letters, and all that is known of one user. */
import type { AssetRef } from './asset.ts';
import type { Asset } from './assets.ts';
import type { GapReason, Lookup, UserFacets, UserLookup } from './org.ts';
import type { PostureHistory } from './posture.ts';
import type { GapCounts } from './report.ts';
import type { RunHistory } from './run-history.ts';
import type { RunState } from './run-state.ts';

/**
 * The gaps and dead letters that are in the inventory now, whichever run caused them. Gaps are those of each user's
 * newest event, counted in users; those of `group-roles` are groups whose roles are unknown.
 */
export interface Standing {
  readonly gaps: GapCounts;
  readonly deadLetters: number;
}

/** The newest event of an asset that was refused for what it is. */
export interface DeadLetter {
  readonly asset: AssetRef;
  readonly login: string | undefined;
  /** `sink`: the sink refused the event; `mapping`: no valid event could be made. */
  readonly refusedBy: 'mapping' | 'sink';
  /** The name of the sink that the event was for. */
  readonly sink: string;
  readonly reasons: readonly string[];
  /** The event as JSON text, where there is one. */
  readonly body: string | undefined;
  readonly firstAt: number;
  readonly lastAt: number;
  readonly times: number;
}

/** The results of offering dead letters again. */
export interface Replayed {
  /** Events that are back in the outbox, unchanged. */
  readonly offered: number;
  /** Users and devices that have no event: the next run reads the users again, and maps both. */
  readonly marked: number;
  /** Dead letters that stay, because a newer event of the user waits already. */
  readonly overtaken: number;
  /** Dead letters that stay, because Okta's record has no id to ask for. */
  readonly nameless: number;
}

/** When a question was last asked, and why it brought no answer, if so. */
export interface LastAsked {
  readonly at: number | undefined;
  readonly gap: GapReason | undefined;
}

export interface EventHashes {
  readonly hash: string;
  readonly hashWithoutSignIn: string;
}

/** An event that the sink has not confirmed. */
export interface WaitingEvent extends EventHashes {
  /** As JSON text. */
  readonly body: string;
  /** The event has left this machine, or may have left it. */
  readonly isAttempted: boolean;
}

export const GROUPS_WAYS = ['by-membership', 'own-list'] as const;
export type KnownGroupsWay = (typeof GROUPS_WAYS)[number];

export interface KnownUser {
  readonly facets: UserFacets;
  /** The way in which the user's groups are known: from the members of groups, or from the user's own list. */
  readonly groupsWay: KnownGroupsWay | undefined;
  readonly asked: Readonly<Record<UserLookup, LastAsked>>;
  /** Questions that the next run asks again, each with its cause. */
  readonly marks: readonly { readonly question: string; readonly cause: string }[];
  /** The newest event that the sink has not confirmed. */
  readonly waiting: WaitingEvent | undefined;
  /** The hashes of the last confirmed event; the event itself is not stored. */
  readonly delivered: EventHashes | undefined;
  readonly refused: DeadLetter | undefined;
}

/** Messages to people that no receiver has confirmed yet. */
export interface WaitingNotices {
  readonly count: number;
  /** Since when the receiver takes none, in Unix milliseconds, and why in words of ours; absent while it does. */
  readonly failingSince?: number;
  readonly what?: string;
}

/** A rule of alerts that has open rows, and since when the oldest of them is open. */
export interface OpenAlert {
  readonly id: string;
  readonly open: number;
  readonly unconfirmed: number;
  readonly since: number;
}

/** By lookup: when the answer that was asked for longest ago was asked for. Only answers of single calls count. */
export type OldestAnswers = Partial<Readonly<Record<Lookup, number>>>;

/** Reads the inventory as its sinks see it. Takes no lock: a worker may write at the same time. */
export interface InventoryReader {
  /** All dead letters, in the order of their assets. */
  deadLetters(): AsyncIterable<DeadLetter>;
  runState(): Promise<RunState>;
  /** Events that the sink has not confirmed, and when the oldest of them entered the outbox. */
  waiting(): Promise<{ readonly events: number; readonly oldestAt: number | undefined }>;
  /** Events that are dead letters, and when the oldest of these became one. */
  refused(): Promise<{ readonly events: number; readonly oldestAt: number | undefined }>;
  oldestAnswers(): Promise<OldestAnswers>;
  notices(): Promise<WaitingNotices>;
  openAlerts(): Promise<readonly OpenAlert[]>;
  /** The memory of runs, and how the posture was over time. */
  readonly history: RunHistory;
  readonly posture: PostureHistory;
  /** The host of the org that the inventory is bound to. Synchronous, because settings are loaded synchronously. */
  orgHost(): string | undefined;
  /** The gaps and dead letters that stand now, of these lookups. */
  standing(
    lookups: ReadonlySet<Lookup>,
    assets: ReadonlySet<Asset>,
    isStillGood: (readAt: number, askedAt: number) => boolean,
  ): Promise<Standing>;
  /** All that is known of a user. `isStillGood`: may a last known answer stand in for a failed lookup? */
  facets(
    userId: string,
    isStillGood: (readAt: number, askedAt: number) => boolean,
  ): Promise<UserFacets | undefined>;
  /** A user by id or login, with how each answer was read and which events were sent. */
  user(
    idOrLogin: string,
    isStillGood: (readAt: number, askedAt: number) => boolean,
  ): Promise<KnownUser | undefined>;
  /** All known users, by id. */
  users(isStillGood: (readAt: number, askedAt: number) => boolean): AsyncIterable<KnownUser>;
  close(): void;
}
