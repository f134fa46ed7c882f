/**
 * The assets of an org beside its users: what is read of each, how it is asked for, and how it is kept. Records hold the
 * fields that we use and nothing else; a field that Okta leaves out is absent. Instants are Unix milliseconds on Okta's
 * clock; stamps inside records are texts as Okta gives them.
 */
import type { FactorDetails, GapReason, GroupRecord, Scalar } from './org.ts';

export type { GroupRecord } from './org.ts';

/** The assets that are read beside users, named as users name them in `ASSETS`. */
export const ASSETS = ['groups', 'apps', 'app-users', 'rules', 'devices', 'org'] as const;
export type Asset = (typeof ASSETS)[number];

/** The questions about assets, as gaps name them. */
export const ASSET_GAPS = ['apps', 'app-users', 'app-groups', 'rules', 'devices', 'org'] as const;
export type AssetGap = (typeof ASSET_GAPS)[number];

/** An application. `name` is its key in Okta's catalogue, `label` the name that people see. */
export interface AppRecord {
  readonly id: string;
  readonly name?: string | undefined;
  readonly label?: string | undefined;
  readonly status?: string | undefined;
  readonly created?: string | undefined;
  readonly lastUpdated?: string | undefined;
  readonly signOnMode?: string | undefined;
  readonly features?: readonly string[] | undefined;
  readonly orn?: string | undefined;
  readonly isHidden?: boolean | undefined;
  readonly isSelfService?: boolean | undefined;
  /** Everybody has it without an assignment. */
  readonly isImplicit?: boolean | undefined;
  /** service, web, native or browser. */
  readonly clientType?: string | undefined;
  readonly loginUrl?: string | undefined;
  readonly accessPolicyId?: string | undefined;
  /** The few named values of `settings.app`. */
  readonly settings?: Readonly<Record<string, Scalar>> | undefined;
}

/** A user's assignment to an application. `status` and `scope` are open lists; `scope` is USER or GROUP. */
export interface AppUserRecord {
  readonly id: string;
  readonly scope?: string | undefined;
  readonly status?: string | undefined;
  readonly created?: string | undefined;
  readonly lastUpdated?: string | undefined;
  readonly statusChanged?: string | undefined;
  readonly syncState?: string | undefined;
  readonly externalId?: string | undefined;
  readonly userName?: string | undefined;
  readonly role?: string | undefined;
  readonly samlRoles?: readonly string[] | undefined;
  /** The number of roles that are no text, and so are left out. */
  readonly unreadableRoles?: number | undefined;
}

/** A group's assignment to an application. A group may have several, one for each role. */
export interface AppGroupRecord {
  readonly id: string;
  readonly lastUpdated?: string | undefined;
  readonly priority?: number | undefined;
  readonly role?: string | undefined;
  readonly samlRoles?: readonly string[] | undefined;
  readonly unreadableRoles?: number | undefined;
}

/** A group rule. `status` is ACTIVE, INACTIVE, INVALID or one we do not know. */
export interface RuleRecord {
  readonly id: string;
  readonly name?: string | undefined;
  readonly status?: string | undefined;
  readonly created?: string | undefined;
  readonly lastUpdated?: string | undefined;
  readonly expression?: string | undefined;
  readonly excludedUsers?: readonly string[] | undefined;
  readonly excludedGroups?: readonly string[] | undefined;
  /** The groups that it puts users into. */
  readonly groupIds: readonly string[];
  readonly areGroupsValid?: boolean | undefined;
}

export interface DeviceRecord {
  readonly id: string;
  readonly status?: string | undefined;
  readonly created?: string | undefined;
  /** Moves with sign-ins, so it alone does not make a device changed. */
  readonly lastUpdated?: string | undefined;
  readonly resourceType?: string | undefined;
  readonly displayName?: string | undefined;
  /** ANDROID, IOS, MACOS, WINDOWS or one we do not know. */
  readonly platform?: string | undefined;
  readonly manufacturer?: string | undefined;
  readonly model?: string | undefined;
  readonly osVersion?: string | undefined;
  readonly serialNumber?: string | undefined;
  readonly imei?: string | undefined;
  readonly meid?: string | undefined;
  readonly udid?: string | undefined;
  readonly sid?: string | undefined;
  readonly registered?: boolean | undefined;
  readonly managed?: boolean | undefined;
  readonly secureHardwarePresent?: boolean | undefined;
  readonly integrityJailbreak?: boolean | undefined;
  readonly diskEncryptionType?: string | undefined;
}

/** A user of a device. `managementStatus` is MANAGED, NOT_MANAGED or one we do not know. */
export interface DeviceUserRecord {
  readonly id: string;
  readonly created?: string | undefined;
  readonly managementStatus?: string | undefined;
  readonly screenLockType?: string | undefined;
}

/** The org itself. The support fields are absent where only a super administrator may see them. */
export interface OrgRecord {
  readonly id: string;
  readonly companyName?: string | undefined;
  readonly subdomain?: string | undefined;
  readonly status?: string | undefined;
  readonly website?: string | undefined;
  readonly created?: string | undefined;
  readonly lastUpdated?: string | undefined;
  readonly supportStatus?: string | undefined;
  readonly supportExpiresAt?: string | undefined;
}

/** A custom admin role; absent permissions are unknown. */
export interface CustomRoleRecord {
  readonly id: string;
  readonly label?: string | undefined;
  readonly description?: string | undefined;
  readonly created?: string | undefined;
  readonly lastUpdated?: string | undefined;
  readonly permissions?: readonly string[] | undefined;
}

/** The kinds of records that are kept, and their shapes. */
export interface AssetRecords {
  readonly app: AppRecord;
  readonly group: GroupRecord;
  readonly rule: RuleRecord;
  readonly device: DeviceRecord;
  readonly org: OrgRecord;
  readonly role: CustomRoleRecord;
}
export type RecordKind = keyof AssetRecords;

/**
 * The kinds of sets: who belongs to an owner. `app-users` and `app-groups` belong to an application, `group-apps` to a
 * group (its records name applications), `device-users` to a device.
 */
export interface SetRecords {
  readonly 'app-users': AppUserRecord;
  readonly 'app-groups': AppGroupRecord;
  readonly 'group-apps': AppGroupRecord;
  readonly 'device-users': DeviceUserRecord;
}
export type SetKind = keyof SetRecords;

/** A page of a listing. */
export interface AssetPage<T> {
  readonly entries: readonly T[];
  /** Entries that cannot be read, by id where they have one. Where there are any, the page is no whole page. */
  readonly unreadable: readonly (string | undefined)[];
  readonly readAt: number;
}

/** A device together with its users, as the listing gives both. */
export interface ListedDevice {
  readonly device: DeviceRecord;
  /** Absent: Okta did not say who uses it. */
  readonly users: readonly DeviceUserRecord[] | undefined;
}

/**
 * The questions about assets. A listing ends only when it is complete; one that fails throws. A feature that the org
 * lacks throws `OktaFeatureOffError`, a refusal `OktaForbiddenError`. `get...`: `undefined` is Okta's own 404.
 */
export interface AssetSource {
  /** Does the System Log tell what happens to applications and devices? False where Okta does not take that filter. */
  readonly isFollowed: boolean;
  listApps(): AsyncIterable<AssetPage<AppRecord>>;
  getApp(appId: string): Promise<AppRecord | undefined>;
  listAppUsers(appId: string): AsyncIterable<AssetPage<AppUserRecord>>;
  getAppUser(appId: string, userId: string): Promise<AppUserRecord | undefined>;
  listAppGroups(appId: string): AsyncIterable<AssetPage<AppGroupRecord>>;
  /** Applications of a group; without priority and roles. */
  listGroupApps(groupId: string): AsyncIterable<AssetPage<AppRecord>>;
  listRules(): AsyncIterable<AssetPage<RuleRecord>>;
  getRule(ruleId: string): Promise<RuleRecord | undefined>;
  /** All devices, or those whose record has changed since then. */
  listDevices(since?: number): AsyncIterable<AssetPage<ListedDevice>>;
  getDevice(deviceId: string): Promise<ListedDevice | undefined>;
  readOrg(): Promise<OrgRecord>;
  listCustomRoles(): AsyncIterable<AssetPage<CustomRoleRecord>>;
  /** False is Okta's own 404. */
  hasCustomRole(roleId: string): Promise<boolean>;
}

/** Takes out, or makes unreadable, what must be neither stored nor sent. */
export interface AssetRedaction {
  readonly device: (device: DeviceRecord) => DeviceRecord;
  readonly appUser: (assigned: AppUserRecord) => AppUserRecord;
  /** A factor may tell the name of the device that it is on. */
  readonly factor: (details: FactorDetails) => FactorDetails;
}

/** A record that was stored: did it say something new? */
export interface StoredRecord {
  readonly id: string;
  readonly outcome: 'new' | 'changed' | 'unchanged';
}

export interface SetKey {
  readonly kind: SetKind;
  readonly owner: string;
}

/** The knowledge of a set. */
export interface KnownSet {
  /** When the listing that is kept was asked for; absent: none is kept. */
  readonly readAt: number | undefined;
  /** When it was last asked for, with or without an answer. */
  readonly askedAt: number | undefined;
  /** Why the last attempt brought nothing. */
  readonly gap: GapReason | undefined;
}

/** Records and sets. Each method is one transaction; a set is put in place as a whole or not at all. */
export interface AssetStore {
  /** `listedAt`: the start stamp of the run whose complete listing gives them; absent: read alone. */
  save<K extends RecordKind>(
    kind: K,
    records: readonly AssetRecords[K][],
    readAt: number,
    listedAt?: number,
  ): Promise<readonly StoredRecord[]>;
  find<K extends RecordKind>(kind: K, id: string): Promise<AssetRecords[K] | undefined>;
  count(kind: RecordKind): Promise<number>;
  /** Ids of all kept records of a kind, in order. */
  ids(kind: RecordKind): Promise<readonly string[]>;
  /** Ids of kept records that the listing of this start stamp did not give. */
  unlisted(kind: RecordKind, listedAt: number): Promise<readonly string[]>;
  /** Okta's 404: forgets the record and its sets; for what is delivered, a last event says so. */
  remove(kind: RecordKind, id: string): Promise<void>;
  /** Replaces a set once its pages are complete; when they throw, nothing changes. `asked`: when it was asked for. */
  replaceSet<K extends SetKind>(
    set: SetKey & { readonly kind: K },
    pages: AsyncIterable<readonly SetRecords[K][]>,
    asked: number,
  ): Promise<StoredRecord['outcome']>;
  /** One member of a set as Okta gives it now; `undefined`: it is none any more. */
  saveLink<K extends SetKind>(
    set: SetKey & { readonly kind: K },
    member: string,
    record: SetRecords[K] | undefined,
    asked: number,
  ): Promise<StoredRecord['outcome']>;
  /** The last attempt to read a set, or the list of a kind (`kind` alone), brought nothing: it stays as it was. */
  noteGap(of: SetKey | { readonly kind: RecordKind }, reason: GapReason, asked: number): Promise<void>;
  /** The list of a kind was read whole. */
  noteListed(kind: RecordKind, asked: number): Promise<void>;
  listed(kind: RecordKind): Promise<KnownSet>;
  set(key: SetKey): Promise<KnownSet>;
  /** Forgets a set, since it is not asked for any more. */
  dropSet(key: SetKey): Promise<void>;
  /** Ids of the groups that are assigned to this application, by what is known. */
  groupsOfApp(appId: string): Promise<readonly string[]>;
  /** Is the application assigned to the group Everyone, or everybody's without an assignment, by what is known? */
  isForEveryone(appId: string): Promise<boolean>;
  /**
   * Ids of the groups that have applications. `undefined` where Okta does not say so of some group, and where groups were
   * not listed whole since `listedSince` (epoch ms): others may have some too.
   */
  groupsWithApps(listedSince: number): Promise<readonly string[] | undefined>;
  /** Were the groups listed, and was every one that may have applications asked for them? */
  areAllGroupsAsked(): Promise<boolean>;
  /** The number of members of a set. */
  sizeOf(key: SetKey): Promise<number>;
  /** A record as a set names it; `undefined`: the set has no such member. */
  link<K extends SetKind>(
    set: SetKey & { readonly kind: K },
    member: string,
  ): Promise<SetRecords[K] | undefined>;
}
