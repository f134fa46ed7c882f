/** What the job asks of an Okta org. Instants are Unix milliseconds on Okta's clock unless a name says otherwise. */
import type { Mark } from './inventory.ts';
import type {
  Answer,
  Factor,
  Group,
  GroupsPage,
  HeldRoles,
  ListedUser,
  Lookup,
  OrgIdentity,
  Role,
  User,
} from './org.ts';

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
