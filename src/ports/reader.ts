/** What is kept beside the facts: where runs stand, what was refused, and all that can be told of one user. */
import type { AssetRef } from './asset.ts';
import type { GapReason, Lookup, UserFacets } from './org.ts';

/**
 * Where runs stand. `full_started`: start stamp of a full run under way; `full_alive`: when it last went on;
 * `full_ended`: when the last one ended; `full_runs`: how many ended; `full_due`, `full_why`: since when one is needed
 * out of turn; `run_ended`: when the last run of either kind ended; `users_cursor`, `groups_cursor`: changes since then
 * were read; `polled`: when changes were last asked for; `log_next`: the System Log's next link; `log_read`: when the log
 * last gave a page; `log_since`: where to open it while it has no next link; `resent`: when everything was last sent;
 * `resend`: since when everything is to be sent again, until all of it is in the outbox;
 * `evaluated`: start stamp of the newest full run, the day on which risk is judged; `redaction`: what is not kept of
 * users; `refusing_group`: the id of a group that would not list its members in the last full run;
 * `administrators_hidden`: the built-in group of administrators did not; `mapping`, `reading`, `keeping`: the settings
 * that decided events, lookups and what is kept of a record.
 */
export type StampName =
  | 'full_started'
  | 'full_ended'
  | 'full_runs'
  | 'run_ended'
  | 'users_cursor'
  | 'groups_cursor'
  | 'full_alive'
  | 'full_due'
  | 'full_why'
  | 'log_next'
  | 'log_read'
  | 'log_since'
  | 'polled'
  | 'resent'
  | 'resend'
  | 'evaluated'
  | 'redaction'
  | 'refusing_group'
  | 'administrators_hidden'
  | 'mapping'
  | 'reading'
  | 'keeping';
/** `undefined` forgets a stamp. */
export type Stamps = Partial<Record<StampName, string | number | undefined>>;

/** By lookup; `users`: known users whose own record could not be read, so that they stay as they were. */
export type GapCounts = Partial<Record<Lookup | 'users', Partial<Record<GapReason, number>>>>;

/**
 * Trouble that stands in the inventory, whichever run met it. Gaps are those of the newest event of each user, counted in
 * users; of `group-roles` they are groups whose roles are unknown.
 */
export interface Standing {
  readonly gaps: GapCounts;
  readonly deadLetters: number;
}

/** An event refused for what it is: one an asset, the newest. */
export interface DeadLetter {
  readonly asset: AssetRef;
  readonly login: string | undefined;
  /** `sink`: the sink said so; `mapping`: no event could be made for it. */
  readonly refusedBy: 'mapping' | 'sink';
  /** The name of that sink. */
  readonly sink: string;
  readonly reasons: readonly string[];
  /** The event as JSON text, where there is one. */
  readonly body: string | undefined;
  readonly firstAt: number;
  readonly lastAt: number;
  readonly times: number;
}

/** What became of the dead letters that were offered again. */
export interface Replayed {
  /** In the outbox again, as they were. */
  readonly offered: number;
  /** No event was made of these users: the next run reads and maps them again. */
  readonly marked: number;
  /** A newer event of the user waits already. */
  readonly overtaken: number;
  /** Okta's record has no id to ask for. */
  readonly nameless: number;
}

/** When a question was last asked, and why that brought nothing. */
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
  /** It has left, or may have left, this machine. */
  readonly isAttempted: boolean;
}

export interface KnownUser {
  readonly facets: UserFacets;
  /** From the members of groups, or from the user's own list. */
  readonly groupsWay: 'by-membership' | 'own-list' | undefined;
  readonly asked: Readonly<Record<'groups' | 'factors' | 'roles', LastAsked>>;
  /** Questions that the next run asks again, each with the cause. */
  readonly marks: readonly { readonly question: string; readonly cause: string }[];
  /** The newest event on its way. */
  readonly waiting: WaitingEvent | undefined;
  /** Of the last confirmed event only its hashes are kept. */
  readonly delivered: EventHashes | undefined;
  readonly refused: DeadLetter | undefined;
}

/** The inventory as it is kept, as one sink sees it, without the writer's lock: a worker may write meanwhile. */
export interface InventoryReader {
  /** By asset. */
  deadLetters(): AsyncIterable<DeadLetter>;
  stamp(name: StampName): Promise<string | undefined>;
  /** Of the org that the inventory is bound to; at once, since settings wait for nothing. */
  orgHost(): string | undefined;
  /** What stands now, of these lookups. */
  standing(
    lookups: ReadonlySet<Lookup>,
    isStillGood: (readAt: number, askedAt: number) => boolean,
  ): Promise<Standing>;
  /** All that is known of a user; `isStillGood`: may a last known answer stand in for a failed lookup? */
  facets(
    userId: string,
    isStillGood: (readAt: number, askedAt: number) => boolean,
  ): Promise<UserFacets | undefined>;
  /** By id or login, with how it was read and what was sent. */
  user(
    idOrLogin: string,
    isStillGood: (readAt: number, askedAt: number) => boolean,
  ): Promise<KnownUser | undefined>;
  /** Everyone known, by id. */
  users(isStillGood: (readAt: number, askedAt: number) => boolean): AsyncIterable<KnownUser>;
  close(): void;
}
