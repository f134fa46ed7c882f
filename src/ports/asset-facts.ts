/** All that the inventory knows of one asset beside users. Events are made of it. */
import type {
  AppRecord,
  CustomRoleRecord,
  DeviceRecord,
  DeviceUserRecord,
  GroupRecord,
  OrgRecord,
  RuleRecord,
} from './assets.ts';
import type { Facet, Group, Role } from './org.ts';

/** The org, as far as its id and name are known. */
export interface OrgName {
  readonly id?: string | undefined;
  readonly name?: string | undefined;
}

interface Facts {
  readonly readAt: number;
  readonly org: OrgName;
}

/** A user of a device, with the login where the inventory has the user. */
export interface DeviceUser extends DeviceUserRecord {
  readonly login?: string | undefined;
}

export interface DeviceFacts extends Facts {
  readonly device: DeviceRecord;
  readonly users: Facet<readonly DeviceUser[]>;
  /** How many users are not named, because the selection leaves them out. */
  readonly usersLeftOut?: number | undefined;
  /** Okta has removed it. */
  readonly isGone?: true;
}

export interface GroupRecordFacts extends Facts {
  readonly group: Group;
  readonly record?: GroupRecord | undefined;
  /** The number of members; absent: unknown. */
  readonly members?: number | undefined;
  readonly roles: Facet<readonly Role[]>;
  /** Ids of the applications that it is assigned to, by name where known. */
  readonly apps: Facet<readonly NamedAsset[]>;
}

export interface NamedAsset {
  readonly id: string;
  readonly name?: string | undefined;
}

export interface AppFacts extends Facts {
  readonly app: AppRecord;
  /** The number of its users; absent: unknown. */
  readonly users?: number | undefined;
  /** The number of groups that it is assigned to. */
  readonly groups: Facet<number>;
}

export interface RuleFacts extends Facts {
  readonly rule: RuleRecord;
  /** The groups that it puts users into; one without a name is not known. */
  readonly groups: readonly NamedAsset[];
}

export interface RoleFacts extends Facts {
  readonly role: CustomRoleRecord;
}

export interface OrgRecordFacts extends Facts {
  readonly record: OrgRecord;
  readonly host: string;
}

/** The kinds of assets beside users that have events, as users name them, and the facts of each. */
export interface FactsOfKind {
  readonly devices: DeviceFacts;
  readonly groups: GroupRecordFacts;
  readonly apps: AppFacts;
  readonly rules: RuleFacts;
  readonly roles: RoleFacts;
  readonly org: OrgRecordFacts;
}

export const EVENT_KINDS = ['devices', 'groups', 'apps', 'rules', 'roles', 'org'] as const;
export type EventKind = (typeof EVENT_KINDS)[number];
