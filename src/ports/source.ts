/**
 * The questions that the job asks of an Okta org. Instants are Unix milliseconds on Okta's clock unless a name says
 * otherwise.
 */
import type { Mark } from './inventory.ts';
import type {
  Answer,
  GroupsPage,
  ListedUser,
  Lookup,
  OrgIdentity,
  Role,
  User,
  UserAnswers,
  UserLookup,
} from './org.ts';

/**
 * The Okta org. A listing ends only when it is complete; one that fails throws, and the pages before that are only a
 * part. A lookup that fails in a way that a run can go on with is `Unknown`; anything that must end the run is thrown
 * (`OktaAuthError`, `OktaRateLimitError`; by the lists of users `OktaResponseError` too).
 */
export interface Source {
  identify(): Promise<OrgIdentity>;
  /**
   * `onLost` is called when the deactivated users could not be listed: they are the part of the list that may be
   * missing. `wanted`: the caller stops after so many users; absent: it wants all of them.
   */
  listUsers(onLost?: (error: unknown) => void, wanted?: number): AsyncIterable<readonly ListedUser[]>;
  /**
   * Users whose record has changed since then, deactivated ones included. Sign-ins, factors, roles and groups do not
   * change the record.
   */
  listChangedUsers(since: number): AsyncIterable<readonly ListedUser[]>;
  listDeprovisioned(): AsyncIterable<readonly ListedUser[]>;
  /**
   * Reads the selection, where the source does that no earlier than needed. A run that reads more than what is marked
   * begins with it. Absent: nothing is to be read. Throws what must end the run.
   */
  readSelection?(): Promise<void>;
  /** Is the user with this record selected? Says no where that is not known yet. */
  isSelected(user: User): Promise<boolean>;
  /** The setting that leaves this user out, for a user who is read alone; absent or `undefined`: no setting does. */
  leftOutBy?(user: User): Promise<string | undefined>;
  /** Did this run list the user without the user being selected? Absent: every user is selected. */
  wasLeftOut?(userId: string): boolean;
  /** How many users the selection's groups have; absent or `undefined`: not known before the users are listed. */
  usersSelected?(): number | undefined;
  /** Finds a user by id or login; `undefined` when there is none. */
  getUser(idOrLogin: string): Promise<ListedUser | undefined>;
  listGroups(): AsyncIterable<GroupsPage>;
  /** Those groups alone, at most 100 of them. Okta's search may leave out one that is new. */
  searchGroups(ids: readonly string[]): AsyncIterable<GroupsPage>;
  /** Groups whose profile or members changed since then. */
  listChangedGroups(since: number): AsyncIterable<GroupsPage>;
  /** `undefined` when there is none. */
  getGroup(groupId: string): Promise<GroupsPage | undefined>;
  /**
   * The System Log from a stored next link, or from an instant on, page by page up to now. Entries only say what must
   * be read again.
   */
  pollLog(from: LogCursor): AsyncIterable<LogPage>;
  /** Names the events that the log is asked for. A stored link goes on asking for those of the version that opened it. */
  readonly logFilter: string;
  /** Does a link that was stored under this name tell of all that can be told, so that it is gone on with? */
  isLogFilter(name: string | undefined): boolean;
  /** Ids of a group's members, page by page. */
  listMembers(groupId: string): AsyncIterable<readonly string[]>;
  /**
   * Ids of users who hold a role, page by page. It is unknown whether users who hold roles only through groups are
   * among them.
   */
  listAssignees(): AsyncIterable<readonly string[]>;
  /** One lookup about one user. */
  ask<L extends UserLookup>(lookup: L, userId: string): Promise<Answer<UserAnswers[L]>>;
  getGroupRoles(groupId: string): Promise<Answer<readonly Role[]>>;
  /**
   * Lookups that Okta refuses to this credential: it refused five in a row, or refused them in an earlier run and has
   * not allowed them since.
   */
  refusedLookups(): ReadonlySet<Lookup>;
}

/** Where to go on reading the System Log: at its own next link, or at an instant where there is no link yet. */
export type LogCursor =
  { readonly next: string; readonly filter?: string | undefined } | { readonly since: number };

/** An entry of the System Log that says who came to an application or a group, or left it. */
export type AssignmentEvent = {
  /** `other`: neither came nor left, but something about the assignment has changed. */
  readonly change: 'add' | 'remove' | 'other';
  /** When Okta published it. */
  readonly at: number;
} & (
  | { readonly kind: 'app-user'; readonly appId: string; readonly userId: string }
  | { readonly kind: 'app-group'; readonly appId: string; readonly groupId: string }
  | { readonly kind: 'membership'; readonly groupId: string; readonly userId: string }
);

/** An entry of the System Log that asks for something to be read again. */
export interface ToldEvent {
  readonly type: string;
  /** The same entry has the same id, however often and by whichever way it comes. */
  readonly uuid: string | undefined;
  /** When Okta published it. */
  readonly publishedAt: number | undefined;
  /** Does Okta offer this type for event hooks? */
  readonly isHookable: boolean;
  readonly marks: readonly Mark[];
}

export interface LogPage {
  readonly marks: readonly Mark[];
  /** The entries that left these marks; absent where nobody asks for them. */
  readonly events?: readonly ToldEvent[];
  /** Entries that may explain each other; absent where nothing of applications is read. */
  readonly assignments?: readonly AssignmentEvent[];
  /** The number of entries of which not even the type can be read. */
  readonly unreadable: number;
  /** The types of entries that name nobody, though something about somebody has changed. Their marks are of the org. */
  readonly nameless: readonly string[];
  /** The link to go on from; never made by hand. */
  readonly next: string;
  /** False where the log was just opened without our filter, which Okta did not take: from then on it gives every event. */
  readonly isFiltered: boolean;
}

/** Parts of the org's limits, where Okta's answers look like this credential's own share of them. */
export interface OrgShare {
  /** The part that Okta shows as the limit. */
  readonly shown: number;
  /** The part that we spend at most. */
  readonly spent: number;
}

/** The calls that a run has made so far: every request that left, retries included. */
export interface CallCount {
  /** By endpoint, the path with `{id}` for ids. */
  readonly calls: ReadonlyMap<string, number>;
  readonly rateLimited: number;
  /** The same by bucket; `concurrency` is the org's limit of calls at once. */
  readonly rateLimitedIn?: ReadonlyMap<string, number>;
  /** How long calls had to wait because a bucket was spent. */
  readonly waitedMs: number;
  /** The same by bucket; buckets are waited for at the same time. */
  readonly waitedInMs?: ReadonlyMap<string, number>;
  readonly orgShare?: OrgShare | undefined;
  /** Scopes that Okta has not granted to the credential; questions that need them are not asked. */
  readonly missingScopes?: readonly string[];
  /** True once Okta has given the credential an answer that it gives no one else. */
  readonly isCredentialAccepted?: boolean;
  /** Since when Okta has answered nothing, not even an error. Unix milliseconds; absent while it answers. */
  readonly silentSince?: number | undefined;
}

/** The part of one rate-limit bucket that we may spend. */
export interface Budget {
  readonly bucket: string;
  /** Calls a window, as Okta shows them: the org's, or the credential's own share. */
  readonly limit: number;
  /** Our part of these calls, by the configured share or a lower ceiling that Okta's answers have shown. */
  readonly allowance: number;
  /** Our calls that are left in the present window. */
  readonly left: number;
  readonly windowMs: number;
  /** True once an answer of Okta has shown the limit; before that it is a guess. */
  readonly isLearnt: boolean;
}
