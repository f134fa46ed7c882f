/**
 * The job's contracts: what the source, the inventory, the event maker, the outbox and the sink promise each other.
 * Instants are Unix milliseconds on Okta's clock unless a name says otherwise.
 */
import type { ConnectorError } from './errors.ts';
import type { Mark } from './inventory-ports.ts';
import type {
  Lookup,
  GapReason,
  Answer,
  Group,
  Role,
  Factor,
  HeldRoles,
  UserFacets,
  OrgIdentity,
  GroupsPage,
  ListedUser,
  User,
} from './org.ts';

export * from './org.ts';

// ---------------------------------------------------------------- source

/**
 * The Okta org. Listings end only when complete; a listing that fails throws, and what it gave before is a part.
 * A lookup that fails with something a run can live with is an `Unknown`; what must end the run is thrown
 * (`OktaAuthError`, `OktaRateLimitError`; of the lists of users `OktaResponseError` too).
 */
export interface Source {
  identify(): Promise<OrgIdentity>;
  /** `onLost`: called when the part of the list that may be missing, the deactivated users, could not be listed. */
  listUsers(onLost?: (error: unknown) => void): AsyncIterable<readonly ListedUser[]>;
  /** Users whose record changed since then; deactivated ones too. Not by sign-ins, factors, roles or groups. */
  listChangedUsers(since: number): AsyncIterable<readonly ListedUser[]>;
  listDeprovisioned(): AsyncIterable<readonly ListedUser[]>;
  /** Is a user whose record is this one of the selection? Where that cannot be told yet: no. */
  isSelected(user: User): Promise<boolean>;
  /** The setting that leaves this user out, asked for a user read alone; absent or `undefined`: none does. */
  leftOutBy?(user: User): Promise<string | undefined>;
  /** Was the user listed by this run, but not of the selection? Absent: all are. */
  wasLeftOut?(userId: string): boolean;
  /** How many users the selection's groups hold; `undefined` or absent: not known before they are listed. */
  usersSelected?(): number | undefined;
  /** By id or login; `undefined` when there is none. */
  getUser(idOrLogin: string): Promise<ListedUser | undefined>;
  listGroups(): AsyncIterable<GroupsPage>;
  /** Groups whose profile or members changed since then. */
  listChangedGroups(since: number): AsyncIterable<GroupsPage>;
  /** `undefined` when there is none. */
  getGroup(groupId: string): Promise<GroupsPage | undefined>;
  /**
   * The System Log from a stored next link, or from an instant, page by page to what there is now. What an entry says
   * is only what to read again.
   */
  pollLog(from: LogCursor): AsyncIterable<LogPage>;
  /** Ids of a group's members, by page. */
  listMembers(groupId: string): AsyncIterable<readonly string[]>;
  /** Ids of users with a role assignment, by page; whether those with roles only through groups are named is unknown. */
  listAssignees(): AsyncIterable<readonly string[]>;
  getGroups(userId: string): Promise<Answer<readonly Group[]>>;
  getGroupRoles(groupId: string): Promise<Answer<readonly Role[]>>;
  getFactors(userId: string): Promise<Answer<readonly Factor[]>>;
  getRoles(userId: string): Promise<Answer<HeldRoles>>;
  /** Lookups refused for this credential: by five refusals in a row, or in an earlier run and not allowed since. */
  refusedLookups(): ReadonlySet<Lookup>;
}

/** Where to read the System Log on: its own next link, or an instant where there is none yet. */
export type LogCursor = { readonly next: string } | { readonly since: number };

export interface LogPage {
  readonly marks: readonly Mark[];
  /** Reads on from here; never made by hand. */
  readonly next: string;
}

/** What a run has asked of Okta so far: every request that left, retries included. */
export interface CallCount {
  /** By endpoint, the path with `{id}` for ids. */
  readonly calls: ReadonlyMap<string, number>;
  readonly rateLimited: number;
  /** Time that calls were held back because a bucket was spent. */
  readonly waitedMs: number;
  /** Scopes that are not granted to the credential: what they allow was not asked. */
  readonly missingScopes?: readonly string[];
}

/** What one rate-limit bucket lets us spend. */
export interface Budget {
  readonly bucket: string;
  /** Calls a window as Okta shows them: the org's, or the credential's own part of those. */
  readonly limit: number;
  /** Of these ours, by the configured share or a lower ceiling that Okta has taught. */
  readonly allowance: number;
  /** Of that not spent in the present window. */
  readonly left: number;
  readonly windowMs: number;
  /** Told by an answer; before the first one it is a guess. */
  readonly isLearnt: boolean;
}

// ---------------------------------------------------------------- events

/** An event that may leave. */
export interface MadeEvent {
  readonly kind: 'event';
  /** The event as JSON text, but for what `StampEvent` adds. */
  readonly body: string;
  /** Hash of what decides "changed"; two events with one hash say the same. */
  readonly hash: string;
  /** The same without the last sign-in, which alone makes no event between full runs. */
  readonly hashWithoutSignIn: string;
  /** Facets that stayed unknown in this event. */
  readonly gaps: ReadonlyMap<Lookup, GapReason>;
}

/** What became of a user's facets: an event, or the reasons why there is none. */
export type Made =
  | MadeEvent
  | {
      readonly kind: 'dead-letter';
      readonly reasons: readonly string[];
      readonly gaps: ReadonlyMap<Lookup, GapReason>;
    };

/** Normalises and validates: a pure function, the same facets always give the same event. Never throws. */
export type MakeEvent = (facets: UserFacets) => Made;

/** What an event is given when it enters the outbox, and keeps over re-sends. */
export interface EventStamp {
  readonly uid: string;
  readonly runId: string;
  /** When it entered. */
  readonly loggedAt: number;
}

/** Puts the stamp into a made event's body, where the dialect has a place for it. Pure. */
export type StampEvent = (body: string, stamp: EventStamp) => string;

// ---------------------------------------------------------------- outbox and sink

export interface OutboxEvent {
  readonly sequence: number;
  readonly userId: string;
  /** The event as JSON text. */
  readonly body: string;
}

export interface BatchLimits {
  readonly count: number;
  /** Of the whole request body, in bytes. */
  readonly bytes: number;
}

/**
 * Events not yet confirmed. For each user at most one event in flight and one waiting. One batch is in flight at a
 * time: `take` marks its events as attempted before they leave, and gives those of unknown fate first.
 */
export interface Outbox {
  /**
   * The oldest events, at most one a user, within the limits (a single larger event is given alone), marked as
   * attempted in the same transaction. Empty when nothing waits.
   */
  take(limits: BatchLimits): Promise<readonly OutboxEvent[]>;
  /** The intake has them: removed, and each user's delivered hash set, in one transaction. */
  confirm(sequences: readonly number[]): Promise<void>;
  /** The intake refused this event for what it is: becomes a dead letter, remembered by its hash. */
  refuse(sequence: number, reason: string): Promise<void>;
  /** Surely not taken from us: waiting again, as if never attempted. What an earlier process attempted stays unsettled. */
  release(sequences: readonly number[]): Promise<void>;
  pending(): Promise<number>;
}

/** What the intake said about a batch. `refused` and `too-large` mean that it kept nothing of it. */
export type Receipt =
  | { readonly kind: 'accepted' }
  | { readonly kind: 'refused'; readonly reason: string }
  | { readonly kind: 'too-large'; readonly reason: string };

/** Where events go. */
export interface Sink {
  /**
   * Pushes one batch, each body a JSON text, once. Throws `IntakeAuthError` (stop), or `IntakeUnavailableError`
   * (again later; its fate is unknown; `waitMs` is the intake's own wish).
   */
  push(bodies: readonly string[], signal?: AbortSignal): Promise<Receipt>;
}

/** Running counts of a delivery. */
export interface DeliveryTotals {
  /** Batches sent, parts of a refused one included, and how many of them were sent again. */
  readonly batches: number;
  readonly retries: number;
  /** Events that the intake confirmed. */
  readonly accepted: number;
  /** Events that became dead letters. */
  readonly refused: number;
  /** Why delivery ended before the outbox was empty; not set when it was only told to stop. */
  readonly error: ConnectorError | undefined;
}

/** Drains the outbox into the sink while reading goes on. Nothing here throws or rejects. */
export interface Delivery {
  /** Sends at once what earlier runs left, then full batches as events come. */
  start(): void;
  /** Events were saved. Returns at once. */
  wake(): void;
  /**
   * Nothing more will be saved: sends all that waits, for `deadlineMs` at most, then lets go. Afterwards this delivery
   * never touches the outbox again.
   */
  finish(options?: { readonly deadlineMs?: number | undefined }): Promise<DeliveryTotals>;
  totals(): DeliveryTotals;
}

// ---------------------------------------------------------------- the world

export interface Clock {
  /** Unix milliseconds of this machine. */
  now(): number;
  /** Resolves early, without throwing, when the signal fires. */
  sleep(ms: number, signal?: AbortSignal): Promise<void>;
}
