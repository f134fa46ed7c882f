import type { Change } from './change-desk.ts';
import type { ChangeKind, MutationKinds } from './mutation-kinds.ts';
import { OF_APPS, OF_DEVICES, OF_RULES } from './random-asset-changes.ts';
import type { Attempt, Pool } from './random-pool.ts';
import { DEPARTMENTS, GROUP_WORDS, TITLES } from './names.ts';
import type { SimulatedFactorKind, RoleGrant, SimulatedGroup, SimulatedUser } from './org-model.ts';
import type { SimulatedOrg } from './org.ts';
import { createRandom } from './random.ts';
import type { Random } from './random.ts';
import { isStandard, STANDARD_ROLES } from './role-mutations.ts';

/** Okta lets larger groups hold no roles. */
const MOST_MEMBERS_WITH_ROLES = 5_000;
const FURTHEST = 5_000;
const FACTORS: readonly SimulatedFactorKind[] = ['push', 'totp', 'webauthn', 'sms', 'fastpass', 'email'];

const hasStatus =
  (...statuses: readonly string[]) =>
  (user: SimulatedUser): boolean =>
    statuses.includes(user.status);
const isPresent = (user: SimulatedUser): boolean => user.status !== 'DEPROVISIONED';
const isOwn = (group: SimulatedGroup): boolean => group.type !== 'BUILT_IN';
const mayHoldRoles = (group: SimulatedGroup): boolean =>
  isOwn(group) && group.members.length <= MOST_MEMBERS_WITH_ROLES;
const holdsStandard = ({ roles }: { readonly roles: readonly RoleGrant[] }): boolean =>
  roles.some(isStandard);
const holdsCustom = ({ roles }: { readonly roles: readonly RoleGrant[] }): boolean =>
  roles.some((grant) => !isStandard(grant));

const OF_USERS = {
  createUser: ({ make }) => make.createUser(),
  updateProfile: ({ make, random, withUser }) =>
    withUser(isPresent, ({ id }) =>
      make.updateProfile(id, {
        displayName: `Renamed ${random.below(1e9)}`,
        department: random.pick(DEPARTMENTS),
        title: random.pick(TITLES),
        ...(random.chance(0.2) ? { email: `moved${random.below(1e9)}@example.org` } : {}),
      }),
    ),
  changePassword: ({ make, withUser }) => withUser(isPresent, ({ id }) => make.changePassword(id)),
  logIn: ({ make, withUser }) => withUser(hasStatus('ACTIVE'), ({ id }) => make.logIn(id)),
  deleteUser: ({ make, withUser }) => withUser(hasStatus('DEPROVISIONED'), ({ id }) => make.deleteUser(id)),
  suspend: ({ make, withUser }) => withUser(hasStatus('ACTIVE'), ({ id }) => make.suspend(id)),
  unsuspend: ({ make, withUser }) => withUser(hasStatus('SUSPENDED'), ({ id }) => make.unsuspend(id)),
  lock: ({ make, withUser }) => withUser(hasStatus('ACTIVE'), ({ id }) => make.lock(id)),
  unlock: ({ make, withUser }) => withUser(hasStatus('LOCKED_OUT'), ({ id }) => make.unlock(id)),
  deactivate: ({ make, withUser }) => withUser(isPresent, ({ id }) => make.deactivate(id)),
  reactivate: ({ make, random, withUser }) =>
    withUser(hasStatus('DEPROVISIONED'), ({ id }) =>
      make.reactivate(id, random.chance(0.5) ? 'ACTIVE' : 'PROVISIONED'),
    ),
} satisfies Partial<Record<ChangeKind, Attempt>>;

const OF_FACTORS = {
  activateFactor: ({ make, random, withUser }) => {
    const kind = random.pick(FACTORS);
    const fits = (user: SimulatedUser): boolean => isPresent(user) && !user.factors.includes(kind);
    return withUser(fits, ({ id }) => make.activateFactor(id, kind));
  },
  deactivateFactor: ({ make, random, withUser }) =>
    withUser(
      (user) => isPresent(user) && user.factors.length > 0,
      ({ id, factors }) => make.deactivateFactor(id, random.pick(factors)),
    ),
  resetFactors: ({ make, withUser }) =>
    withUser(
      (user) => isPresent(user) && user.factors.length > 0,
      ({ id }) => make.resetFactors(id),
    ),
} satisfies Partial<Record<ChangeKind, Attempt>>;

const OF_GROUPS = {
  createGroup: ({ make, random }) =>
    make.createGroup({
      name: `New ${random.pick(GROUP_WORDS)} ${random.below(1e9)}`,
      description: random.chance(0.5) ? 'made by chance' : null,
      type: random.chance(0.2) ? 'APP_GROUP' : 'OKTA_GROUP',
    }),
  renameGroup: ({ make, random, withGroup }) =>
    withGroup(isOwn, ({ id }) =>
      make.renameGroup(id, {
        name: `Renamed ${random.below(1e9)}`,
        ...(random.chance(0.5) ? { description: `described ${random.below(1e9)}` } : {}),
      }),
    ),
  deleteGroup: ({ make, withGroup }) => withGroup(isOwn, ({ id }) => make.deleteGroup(id)),
  addMember: ({ make, withGroup, withUser }) =>
    withGroup(isOwn, (group) =>
      withUser(
        (user) => isPresent(user) && !user.groups.includes(group),
        ({ id }) => make.addMember(group.id, id),
      ),
    ),
  removeMember: ({ make, random, withGroup }) =>
    withGroup(
      (group) => isOwn(group) && group.members.length > 0,
      ({ id, members }) => make.removeMember(id, random.pick(members).id),
    ),
} satisfies Partial<Record<ChangeKind, Attempt>>;

const OF_ROLES = {
  grantUserRole: ({ make, random, withUser }) =>
    withUser(isPresent, ({ id }) => make.grantUserRole(id, random.pick(STANDARD_ROLES))),
  revokeUserRole: ({ make, withUser }) => withUser(holdsStandard, ({ id }) => make.revokeUserRole(id)),
  grantGroupRole: ({ make, random, withGroup }) =>
    withGroup(mayHoldRoles, ({ id }) => make.grantGroupRole(id, random.pick(STANDARD_ROLES))),
  revokeGroupRole: ({ make, withGroup }) => withGroup(holdsStandard, ({ id }) => make.revokeGroupRole(id)),
  bindCustomRole: ({ make, random, withGroup, withUser }) =>
    random.chance(0.5)
      ? withGroup(mayHoldRoles, ({ id }) => make.bindCustomRole({ groupId: id }))
      : withUser(isPresent, ({ id }) => make.bindCustomRole({ userId: id })),
  unbindCustomRole: ({ make, random, withGroup, withUser }) =>
    random.chance(0.5)
      ? withGroup(holdsCustom, ({ id }) => make.unbindCustomRole({ groupId: id }))
      : withUser(holdsCustom, ({ id }) => make.unbindCustomRole({ userId: id })),
  changeCustomRole: ({ make, random, withGroup, withUser }) => {
    const change = ({ roles }: { readonly roles: readonly RoleGrant[] }): Change | undefined => {
      const role = roles.find((grant) => grant.type === 'CUSTOM')?.role;
      return role === undefined ? undefined : make.changeCustomRole(role, `Role ${random.below(1e9)}`);
    };
    return random.chance(0.5) ? withGroup(holdsCustom, change) : withUser(holdsCustom, change);
  },
} satisfies Partial<Record<ChangeKind, Attempt>>;

const ATTEMPTS = { ...OF_USERS, ...OF_FACTORS, ...OF_GROUPS, ...OF_ROLES };

/** Kinds for which the org has nobody are passed over. */
export function randomChanges(
  org: SimulatedOrg,
  make: MutationKinds,
  count: number,
  seed: number,
  chosen: readonly ChangeKind[] | undefined,
): Change[] {
  const random = createRandom(seed);
  const attempts = attemptsFor(org, chosen);
  const pool: Pool = {
    make,
    random,
    withUser: (fits, act) => actOn(findFrom(org.users, random, fits), act),
    withGroup: (fits, act) => actOn(findFrom(org.groups, random, fits), act),
    withApp: (fits, act) => actOn(findFrom(org.assets.apps, random, fits), act),
    withRule: (fits, act) => actOn(findFrom(org.assets.rules, random, fits), act),
    withDevice: (fits, act) => actOn(findFrom(org.assets.devices, random, fits), act),
  };
  const changes: Change[] = [];
  for (let misses = 0; changes.length < count;) {
    const [, attempt] = random.pick(attempts);
    const change = attempt(pool);
    if (change !== undefined) changes.push(change);
    misses = change === undefined ? misses + 1 : 0;
    if (misses > 1_000) throw new Error(`the org allows no change of the kinds ${chosen?.join(', ') ?? ''}`);
  }
  return changes;
}

/** Those of an asset only where the org has such assets, unless they are chosen. */
function attemptsFor(
  { assets }: SimulatedOrg,
  chosen: readonly ChangeKind[] | undefined,
): readonly (readonly [string, Attempt])[] {
  const has = (any: boolean, attempts: object): object => (any || chosen !== undefined ? attempts : {});
  const all: Readonly<Partial<Record<ChangeKind, Attempt>>> = {
    ...ATTEMPTS,
    ...has(assets.apps.length > 0, OF_APPS),
    ...has(assets.rules.length > 0, OF_RULES),
    ...has(assets.devices.length > 0, OF_DEVICES),
  };
  return Object.entries(all).filter(([kind]) => chosen?.some((each) => each === kind) ?? true);
}

function actOn<T>(found: T | undefined, act: (found: T) => Change | undefined): Change | undefined {
  return found === undefined ? undefined : act(found);
}

/** The first that fits, from a place drawn, once round the list or a long way: a miss only means another draw. */
function findFrom<T>(list: readonly T[], random: Random, fits: (item: T) => boolean): T | undefined {
  const start = random.below(list.length);
  for (let step = 0; step < Math.min(list.length, FURTHEST); step += 1) {
    const item = list[(start + step) % list.length];
    if (item !== undefined && fits(item)) return item;
  }
  return undefined;
}
