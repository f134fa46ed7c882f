import { makePeople } from './people.ts';
import type { HeldRole, SimulatedGroup, SimulatedUser } from './org-model.ts';
import type { Json, JsonObject } from './json.ts';
import { profileOf } from './profiles.ts';
import { makeId } from './random.ts';
import { joinGroups, makeAdmins, makeGroups } from './org-structure.ts';

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
  asOf: Date.UTC(2026, 7, 20, 12),
};

/** One org and everything that is true of it. */
export class SimulatedOrg {
  readonly id: string;
  readonly seed: number;
  readonly users: readonly SimulatedUser[];
  readonly groups: readonly SimulatedGroup[];
  readonly everyone: SimulatedGroup;
  /** Present only when asked for. */
  readonly oktaAdministrators: SimulatedGroup | undefined;
  readonly #userById: Map<string, SimulatedUser>;
  readonly #groupById: Map<string, SimulatedGroup>;
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
    this.users = users;
    this.everyone = everyone;
    this.oktaAdministrators = oktaAdministrators;
    this.groups = [everyone, ...others, ...(oktaAdministrators === undefined ? [] : [oktaAdministrators])];
    this.#userById = new Map(users.map((user) => [user.id, user]));
    this.#groupById = new Map(this.groups.map((group) => [group.id, group]));
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

  #byLogin(): Map<string, SimulatedUser> {
    this.#userByLogin ??= new Map(this.users.map((user) => [loginKey(this.profile(user)['login']), user]));
    return this.#userByLogin;
  }
}

function loginKey(login: Json): string {
  return typeof login === 'string' ? login.toLowerCase() : '';
}

export function createOrg(options: OrgOptions = {}): SimulatedOrg {
  return new SimulatedOrg(options);
}
