import type { JsonObject } from '../json.ts';

/** Epoch milliseconds; `null` is sent as null, `undefined` is left out. */
export type Instant = number | null | undefined;

export type SimulatedFactorKind =
  | 'email'
  | 'question'
  | 'push'
  | 'totp'
  | 'webauthn'
  | 'sms'
  | 'fastpass'
  | 'pending-totp'
  | 'expired-sms'
  | 'inactive-push'
  | 'enrolled-token'
  | 'call-without-status'
  | 'unknown-type';

export interface SimulatedUser {
  readonly id: string;
  /** Listings are in this order; it says nothing about the order of ids. */
  readonly number: number;
  status: string;
  createdAt: Instant;
  activatedAt: Instant;
  statusChangedAt: Instant;
  lastLoginAt: Instant;
  lastUpdatedAt: Instant;
  passwordChangedAt: Instant;
  provider: string;
  /** In the order joined; Everyone is not among them. */
  groups: readonly SimulatedGroup[];
  factors: readonly SimulatedFactorKind[];
  /** Those that were not enrolled soon after the user was created, with the time. */
  enrolledAt?: Readonly<Partial<Record<SimulatedFactorKind, number>>>;
  /** Held directly. */
  roles: readonly RoleGrant[];
  /** Laid over the profile that follows from the seed; `undefined` takes an attribute away. */
  patch: JsonObject | undefined;
}

/** The people of an org and their groups. */
export interface OrgPeople {
  readonly seed: number;
  readonly users: readonly SimulatedUser[];
  readonly groups: readonly SimulatedGroup[];
  readonly everyone: SimulatedGroup;
  user(idOrLogin: string): SimulatedUser | undefined;
}

export type GroupType = 'OKTA_GROUP' | 'APP_GROUP' | 'BUILT_IN';

export interface SimulatedGroup {
  readonly id: string;
  readonly number: number;
  readonly type: GroupType;
  name: string;
  description: string | null | undefined;
  createdAt: number;
  lastUpdatedAt: number;
  lastMembershipUpdatedAt: number;
  /** In the order of their numbers. For Everyone this is the org's own list of users. */
  members: SimulatedUser[];
  roles: readonly RoleGrant[];
  /** The app that a group of type APP_GROUP comes from; absent: one that is never listed. */
  sourceAppId?: string | undefined;
  /** The admin flag where it is late or wrong. */
  shownAdminFlag?: boolean | undefined;
  /** The size where it is late. */
  shownUsersCount?: number | undefined;
  /** The listing of all groups leaves it out, where it is late or wrong. */
  isUnlisted?: boolean | undefined;
}

export interface RoleGrant {
  readonly id: string;
  readonly label: string;
  readonly type: string;
  status: 'ACTIVE' | 'INACTIVE';
  readonly createdAt: number;
  /** Id of the custom role, or the constant id of a role that has the custom shape. */
  readonly role: string | undefined;
  readonly resourceSet: string | undefined;
  /** The list of custom roles leaves it out, where it is late or wrong. */
  isUnlisted?: boolean | undefined;
  /** Where the role holds; absent: in the whole org. */
  targets?: RoleTargets;
}

/** By their ids, or an app by its key in the catalogue: then all of that kind. */
interface RoleTargets {
  readonly groupIds: readonly string[];
  readonly apps: readonly string[];
}

/** A role as one user holds it: directly, or through a group. */
export interface HeldRole {
  readonly grant: RoleGrant;
  readonly through: SimulatedGroup | undefined;
}
