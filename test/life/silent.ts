import type { SimulatedGroup, SimulatedUser } from '../../src/simulator/index.ts';
import { syncAdministrators } from '../../src/simulator/org/membership.ts';
import type { Random } from '../../src/simulator/org/random.ts';
import type { LifeStage } from './stage.ts';
import type { Unsaid } from './unsaid.ts';

const POLICY_EVENTS = [
  'policy.rule.update',
  'policy.lifecycle.activate',
  'security.authenticator.lifecycle.deactivate',
  'system.mfa.factor.deactivate',
  'zone.update',
];
const KINDS = ['push', 'totp', 'webauthn', 'sms', 'fastpass', 'email'] as const;

/** A group's roles come or go, and no event says so. The group's admin flag shows it in the next full listing. */
export function moveRolesSilently(
  { org, clock }: LifeStage,
  random: Random,
  unsaid: Unsaid,
): string | undefined {
  const at = clock.now();
  const fits = org.groups.filter((group) => group.type !== 'BUILT_IN' && !unsaid.isFlagMoved(group));
  const holders = fits.filter(({ roles }) => roles.length > 0);
  const takesAway = holders.length > 0 && random.chance(0.5);
  const group = pickFrom(takesAway ? holders : fits.filter(({ roles }) => roles.length === 0), random);
  if (group === undefined) return undefined;
  unsaid.noteFlag(group);
  const grant = {
    id: `ra1silent${random.below(1e9)}`,
    label: 'Help Desk Administrator',
    type: 'HELP_DESK_ADMIN',
    status: 'ACTIVE',
    createdAt: at,
    role: undefined,
    resourceSet: undefined,
  } as const;
  group.roles = takesAway ? [] : [grant];
  syncAdministrators(org, group.members, at);
  return `${takesAway ? 'revoked' : 'granted'} without an event ${group.id}`;
}

/** Okta shows other factors of many users from now on, and the log names the policy alone. */
export function movePolicy({ org, mutations }: LifeStage, random: Random, unsaid: Unsaid): string {
  const [allowed, forbidden, eventType] = [
    random.pick(KINDS),
    random.pick(KINDS),
    random.pick(POLICY_EVENTS),
  ];
  const more = org.users.filter((user) => random.chance(0.2) && mayEnrol(user, allowed));
  for (const user of more) user.factors = [...user.factors, allowed];
  const { users } = mutations.forbidFactor(forbidden, eventType);
  unsaid.notePolicy([...more.map(({ id }) => id), ...users]);
  return `policy ${eventType} allows ${allowed}, forbids ${forbidden}`;
}

function mayEnrol({ status, factors }: SimulatedUser, kind: (typeof KINDS)[number]): boolean {
  return status !== 'DEPROVISIONED' && !factors.includes(kind);
}

const LOSABLE = {
  factors: ['activateFactor', 'deactivateFactor', 'resetFactors'],
  roles: ['grantUserRole', 'revokeUserRole'],
} as const;

/** Changes whose events never come to the log. */
export function loseEvents({ org, mutations }: LifeStage, random: Random, unsaid: Unsaid): string {
  const part = random.pick(['factors', 'factors', 'roles'] as const);
  const append = org.log.append.bind(org.log);
  org.log.append = () => undefined;
  try {
    const lost = mutations.randomChanges(1 + random.below(4), random.below(1e9), LOSABLE[part]);
    unsaid.noteLost(
      lost.flatMap(({ users }) => users),
      part,
    );
    return `lost ${lost.map(({ kind }) => kind).join(' ')}`;
  } finally {
    org.log.append = append;
  }
}

/** One or two groups refuse to list their members, until others are drawn. */
export function drawRefusing({ org }: LifeStage, random: Random, unsaid: Unsaid): string | undefined {
  unsaid.refusing.clear();
  if (random.chance(0.5)) return undefined;
  for (let left = random.below(2); left >= 0; left -= 1) {
    const group = pickFrom(
      org.groups.filter(({ type }) => type !== 'BUILT_IN'),
      random,
    );
    if (group !== undefined) unsaid.refusing.add(group.id);
  }
  return `groups that refuse their members: ${[...unsaid.refusing].join(' ')}`;
}

/** The flag of each group whose roles came or went stays as it was. */
export function lateFlags({ org }: LifeStage, act: () => void): void {
  const before = new Map(org.groups.map((group) => [group.id, holdsRoles(group)]));
  act();
  for (const group of org.groups) {
    const was = before.get(group.id) ?? false;
    if (was !== holdsRoles(group)) group.shownAdminFlag ??= was;
  }
}

function holdsRoles({ roles }: SimulatedGroup): boolean {
  return roles.length > 0;
}

function pickFrom(list: readonly SimulatedGroup[], random: Random): SimulatedGroup | undefined {
  return list[random.below(list.length)];
}
