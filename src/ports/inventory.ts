/**
 * The inventory's contracts: everything known of the org, on disk, so that memory stays flat and nothing is lost under
 * `kill -9`. Each method is one unit of work: all of it is kept, or nothing.
 */
import { GAP_REASONS, USER_LOOKUPS } from './org.ts';
import type { AssetRef } from './asset.ts';
import type { EventKind, FactsOfKind } from './asset-facts.ts';
import type { Asset, AssetStore } from './assets.ts';
import type { KnownGroupsWay, Standing } from './reader.ts';
import type { GapCounts, Report, StaleCounts } from './report.ts';
import type { RunState, RunStateChange } from './run-state.ts';
import type {
  Lookup,
  GapReason,
  Answer,
  User,
  Group,
  SizedGroup,
  Role,
  HeldRoles,
  Facet,
  OrgIdentity,
  GroupsPage,
  ListedUser,
  PerUserLookup,
  UserLookup,
} from './org.ts';

export * from './reader.ts';
export * from './run-state.ts';

/**
 * The reason of the mark on users who are gone, but too many at once: nothing is sent about them until somebody accepts
 * that.
 */
export const TOO_MANY_GONE = 'too-many-gone';

/**
 * Why something is asked again. A gap's reason: the last attempt brought no answer. `changed`: the System Log reports a
 * change; `membership`: the user came to or left a group; `administrators`: the user is a role holder and not in the
 * built-in group, or the other way round; `role-holders`: roles of all holders may have changed; `group-roles`: those
 * of a group have, or may have; `admin-flag`: a group's flag contradicts its known roles; `size`: a group's size
 * contradicts its known members; `settings`: a setting needs what was spared before; `replay`: somebody asked for it.
 */
export const MARK_REASONS = [
  ...GAP_REASONS,
  'changed',
  'membership',
  'administrators',
  'role-holders',
  'group-roles',
  'admin-flag',
  'size',
  'settings',
  'replay',
  TOO_MANY_GONE,
] as const;
export type MarkReason = (typeof MARK_REASONS)[number];

interface Why {
  readonly reason: MarkReason;
  /** The type of the log event that brought it, for people to read. */
  readonly from?: string;
}

/** Something that must be read again: of a user, of a group, or of the whole org. */
export type Mark =
  | (Why & { readonly subject: 'user'; readonly id: string; readonly question: UserQuestion })
  | (Why & {
      readonly subject: 'group';
      readonly id: string;
      readonly question: GroupQuestion;
      /** The one user who came or went; absent: any member may have. */
      readonly member?: string;
    })
  | (Why & {
      readonly subject: 'org';
      readonly id: 'org';
      readonly question: OrgQuestion;
    })
  | (Why & {
      readonly subject: 'app';
      readonly id: string;
      readonly question: AppQuestion;
      /** Of `users`, the one user whose assignment has changed; absent: anybody's may have. */
      readonly member?: string;
    })
  | (Why & { readonly subject: 'device'; readonly id: string; readonly question: 'record' });
/** `presence`: is the user still there? Only Okta's answer about this one user settles that. */
export const USER_QUESTIONS = ['record', 'presence', ...USER_LOOKUPS] as const;
export type UserQuestion = (typeof USER_QUESTIONS)[number];
/**
 * Asks for the roles of all users who hold a role, or a custom role; or for everybody's factors, since a policy or an
 * authenticator has changed.
 */
export type OrgQuestion = 'role-holders' | 'custom-role-holders' | 'factors';
export type GroupQuestion = 'record' | 'members' | 'roles';
/** Of an application: its record, its users, and the groups that are assigned to it. */
export type AppQuestion = 'record' | 'users' | 'groups';

/** The answers that one call each brought. They are stored as they are. */
export type PerUserAnswers = Partial<Readonly<Record<PerUserLookup, Facet<unknown>>>>;

/** The answers that one run read about one user. A field that is absent was not asked for, and stays as it was. */
export interface Reading extends PerUserAnswers {
  readonly user: User;
  readonly readAt: number;
  /** The start stamp of the full run that listed the user. */
  readonly listedAt?: number;
  /** When the lookups began. */
  readonly askedAt: number;
  /** `by-membership`: the inventory knows the user's groups by the members of groups. */
  readonly groups?: Facet<readonly Group[]> | 'by-membership';
  /** `spared`: the roles of the user's groups decide, so that no call was needed. */
  readonly roles?: Facet<HeldRoles> | 'spared';
  /** This reading answers the marks up to this version; later marks stay. */
  readonly marksUpTo: number;
  /** Nothing is left to ask: the event is made in the same transaction. */
  readonly isComplete: boolean;
}

/** Which difference makes an event news: any (where nothing is asked for), any but the last sign-in, or none needed. */
export type NewsRule = 'every-difference' | 'but-sign-in' | 'none';

/**
 * The result for an asset's event: it entered the outbox, it is unchanged, or it was refused (now or when last
 * offered).
 */
export interface Saved {
  readonly asset: AssetRef;
  readonly outcome: 'emitted' | 'unchanged' | 'dead-lettered';
  /** Why the event is a dead letter; empty otherwise. */
  readonly reasons: readonly string[];
  /** Facets that are unknown in the event. */
  readonly gaps: ReadonlyMap<Lookup, GapReason>;
}

/** A listed user together with what the inventory knows of that user. */
export interface Noted {
  readonly listed: ListedUser;
  readonly isKnown: boolean;
  /** The record differs from the one kept; the last sign-in alone does not count. */
  readonly hasMoved: boolean;
  /** The user was deactivated, or is active again, so factors, roles and groups have changed. */
  readonly hasCrossedDeactivation: boolean;
  /** When each question was last asked, with or without an answer; a question that nobody wanted was not. */
  readonly askedAt: { readonly [L in UserLookup]?: number };
  /** How the user's groups are known; `undefined`: they are not, or the last attempt brought no answer. */
  readonly groupsWay: KnownGroupsWay | undefined;
  /** The user's groups have changed since the user was asked for factors. */
  readonly areFactorsDue: boolean;
  /** The org's list of role holders did not name the user when it was last read. */
  readonly isNoHolder: boolean;
  /** The user's known roles are not only those of groups. */
  readonly holdsOwnRoles: boolean;
  /** The start stamp of the full run that has finished reading the user. */
  readonly finishedAt: number | undefined;
}

export type RoleKind = 'any' | 'custom';

/** The knowledge of a group's roles. `some`: also where the last attempt to read them failed; `unknown`: no answer. */
export type KnownRoles = 'none' | 'some' | 'unknown';

/** An old answer about a user. */
export interface OldAnswer {
  readonly userId: string;
  readonly lookup: UserLookup;
}

/** Users or groups for which the last attempt brought no answer. Where Okta was unavailable, a mark says so instead. */
export interface Unanswered {
  /** Ids that were asked for before an instant, `most` of them: first those that an event lacks, then the oldest. */
  list(askedBefore: number, most: number): Promise<readonly string[]>;
  /** One id whose question was answered when last asked, long ago; `undefined`: there is none. */
  answered(): Promise<string | undefined>;
  has(id: string): Promise<boolean>;
}

/** So many users' factors are due since an instant. */
export interface DueCount {
  readonly since: number;
  readonly users: number;
}

/** Users, what was read of each, and the events made of it. Each method is one transaction. */
export interface UserStore {
  /** Forgets the last listing, so that a run counts and reads each user once. */
  startListing(): Promise<void>;
  /**
   * Those users of a page that this run has not listed before, with what is known of them. `listedAt`: the start stamp
   * of a full run.
   */
  note(page: readonly ListedUser[], listedAt: number | undefined): Promise<readonly Noted[]>;
  find(userId: string): Promise<Noted | undefined>;
  /** Adds to a user's record what is known of the user. */
  compare(listed: ListedUser): Promise<Noted>;
  /** Stores the answers and, when they are complete, the event made of them. */
  save(reading: Reading, newsRule?: NewsRule): Promise<Saved | undefined>;
  /**
   * Notes that Okta gave no usable answer about a known user's own record. The record stays as it was; the gap stands.
   */
  noteUnread(userId: string, reason: GapReason): Promise<void>;
  /** Makes a dead letter of a record that cannot be read. */
  saveUnreadable(listed: ListedUser & { kind: 'unreadable' }): Promise<void>;
  /**
   * Do the groups' roles alone make the user Admin, so that asking for the user's own roles changes nothing?
   * `groupIds`: the user's own list, where it was just read; absent: the groups that the inventory knows.
   */
  isAdminByGroups(userId: string, groupIds?: readonly string[]): Promise<boolean>;
  /**
   * Makes the events of up to `most` users whose facts have changed; empty when none is left. Others have their turn
   * between two calls, and before all users whom a change concerns are found.
   */
  evaluate(most: number, newsRule?: NewsRule): Promise<readonly Saved[]>;
  /** Lets `evaluate` make every user's event anew, and changes the run state in the same transaction. */
  needEvents(change?: RunStateChange): Promise<void>;
  /**
   * Marks users who were never asked for their roles, because a group's role made them Admin, but must be asked now
   * that a setting has changed.
   */
  markUnspared(): Promise<void>;
  /** Users whom the full run of this stamp has listed but not finished: a page at a time, by id. */
  unfinished(listedAt: number, afterId: string, most: number): Promise<readonly Noted[]>;
  /**
   * Known users whom the full run of this stamp has not listed since `startListing`, without those known as
   * DEPROVISIONED. Users whom only an earlier attempt of that run listed are among them.
   */
  unlisted(listedAt: number): Promise<readonly string[]>;
  /** Lets the full run of this stamp read again the users whose groups are known from the members of groups. */
  unfinishMembers(listedAt: number): Promise<void>;
  /** The number of known users: `MAX_REMOVALS` is a share of it. */
  count(): Promise<number>;
  /** The number of users known as DEPROVISIONED. */
  countDeactivated(): Promise<number>;
  /** Okta says that the user is gone: makes a last event that says so, then forgets the user. */
  remove(userId: string): Promise<void>;
  /** The user is not selected any more: forgets the user without an event. */
  forget(userId: string): Promise<void>;
  /**
   * Forgets dead letters of unreadable records that are older than `before`, that the listing since `startListing` did
   * not show, and that belong to no known user: Okta has mended or deleted them.
   */
  forgetUnlistedLetters(before: number): Promise<void>;
  /** Ids of users who hold a role themselves, or a custom one. */
  roleHolders(kind: RoleKind): Promise<readonly string[]>;
  /** Answers asked for before an instant, of one lookup or of all: the oldest first, at most `most`. */
  oldestAnswers(before: number, most: number, lookup?: OldAnswer['lookup']): Promise<readonly OldAnswer[]>;
  /** A user's known answer as a text that is the same for the same answer; `undefined`: none is known. */
  answerText(userId: string, lookup: OldAnswer['lookup']): Promise<string | undefined>;
  /**
   * Ids of up to `most` users whose groups have changed since they were asked for their factors: those who have waited
   * longest first.
   */
  factorsDue(most: number): Promise<readonly string[]>;
  /**
   * The number of those users, by the minute in which their groups were seen to have changed; `askedFrom`: without those
   * who were asked for factors before that instant.
   */
  countFactorsDue(askedFrom?: number): Promise<readonly DueCount[]>;
  /** The number of answers asked for before an instant by calls about single users, of one lookup or of all. */
  countAnswers(before: number, lookup?: OldAnswer['lookup']): Promise<number>;
  unanswered(lookup: OldAnswer['lookup']): Unanswered;
  /** Counts of the facets that are unknown, and of the last known answers used, in the events of this run. */
  gaps(): Promise<GapCounts>;
  stale(): Promise<StaleCounts>;
}

/** A listed group together with what the inventory knows of it. */
export interface NotedGroup {
  readonly group: SizedGroup;
  readonly isKnown: boolean;
  readonly membersReadAt: number | undefined;
  readonly roles: KnownRoles;
  /** When a call or a listing's admin flag last told about the roles. */
  readonly rolesAskedAt: number | undefined;
  /** Okta's stamp of the last membership change differs from the one at the last reading of members. */
  readonly hasMovedMembers: boolean;
}

/** A listing of a group's members. */
export interface MembersReading {
  /** When it began. */
  readonly readAt: number;
  /** The time when it ends. */
  readonly now: () => number;
  readonly changedAt: string | undefined;
  readonly marksUpTo: number;
}

export interface GroupStore {
  /**
   * Stores a page of groups. A new name or type makes the members' events anew; a flag that contradicts the known roles
   * marks the group, and so does a size that contradicts the known members. `listedAt`: the start stamp of a full run.
   */
  save(page: GroupsPage, listedAt: number | undefined): Promise<readonly NotedGroup[]>;
  find(groupId: string): Promise<NotedGroup | undefined>;
  /**
   * Stores that these groups hold no role, which is known without a lookup. An answer that was asked for after `readAt`
   * stays.
   */
  saveNoRoles(groupIds: readonly string[], readAt: number): Promise<void>;
  /**
   * Stores the answer, and whether the roles are known: by this answer, or by a last known one. Where they are others
   * than before, members whose own roles were asked for with them, or spared for them, are marked. An answer that came
   * so late that a newer one is stored (asked for after it, and not after `now`) changes nothing; where it differs, the
   * group is marked, since the newer one may be a flag's.
   */
  saveRoles(
    groupId: string,
    answer: Answer<readonly Role[]>,
    askedAt: number,
    marksUpTo: number,
    now?: number,
  ): Promise<'known' | 'unknown'>;
  /** Ids of known users who are in the group. */
  members(groupId: string): Promise<readonly string[]>;
  /**
   * Replaces a group's members once the listing is complete; when the listing throws, nothing changes. Newer answers
   * that came while it was read hold: a user's own list, or another reading of the members.
   */
  saveMembers(
    groupId: string,
    pages: AsyncIterable<readonly string[]>,
    reading: MembersReading,
  ): Promise<void>;
  /** Notes that the members' own lists brought all that the group's list of members would. */
  noteMembersRead(groupId: string, changedAt: string | undefined): Promise<void>;
  /**
   * Notes that every user's own list of groups was read since this listing, which is as good as all lists of members.
   */
  noteAllMembersRead(listedAt: number): Promise<void>;
  /** Ids of known groups that the full run of this stamp has not listed. */
  unlisted(listedAt: number): Promise<readonly string[]>;
  /** Forgets a group that was found to be gone at an instant, and makes its members' events anew. */
  remove(groupId: string, goneAt: number): Promise<void>;
  /** Groups that hold roles, or a custom one, and groups of which that is not known. */
  roleHolders(kind: RoleKind): Promise<readonly string[]>;
  /**
   * The members of each group that is known to hold roles, group by group. Deactivated users are left out, and so are
   * users who are not known.
   */
  membersWithRoles(): AsyncIterable<readonly string[]>;
  /** Groups whose question for roles has no answer. */
  unanswered(): Unanswered;
}

/** The events of assets beside users, and the facts that they are made of. */
export interface AssetEvents {
  /** Makes the events of up to `most` devices whose facts have changed; empty when none is left. */
  evaluate(most: number, newsRule?: NewsRule): Promise<readonly Saved[]>;
  /** Lets `evaluate` make every device's event anew. */
  needEvents(): Promise<void>;
  /** All that is known of each asset of a kind, by id. */
  facts<K extends EventKind>(kind: K): AsyncIterable<FactsOfKind[K]>;
}

export interface StoredMark {
  readonly mark: Mark;
  readonly version: number;
}

interface AnsweredOf<Subject, Question> {
  readonly subject: Subject;
  readonly id: string;
  /** `all`: the subject is gone, or no question is asked of it any more. */
  readonly questions: readonly Question[] | 'all';
  /** The result of `MarkStore.version` before the question was asked. Newer marks stay. */
  readonly marksUpTo: number;
  /** Settles only marks of earlier requests that failed. */
  readonly only?: 'failed';
}

/** Questions about one subject that were answered, or that need no answer any more. */
export type Answered =
  | AnsweredOf<'user', UserQuestion>
  | AnsweredOf<'group', GroupQuestion>
  | AnsweredOf<'org', OrgQuestion>
  | AnsweredOf<'app', AppQuestion>
  | AnsweredOf<'device', 'record'>;

export interface MarkFilter {
  readonly subject: Mark['subject'];
  readonly reason?: MarkReason;
}

/**
 * Marks say that something must be read again. A mark stays on disk until its question is answered. `UserStore.save`,
 * `GroupStore.saveRoles` and `saveMembers` settle the marks of the answers that they store; `remove` and `forget`
 * settle those of what is gone, each in one transaction. `answered` settles all others.
 */
export interface MarkStore {
  /** The version of the newest mark. Requests that start after this has resolved answer all marks up to it. */
  version(): Promise<number>;
  /** Stores marks together with the cursor that brought them. */
  add(marks: readonly Mark[], change?: RunStateChange): Promise<void>;
  /** The marks, the oldest first. `only`: those that are like it in every field given. */
  list(only?: MarkFilter): Promise<readonly StoredMark[]>;
  ofGroup(groupId: string): Promise<readonly StoredMark[]>;
  /**
   * Removes the marks that these answers settle. Call it once the answers are stored: a kill in between leaves the marks,
   * and their questions are asked once more.
   */
  answered(answers: readonly Answered[]): Promise<void>;
}

export interface RunStore {
  /** Throws `InventoryError` when the inventory belongs to another org. */
  bindOrg(identity: OrgIdentity): Promise<void>;
  /** The org's host when the inventory was last bound. */
  orgHost(): Promise<string | undefined>;
  state(): Promise<RunState>;
  saveState(change: RunStateChange): Promise<void>;
  refusedLookups(): Promise<ReadonlySet<Lookup>>;
  saveRefusedLookups(lookups: ReadonlySet<Lookup>): Promise<void>;
  /**
   * Keeps what is remembered of a run that has ended, and the posture as it is now where the run has read the org
   * without failure; then forgets changes that are older than the history goes back. `endedAt`: Unix milliseconds on this
   * machine's clock.
   */
  noteEnd(report: Report, endedAt: number): Promise<void>;
}

/** Everything known of the org, on disk. */
export interface Inventory {
  readonly users: UserStore;
  readonly groups: GroupStore;
  readonly assets: AssetStore;
  readonly assetEvents: AssetEvents;
  readonly marks: MarkStore;
  readonly runs: RunStore;
  /**
   * Whatever is stored was asked before this instant, at which a run begins. An answer that says otherwise was asked at
   * the last instant before it: a clock was ahead, or the last run was killed within this second of Okta's.
   */
  bringBack(startedAt: number): Promise<void>;
  /** The gaps and dead letters that stand now, of these lookups. */
  standing(lookups: ReadonlySet<Lookup>, assets: ReadonlySet<Asset>): Promise<Standing>;
}
