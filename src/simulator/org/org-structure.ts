import type { SimulatedGroup, SimulatedUser } from './org-model.ts';
import { createRandom, mix } from './random.ts';
import type { Random } from './random.ts';
import { makeGrants } from './roles.ts';
import { makeGroup } from './teams.ts';

export interface StructureOptions {
  readonly seed: number;
  readonly groups: number;
  readonly groupsPerUser: number;
  readonly adminGroups: number;
  readonly admins: number;
  readonly customRoles: boolean;
  readonly oktaAdministratorsGroup: boolean;
  readonly asOf: number;
}

export interface OrgGroups {
  readonly everyone: SimulatedGroup;
  readonly oktaAdministrators: SimulatedGroup | undefined;
  /** The first `adminGroups` of them will hold roles; the last twentieth stays empty. */
  readonly others: readonly SimulatedGroup[];
}

export function makeGroups(options: StructureOptions): OrgGroups {
  const { seed, asOf, groups } = options;
  const everyone = makeGroup(seed, 0, asOf, {
    name: 'Everyone',
    description: 'All users in your organization',
  });
  const administrators = {
    name: 'Okta Administrators',
    description: 'Okta manages this group, which contains all administrators in your organization.',
  };
  return {
    everyone,
    others: Array.from({ length: groups }, (_, index) => makeGroup(seed, index + 1, asOf)),
    oktaAdministrators: options.oktaAdministratorsGroup
      ? makeGroup(seed, groups + 1, asOf, administrators)
      : undefined,
  };
}

/** Some groups are large, most are small: real orgs are like that, and it decides which way of asking is cheaper. */
export function joinGroups(
  options: StructureOptions,
  users: readonly SimulatedUser[],
  groups: readonly SimulatedGroup[],
  inManyGroups: ReadonlySet<SimulatedUser>,
): void {
  const open = groups.slice(options.adminGroups, groups.length - Math.floor(groups.length / 20));
  for (const user of users) {
    const random = createRandom(mix(mix(options.seed, 17), user.number));
    user.groups = inManyGroups.has(user)
      ? open.toReversed()
      : drawGroups(random, open, options.groupsPerUser);
    for (const group of user.groups) group.members.push(user);
  }
}

function drawGroups(random: Random, open: readonly SimulatedGroup[], average: number): SimulatedGroup[] {
  const count = Math.min(open.length, random.below(2 * average + 1));
  const drawn = new Set<SimulatedGroup>();
  for (let tries = 0; drawn.size < count && tries < 50 * count; tries += 1) {
    const group = open[Math.floor(open.length * random.next() ** 1.5)];
    if (group !== undefined) drawn.add(group);
  }
  return [...drawn];
}

export function makeAdmins(
  options: StructureOptions,
  users: readonly SimulatedUser[],
  groups: readonly SimulatedGroup[],
  oktaAdministrators: SimulatedGroup | undefined,
): void {
  const random = createRandom(mix(options.seed, 19));
  const earliest = options.asOf - 400 * 86_400_000;
  groups.slice(0, options.adminGroups).forEach((group, index) => {
    group.roles = makeGrants(options.seed, group.id, index, options.customRoles, earliest);
    fillGroup(group, drawUsers(random, users, 3 + random.below(12)));
  });
  const eligible = users.filter((user) => user.status !== 'DEPROVISIONED');
  drawUsers(random, eligible, options.admins).forEach((user, index) => {
    user.roles = makeGrants(options.seed, user.id, index, options.customRoles, earliest);
  });
  if (oktaAdministrators === undefined) return;
  const isAdmin = (user: SimulatedUser): boolean =>
    user.roles.length > 0 || user.groups.some((group) => group.roles.length > 0);
  fillGroup(oktaAdministrators, users.filter(isAdmin));
}

function fillGroup(group: SimulatedGroup, members: readonly SimulatedUser[]): void {
  group.members = [...members].sort((one, other) => one.number - other.number);
  for (const user of members) user.groups = [...user.groups, group];
}

function drawUsers(random: Random, users: readonly SimulatedUser[], count: number): SimulatedUser[] {
  const drawn = new Set<SimulatedUser>();
  while (drawn.size < Math.min(count, users.length)) drawn.add(random.pick(users));
  return [...drawn];
}
