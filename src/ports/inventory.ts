/**
 * The inventory's contracts: everything known of the org, on disk, so that memory stays flat and nothing is lost under
 * `kill -9`. Each method is one unit of work: all of it is kept, or nothing.
 */
import { GAP_REASONS } from './org.ts';
import type { AssetRef } from './asset.ts';
import type { GapCounts, StampName, Standing, Stamps } from './reader.ts';
import type {
  Lookup,
  GapReason,
  Answer,
  User,
  Group,
  SizedGroup,
  Role,
  Factor,
  HeldRoles,
  Facet,
  OrgIdentity,
  GroupsPage,
  ListedUser,
} from './org.ts';

export * from './reader.ts';

/** Why a mark is on a user who is gone, but with too many others: nothing is said of such a one until that is accepted. */
export const TOO_MANY_GONE = 'too-many-gone';

/**
 * Why something is asked again. A gap's reason: the last asking brought nothing. `changed`: the System Log says that it is
 * another one; `membership`: the user came to or left a group; `administrators`: the user is a role holder and not in the
 * built-in group, or the other way round; `role-holders`: roles of all holders may have changed; `group-roles`: those of a
 * group may have; `settings`: a setting needs what was spared before; `replay`: somebody asked for it.
 */
export const MARK_REASONS = [
  ...GAP_REASONS,
  'changed',
  'membership',
  'administrators',
  'role-holders',
  'group-roles',
  'settings',
  'replay',
  TOO_MANY_GONE,
] as const;
export type MarkReason = (typeof MARK_REASONS)[number];

interface Why {
  readonly reason: MarkReason;
  /** What brought it, for people: the type of the log's event. */
  readonly from?: string;
}

/** What a mark asks to read again: of a user, of a group, or of the whole org. */
export type Mark =
  | (Why & { readonly subject: 'user'; readonly id: string; readonly question: UserQuestion })
  | (Why & {
      readonly subject: 'group';
      readonly id: string;
      readonly question: GroupQuestion;
      /** The user who came or went, where `members` was marked for one. */
      readonly member?: string;
    })
  | (Why & {
      readonly subject: 'org';
      readonly id: 'org';
      readonly question: OrgQuestion;
    });
/** `presence`: is the user still there? Only Okta's answer about this one user settles that. */
export type UserQuestion = 'record' | 'presence' | 'groups' | 'factors' | 'roles';
/** The roles of all who hold any, or a custom one. */
export type OrgQuestion = 'role-holders' | 'custom-role-holders';
export type GroupQuestion = 'record' | 'members' | 'roles';

/** What one run read of one user. What is absent was not asked in this reading, and stays as it was. */
export interface Reading {
  readonly user: User;
  readonly readAt: number;
  /** The start stamp of the full run that listed the user. */
  readonly listedAt?: number;
  /** When the lookups were begun. */
  readonly askedAt: number;
  /** `by-membership`: the inventory knows the user's groups by the members of groups. */
  readonly groups?: Facet<readonly Group[]> | 'by-membership';
  readonly factors?: Facet<readonly Factor[]>;
  readonly roles?: Facet<HeldRoles>;
  /** Marks up to this version are answered by this reading, later ones stay. */
  readonly marksUpTo: number;
  /** Nothing is left to ask: the event is made in the same transaction. */
  readonly isComplete: boolean;
}

/** What became of an asset's event: into the outbox, the same as before, or refused (now or when last offered). */
export interface Saved {
  readonly asset: AssetRef;
  readonly outcome: 'emitted' | 'unchanged' | 'dead-lettered';
  /** Why it is a dead letter; empty otherwise. */
  readonly reasons: readonly string[];
  /** Facets that stayed unknown. */
  readonly gaps: ReadonlyMap<Lookup, GapReason>;
}

/** A listed user beside what the inventory knows. */
export interface Noted {
  readonly listed: ListedUser;
  readonly isKnown: boolean;
  /** The record differs from the one kept; the last sign-in alone does not count. */
  readonly hasMoved: boolean;
  /** Deactivated, or active again: its factors, roles and groups are others now. */
  readonly hasCrossedDeactivation: boolean;
  /** When each answer was last asked for, whatever came of it. */
  readonly askedAt: { readonly groups?: number; readonly factors?: number; readonly roles?: number };
  /** The full run with this start stamp is done with the user. */
  readonly finishedAt: number | undefined;
}

export type RoleKind = 'any' | 'custom';

/** One of a user's answers, as old as it is. */
export interface OldAnswer {
  readonly userId: string;
  readonly lookup: 'groups' | 'factors' | 'roles';
}

/** Answers to one question that the last asking did not bring; those that were unavailable have marks instead. */
export interface Unanswered {
  /** Asked for before an instant, those first that an event lacks, then the oldest; at most so many. */
  list(askedBefore: number, most: number): Promise<readonly string[]>;
  /** Of whom it was answered when last asked, long ago; absent: of nobody. */
  answered(): Promise<string | undefined>;
  has(id: string): Promise<boolean>;
}

export type StaleCounts = Partial<
  Record<Lookup, { readonly count: number; readonly oldest_seconds: number }>
>;

/** Users, what was read of each, and the events made of it. Each method is one transaction. */
export interface UserStore {
  /** Forgets what was listed before: a run counts and reads each user once. */
  startListing(): Promise<void>;
  /** Users of a page that this run has not listed before, beside what is known of them. `listedAt`: of a full run. */
  note(page: readonly ListedUser[], listedAt: number | undefined): Promise<readonly Noted[]>;
  find(userId: string): Promise<Noted | undefined>;
  /** A user's record beside what is known. */
  compare(listed: ListedUser): Promise<Noted>;
  /** What was read and, when complete, the event made of it. */
  save(reading: Reading): Promise<Saved | undefined>;
  /** Okta gave no usable answer about a known user's own record, which stays as it was: a gap that stands. */
  noteUnread(userId: string, reason: GapReason): Promise<void>;
  /** A user of whom nothing can be read becomes a dead letter. */
  saveUnreadable(listed: ListedUser & { kind: 'unreadable' }): Promise<void>;
  /**
   * Do the roles of the user's groups alone decide that the user is Admin, so that no other role is worth a call?
   * `groupIds`: the user's own list, where it was just read; absent: the groups that the inventory knows.
   */
  isAdminByGroups(userId: string, groupIds?: readonly string[]): Promise<boolean>;
  /** Makes events of up to `most` users whom something that is known of them has moved; empty when none is left. */
  evaluate(most: number): Promise<readonly Saved[]>;
  /** Every user's event is made anew by `evaluate`, and that is kept together with these stamps. */
  needEvents(stamps?: Stamps): Promise<void>;
  /** Marks whose roles were never asked for, because a group's made them Admin, and count now: a setting changed that. */
  markUnspared(): Promise<void>;
  /** Users listed by the full run of this stamp and not finished, a page at a time, by id. */
  unfinished(listedAt: number, afterId: string, most: number): Promise<readonly Noted[]>;
  /**
   * Known users, but those known as DEPROVISIONED, that the full run of this stamp has not listed since `startListing`: not
   * those either whom only an earlier attempt of it has listed.
   */
  unlisted(listedAt: number): Promise<readonly string[]>;
  /** Known users in all; the base of `MAX_REMOVALS`. */
  count(): Promise<number>;
  /** Are any of them known as DEPROVISIONED? */
  hasDeactivated(): Promise<boolean>;
  /** Gone by Okta's own word: a last event says so, then the user is forgotten. */
  remove(userId: string): Promise<void>;
  /** Not selected any more: forgotten without an event. */
  forget(userId: string): Promise<void>;
  /**
   * Forgets the dead letters of records that could not be read before `before`, that the listing since `startListing` does
   * not show any more, and that belong to no known user: Okta has mended or deleted them.
   */
  forgetUnlistedLetters(before: number): Promise<void>;
  /** Ids of users with a role of their own, or with a custom one. */
  roleHolders(kind: RoleKind): Promise<readonly string[]>;
  /** Answers asked for before an instant, the oldest first, at most so many. */
  oldestAnswers(before: number, most: number): Promise<readonly OldAnswer[]>;
  unanswered(lookup: OldAnswer['lookup']): Unanswered;
  /** Facets that stayed unknown, and last known answers used, in events that this run evaluated. */
  gaps(): Promise<GapCounts>;
  stale(): Promise<StaleCounts>;
}

/** A listed group beside what the inventory knows. */
export interface NotedGroup {
  readonly group: SizedGroup;
  readonly isKnown: boolean;
  readonly membersReadAt: number | undefined;
  readonly rolesAskedAt: number | undefined;
  /** Okta's stamp of the last membership change differs from the one at the last reading of members. */
  readonly hasMovedMembers: boolean;
}

export interface GroupStore {
  /** Saves a page; a change of name or type makes the members' events anew. `listedAt`: of a full run. */
  save(page: GroupsPage, listedAt: number | undefined): Promise<readonly NotedGroup[]>;
  find(groupId: string): Promise<NotedGroup | undefined>;
  /** Known to hold no role, without a lookup. */
  saveNoRoles(groupIds: readonly string[], readAt: number): Promise<void>;
  /** Tells whether the roles are known: by this answer, or by a last one that stands in for it. */
  saveRoles(
    groupId: string,
    answer: Answer<readonly Role[]>,
    askedAt: number,
    marksUpTo: number,
  ): Promise<'known' | 'unknown'>;
  /** Ids of known users who are in the group. */
  members(groupId: string): Promise<readonly string[]>;
  /** Takes over a group's members once the listing is complete; when it throws, nothing of it. */
  saveMembers(
    groupId: string,
    pages: AsyncIterable<readonly string[]>,
    reading: { readonly readAt: number; readonly changedAt: string | undefined; readonly marksUpTo: number },
  ): Promise<void>;
  /** The members' own lists told all that the group's would. */
  noteMembersRead(groupId: string, changedAt: string | undefined): Promise<void>;
  /** Every user's own list of groups was read since this listing: as good as the members of each group. */
  noteAllMembersRead(listedAt: number): Promise<void>;
  /** Ids of known groups that the full run of this stamp has not listed. */
  unlisted(listedAt: number): Promise<readonly string[]>;
  /** Gone: its members' events are made anew. */
  remove(groupId: string): Promise<void>;
  /** Groups known to hold roles or a custom one, or of which that is not known. */
  roleHolders(kind: RoleKind): Promise<readonly string[]>;
  /** Of groups, for their roles. */
  unanswered(): Unanswered;
  /** Members whose own list of roles has those of their groups merged in: it is out of date with them. */
  membersWithMergedRoles(groupId: string): Promise<readonly string[]>;
}

export interface StoredMark {
  readonly mark: Mark;
  readonly version: number;
}

/** What must be read again, durable until it was. */
export interface MarkStore {
  /** The newest mark's version, as kept: what is asked after it resolved answers all marks up to it. */
  version(): Promise<number>;
  /** Marks and the cursors that produced them, in one transaction. */
  add(marks: readonly Mark[], stamps?: Stamps): Promise<void>;
  list(): Promise<readonly StoredMark[]>;
  ofGroup(groupId: string): Promise<readonly StoredMark[]>;
  /** Answered, or nothing that could be answered. */
  clear(marks: readonly StoredMark[]): Promise<void>;
}

export interface RunStore {
  /** Refuses another org's inventory with `InventoryError`. */
  bindOrg(identity: OrgIdentity): Promise<void>;
  /** The org's host when it was last bound. */
  orgHost(): Promise<string | undefined>;
  stamp(name: StampName): Promise<string | undefined>;
  saveStamps(stamps: Stamps): Promise<void>;
  refusedLookups(): Promise<ReadonlySet<Lookup>>;
  saveRefusedLookups(lookups: ReadonlySet<Lookup>): Promise<void>;
}

/** Everything known of the org, on disk. */
export interface Inventory {
  readonly users: UserStore;
  readonly groups: GroupStore;
  readonly marks: MarkStore;
  readonly runs: RunStore;
  /** What stands now, of these lookups. */
  standing(lookups: ReadonlySet<Lookup>): Promise<Standing>;
}
