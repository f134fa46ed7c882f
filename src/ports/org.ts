/** The words in which the product describes an Okta org. Instants are Unix milliseconds on Okta's clock. */

/** Lookups that take one call a user and have no other way. Add a new one here; the types then demand its rows. */
export const PER_USER_LOOKUPS = ['factors'] as const;
export type PerUserLookup = (typeof PER_USER_LOOKUPS)[number];
/** Lookups about one user. Each answer is a facet of the user. */
export const USER_LOOKUPS = ['groups', ...PER_USER_LOOKUPS, 'roles'] as const;
export type UserLookup = (typeof USER_LOOKUPS)[number];
/** The lookups, named as users name them in `LOOKUPS`. */
export const LOOKUPS = ['groups', 'group-roles', ...PER_USER_LOOKUPS, 'roles'] as const;
export type Lookup = (typeof LOOKUPS)[number];

/**
 * Why a facet is unknown. `refused`: 403; `missing`: the endpoint or feature does not exist; `unavailable`: all retries
 * were used up; `unreadable`: the answer makes no sense; `gone`: the user vanished between page and lookup.
 */
export const GAP_REASONS = ['refused', 'missing', 'unavailable', 'unreadable', 'gone'] as const;
export type GapReason = (typeof GAP_REASONS)[number];

export interface Known<T> {
  readonly kind: 'known';
  readonly value: T;
  readonly readAt: number;
  /** The question failed this time, so this is the last known answer, as old as `readAt`. */
  readonly isStale?: true;
}
export interface Unknown {
  readonly kind: 'unknown';
  readonly reason: GapReason;
}
/** A setting switches the question off, or the user cannot have an answer. This is no gap. */
export interface NotAsked {
  readonly kind: 'not-asked';
}
/** The answer to one lookup. A failure makes it unknown, never "no". */
export type Answer<T> = Known<T> | Unknown;
/** One answer as part of a user. */
export type Facet<T> = Answer<T> | NotAsked;

/**
 * A user of the org, with the fields that we use. Fields that Okta leaves out or gives as null or "" are `undefined`.
 */
export interface User {
  readonly id: string;
  readonly status: string | undefined;
  /** ISO 8601 with milliseconds, as Okta gives it. The other stamps look the same. */
  readonly created: string | undefined;
  readonly lastLogin: string | undefined;
  readonly lastUpdated: string | undefined;
  readonly passwordChanged: string | undefined;
  readonly login: string | undefined;
  readonly email: string | undefined;
  readonly firstName: string | undefined;
  readonly lastName: string | undefined;
  readonly displayName: string | undefined;
  readonly organization: string | undefined;
  readonly department: string | undefined;
  readonly activated?: string | undefined;
  readonly statusChanged?: string | undefined;
  readonly secondEmail?: string | undefined;
  readonly mobilePhone?: string | undefined;
  readonly primaryPhone?: string | undefined;
  readonly title?: string | undefined;
  readonly employeeNumber?: string | undefined;
  readonly costCenter?: string | undefined;
  readonly division?: string | undefined;
  readonly manager?: string | undefined;
  readonly managerId?: string | undefined;
  /** Free text, not the type whose id is `typeId`. */
  readonly userType?: string | undefined;
  readonly streetAddress?: string | undefined;
  readonly city?: string | undefined;
  readonly state?: string | undefined;
  readonly zipCode?: string | undefined;
  readonly countryCode?: string | undefined;
  readonly locale?: string | undefined;
  readonly timezone?: string | undefined;
  readonly nickName?: string | undefined;
  readonly realmId?: string | undefined;
  readonly typeId?: string | undefined;
  /** Where the account signs in: OKTA, ACTIVE_DIRECTORY, LDAP, FEDERATION, SOCIAL, IMPORT or one we do not know. */
  readonly accountSource?: string | undefined;
  /** The org's own profile attributes by name, in the order of their names. */
  readonly custom?: Readonly<Record<string, CustomValue>> | undefined;
  /**
   * How many of those are left out: they are too large, are neither scalars nor lists of scalars, or are named like a
   * secret.
   */
  readonly customLeftOut?: number | undefined;
  /** The values that the mapping file computes from the record, by path in the event. */
  readonly mapped?: Readonly<Record<string, CustomValue>> | undefined;
  /** The user as Okta gave it, as JSON text without credentials and links. Kept only when a setting asks for it. */
  readonly raw?: string | undefined;
}

export type Scalar = string | number | boolean;
export type CustomValue = Scalar | readonly Scalar[];

export interface Group {
  readonly id: string;
  readonly name: string | undefined;
  readonly description: string | undefined;
  /** OKTA_GROUP, APP_GROUP, BUILT_IN or one we do not know. */
  readonly type: string | undefined;
  /** ISO 8601, as Okta gives it. */
  readonly created?: string | undefined;
}

/** The part of a group that is kept beside its name, type, members and roles. */
export interface GroupRecord {
  readonly id: string;
  readonly created?: string | undefined;
  readonly lastUpdated?: string | undefined;
  readonly lastMembershipUpdated?: string | undefined;
  readonly objectClass?: string | undefined;
  /** The application that a group of type APP_GROUP comes from. */
  readonly sourceAppId?: string | undefined;
  readonly appsCount?: number | undefined;
  readonly samAccountName?: string | undefined;
  readonly dn?: string | undefined;
  readonly objectSid?: string | undefined;
  readonly windowsDomainQualifiedName?: string | undefined;
}

/** A group as the listing with `expand=stats` gives it. `undefined`: the listing does not say. */
export interface SizedGroup extends Group {
  readonly usersCount: number | undefined;
  /** Does it hold admin roles? Absent means unknown, not no. */
  readonly adminFlag: boolean | undefined;
  /** Okta's `lastMembershipUpdated`, as given. */
  readonly membersChangedAt: string | undefined;
}

/** A role held by a user or group. `type` is an open list. */
export interface Role {
  readonly id: string;
  readonly type: string;
  readonly label: string | undefined;
  readonly status: string;
  /** USER, GROUP or CLIENT, where Okta says how the role is held. */
  readonly assignmentType?: string | undefined;
  /** The group through which the role is held. */
  readonly assigneeGroupId?: string | undefined;
  /** Of a custom role, its id, which stays when its label changes; absent where nothing wants it. */
  readonly roleId?: string | undefined;
  /** The groups and applications that the role is limited to; absent: not asked for, or not told. */
  readonly targets?: TargetsOfRole | undefined;
}

/** Where both lists are empty, the role counts for the whole org. */
export interface TargetsOfRole {
  /** Ids of groups. */
  readonly groups: readonly string[];
  /** Applications; one without an id stands for all of that name in Okta's catalogue. */
  readonly apps: readonly { readonly id?: string | undefined; readonly name?: string | undefined }[];
}

/** A factor without its body, which can hold secrets. `status` and `type` are open lists. */
export interface Factor {
  readonly id: string;
  readonly type: string;
  readonly provider: string | undefined;
  readonly status: string | undefined;
  /** Absent where nothing wants it. */
  readonly details?: FactorDetails | undefined;
}

/** No event tells when these change. */
export interface FactorDetails {
  readonly vendorName?: string | undefined;
  readonly created?: string | undefined;
  readonly lastUpdated?: string | undefined;
  readonly lastVerified?: string | undefined;
  readonly deviceType?: string | undefined;
  readonly platform?: string | undefined;
  readonly name?: string | undefined;
  readonly version?: string | undefined;
  readonly authenticatorName?: string | undefined;
}

/** The kinds of factors that rules tell apart, whatever Okta calls them. `fastpass` is a kind of its own. */
export const FACTOR_KINDS = [
  'security-key',
  'fastpass',
  'push',
  'one-time-code',
  'phone',
  'email',
  'question',
  'external',
  'other',
] as const;
export type FactorKind = (typeof FACTOR_KINDS)[number];

/** `includesGroups`: Okta's list already contains the roles held through groups, so it is complete by itself. */
export interface HeldRoles {
  readonly roles: readonly Role[];
  readonly includesGroups: boolean;
}

export interface GroupFacets {
  readonly group: Group;
  readonly roles: Facet<readonly Role[]>;
}

/** Okta's answer to each lookup about a user. */
export interface UserAnswers {
  readonly groups: readonly Group[];
  readonly factors: readonly Factor[];
  readonly roles: HeldRoles;
}

/** The inventory's knowledge by each lookup. It adds to groups their roles. */
export interface UserKnowledge extends Omit<UserAnswers, 'groups'> {
  readonly groups: readonly GroupFacets[];
}

/** A device of a user, as the user's event names it. */
export interface UserDevice {
  readonly id: string;
  readonly name?: string | undefined;
  readonly platform?: string | undefined;
  readonly status?: string | undefined;
  readonly managementStatus?: string | undefined;
}

/** All that the inventory knows of one user. Events are made of it. */
export interface UserFacets extends Readonly<{ [L in UserLookup]: Facet<UserKnowledge[L]> }> {
  readonly user: User;
  readonly readAt: number;
  /**
   * The instant for which the user's risk is judged: the start of the newest full run, or `readAt` where there was
   * none.
   */
  readonly evaluatedAt?: number | undefined;
  /** The devices that are known, by id; absent: none is. */
  readonly devices?: readonly UserDevice[] | undefined;
}

export interface OrgIdentity {
  /** Absent where `/.well-known/okta-organization` is missing. */
  readonly id: string | undefined;
  readonly host: string;
  /** The run's start stamp on Okta's clock; absent where the org's own endpoint is missing. */
  readonly at: number | undefined;
}

export interface GroupsPage {
  readonly groups: readonly SizedGroup[];
  /** More about the same groups; absent where nothing wants it. */
  readonly details?: readonly GroupRecord[];
  /** Every entry of the page could be read. */
  readonly isWhole: boolean;
  /** The listing has started over: forget what it gave before. */
  readonly isRestart?: true;
  readonly readAt: number;
}

/** One entry of a page of users. `unreadable` is an entry that is not a user record at all. */
export type ListedUser =
  | { readonly kind: 'user'; readonly user: User; readonly readAt: number }
  | { readonly kind: 'unreadable'; readonly id: string | undefined; readonly reason: string };
