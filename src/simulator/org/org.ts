import { OrgAssets } from './assets/assets.ts';
import { narrowRoles } from './assets/role-targets.ts';
import { makePeople } from './people.ts';
import type { HeldRole, SimulatedGroup, SimulatedUser } from './org-model.ts';
import type { JsonObject } from '../json.ts';
import { profileOf } from './profiles.ts';
import { makeId } from './random.ts';
import { joinGroups, makeAdmins, makeGroups } from './org-structure.ts';
import { positionAfter } from '../okta/paging.ts';
import { Past } from './past.ts';
import { SystemLog } from './system-log.ts';

export interface OrgOptions {
  /** The same options make the same org, whatever the day. */
  readonly seed?: number;
  readonly users?: number;
  /** Besides Everyone. */
  readonly groups?: number;
  /** On average, besides Everyone. */
  readonly groupsPerUser?: number;
  /** Groups that hold roles. They have few members. */
  readonly adminGroups?: number;
  /** Users who hold roles directly. */
  readonly admins?: number;
  readonly customRoles?: boolean;
  readonly deprovisionedShare?: number;
  readonly oddUsers?: boolean;
  /** Users without login or creation date: dead letters. */
  readonly brokenUsers?: boolean;
  /** The built-in group that refuses to list its members. */
  readonly oktaAdministratorsGroup?: boolean;
  /** Applications that Okta lists. */
  readonly apps?: number;
  /** Of those, the ones that are assigned to Everyone. */
  readonly appsForEveryone?: number;
  /** Of each of the others, directly and through groups. */
  readonly usersPerApp?: number;
  readonly rules?: number;
  readonly devices?: number;
  /** Epoch milliseconds: no date of the org is later. */
  readonly asOf?: number;
}

const DEFAULTS: Required<OrgOptions> = {
  seed: 1,
  users: 200,
  groups: 20,
  groupsPerUser: 5,
  adminGroups: 3,
  admins: 8,
  customRoles: true,
  deprovisionedShare: 0.03,
  oddUsers: false,
  brokenUsers: false,
  oktaAdministratorsGroup: false,
  apps: 0,
  appsForEveryone: 0,
  usersPerApp: 50,
  rules: 0,
  devices: 0,
  asOf: Date.UTC(2026, 7, 20, 12),
};

export type UserChanges = Partial<Omit<SimulatedUser, 'id' | 'number'>>;
export type GroupChanges = Partial<Omit<SimulatedGroup, 'id' | 'number' | 'members'>>;

/** One org and everything that is true of it. */
export class SimulatedOrg {
  readonly id: string;
  readonly seed: number;
  readonly users: readonly SimulatedUser[];
  readonly groups: readonly SimulatedGroup[];
  readonly everyone: SimulatedGroup;
  /** Present only when asked for. */
  readonly oktaAdministrators: SimulatedGroup | undefined;
  readonly assets: OrgAssets;
  readonly log = new SystemLog();
  /** Users who were deleted, by id, as they were until then. */
  readonly removed = new Map<string, SimulatedUser>();
  readonly #users: SimulatedUser[];
  readonly #groups: SimulatedGroup[];
  readonly #userById: Map<string, SimulatedUser>;
  readonly #groupById: Map<string, SimulatedGroup>;
  readonly #pastUsers = new Past<SimulatedUser>();
  readonly #pastGroups = new Past<SimulatedGroup>();
  #nextUser: number;
  #nextGroup: number;
  #userByLogin: Map<string, SimulatedUser> | undefined;

  constructor(options: OrgOptions = {}) {
    const chosen = { ...DEFAULTS, ...options };
    const { users, inManyGroups } = makePeople(chosen);
    const { everyone, oktaAdministrators, others } = makeGroups(chosen);
    everyone.members = users;
    joinGroups(chosen, users, others, inManyGroups);
    makeAdmins(chosen, users, others, oktaAdministrators);
    this.id = makeId('00o', chosen.seed, 0);
    this.seed = chosen.seed;
    this.#users = users;
    this.users = users;
    this.everyone = everyone;
    this.oktaAdministrators = oktaAdministrators;
    this.#groups = [everyone, ...others, ...(oktaAdministrators === undefined ? [] : [oktaAdministrators])];
    this.groups = this.#groups;
    this.#userById = new Map(users.map((user) => [user.id, user]));
    this.#groupById = new Map(this.groups.map((group) => [group.id, group]));
    this.#nextUser = users.length;
    this.#nextGroup = this.groups.length;
    this.assets = new OrgAssets(this, chosen);
    if (chosen.apps > 0) narrowRoles(this, this.assets.apps);
  }

  user(idOrLogin: string): SimulatedUser | undefined {
    return this.#userById.get(idOrLogin) ?? this.#byLogin().get(idOrLogin.toLowerCase());
  }

  group(id: string): SimulatedGroup | undefined {
    return this.#groupById.get(id);
  }

  profile(user: SimulatedUser): JsonObject {
    return profileOf(this.seed, user);
  }

  /** Everyone first, then in the order joined. */
  groupsOf(user: SimulatedUser): readonly SimulatedGroup[] {
    return [this.everyone, ...user.groups];
  }

  /** Direct ones first, then those that come with a group: Okta answers with both. */
  rolesOf(user: SimulatedUser): readonly HeldRole[] {
    const direct = user.roles.map((grant) => ({ grant, through: undefined }));
    return [
      ...direct,
      ...this.groupsOf(user).flatMap((through) => through.roles.map((grant) => ({ grant, through }))),
    ];
  }

  /** All users as a search index of that time shows them. */
  usersAsOf(at: number): readonly SimulatedUser[] {
    return this.#pastUsers.asOf(this.users, at);
  }

  groupsAsOf(at: number): readonly SimulatedGroup[] {
    return this.#pastGroups.asOf(this.groups, at);
  }

  addUser(facts: Omit<SimulatedUser, 'id' | 'number'>, at: number): SimulatedUser {
    const number = this.#nextUser;
    const user = { ...facts, id: makeId('00u', this.seed, number), number };
    this.#nextUser += 1;
    this.#pastUsers.remember(at, number, undefined);
    this.#users.push(user);
    this.#userById.set(user.id, user);
    this.#userByLogin?.set(this.#loginOf(user), user);
    return user;
  }

  changeUser(user: SimulatedUser, changes: UserChanges, at: number): void {
    this.#pastUsers.remember(at, user.number, { ...user });
    this.#userByLogin?.delete(this.#loginOf(user));
    Object.assign(user, changes);
    this.#userByLogin?.set(this.#loginOf(user), user);
  }

  /** A user must have left all groups but Everyone before it is removed. */
  removeUser(user: SimulatedUser, lastKnown: SimulatedUser, at: number): void {
    this.#pastUsers.remember(at, user.number, lastKnown);
    this.#users.splice(positionAfter(this.#users, user.number) - 1, 1);
    this.#userById.delete(user.id);
    this.#userByLogin?.delete(this.#loginOf(user));
    this.removed.set(user.id, lastKnown);
  }

  addGroup(facts: Omit<SimulatedGroup, 'id' | 'number'>, at: number): SimulatedGroup {
    const number = this.#nextGroup;
    const group = { ...facts, id: makeId('00g', this.seed, number), number };
    this.#nextGroup += 1;
    this.#pastGroups.remember(at, number, undefined);
    this.#groups.push(group);
    this.#groupById.set(group.id, group);
    return group;
  }

  changeGroup(group: SimulatedGroup, changes: GroupChanges, at: number): void {
    this.#pastGroups.remember(at, group.number, { ...group });
    Object.assign(group, changes);
  }

  removeGroup(group: SimulatedGroup, at: number): void {
    this.#pastGroups.remember(at, group.number, group);
    this.#groups.splice(positionAfter(this.#groups, group.number) - 1, 1);
    this.#groupById.delete(group.id);
  }

  #byLogin(): Map<string, SimulatedUser> {
    this.#userByLogin ??= new Map(this.users.map((user) => [this.#loginOf(user), user]));
    return this.#userByLogin;
  }

  #loginOf(user: SimulatedUser): string {
    const { login } = this.profile(user);
    return typeof login === 'string' ? login.toLowerCase() : '';
  }
}

export function createOrg(options: OrgOptions = {}): SimulatedOrg {
  return new SimulatedOrg(options);
}
