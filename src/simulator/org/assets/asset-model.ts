import type { Json } from '../../json.ts';
import type { SimulatedGroup } from '../org-model.ts';
import type { AppKind } from './catalogue.ts';

interface Listed {
  /** The listing of all leaves it out, where that is late or wrong. */
  isLeftOut?: boolean;
}

export interface SimulatedApp extends Listed {
  readonly id: string;
  /** Listings are in this order. */
  readonly number: number;
  readonly kind: AppKind;
  label: string;
  status: 'ACTIVE' | 'INACTIVE';
  readonly createdAt: number;
  lastUpdatedAt: number;
  /** The twelve digits of an AWS account. */
  readonly awsAccount: string | undefined;
  /** Assignments of groups, in the order of their numbers; a group may have several. */
  groups: readonly SimulatedAppGroup[];
  /** Assignments that no group explains, by the id of their user. */
  readonly ownUsers: Map<string, OwnAssignment>;
  /** Changes of assignments since they were made, by the id of their user. */
  readonly userChanges: Map<string, AppUserChange>;
}

/** The roles that an assignment to an AWS app names; Okta has seen values that are no text. */
export interface AwsProfile {
  readonly role?: Json;
  readonly samlRoles?: readonly Json[] | undefined;
}

export interface SimulatedAppGroup extends AwsProfile {
  readonly number: number;
  readonly group: SimulatedGroup;
  readonly priority: number;
  readonly lastUpdatedAt: number;
}

export interface OwnAssignment extends AwsProfile {
  /** GROUP: Okta says that it came with a group, yet no group explains it. */
  readonly scope: 'USER' | 'GROUP';
  readonly createdAt: number;
}

interface AppUserChange {
  readonly status?: string | undefined;
  readonly at: number;
}

export interface SimulatedRule extends Listed {
  readonly id: string;
  readonly number: number;
  name: string;
  status: 'ACTIVE' | 'INACTIVE' | 'INVALID';
  readonly createdAt: number;
  lastUpdatedAt: number;
  expression: string;
  excludedUsers: readonly string[];
  readonly excludedGroups: readonly string[];
  /** Some of them may not exist. */
  groupIds: readonly string[];
}

export interface SimulatedDevice extends Listed {
  readonly id: string;
  readonly number: number;
  status: 'CREATED' | 'ACTIVE' | 'SUSPENDED' | 'DEACTIVATED';
  readonly createdAt: number;
  lastUpdatedAt: number;
  readonly name: string;
  readonly platform: DevicePlatform;
  readonly managed: boolean | undefined;
  users: readonly SimulatedDeviceUser[];
}

export type DevicePlatform = 'ANDROID' | 'IOS' | 'MACOS' | 'WINDOWS';

export interface SimulatedDeviceUser {
  readonly userId: string;
  readonly createdAt: number;
  readonly managementStatus: 'MANAGED' | 'NOT_MANAGED';
  readonly screenLockType: string;
}
