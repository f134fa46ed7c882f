import type { OrgPeople, SimulatedGroup, SimulatedUser } from '../org-model.ts';
import { createRandom, itemAt, makeId, mix } from '../random.ts';
import type { Random } from '../random.ts';
import type { SimulatedAppGroup, AwsProfile, OwnAssignment, SimulatedApp } from './asset-model.ts';
import { APP_KINDS, UNLISTED_KIND } from './catalogue.ts';
import type { AppKind } from './catalogue.ts';

const DAY = 86_400_000;

export interface AppOptions {
  readonly asOf: number;
  /** Listed ones; where there are any, there is one besides that Okta never lists. */
  readonly apps: number;
  /** The last so many are assigned to Everyone. */
  readonly appsForEveryone: number;
  /** Of each of the others, directly and through groups. */
  readonly usersPerApp: number;
}

export function makeApps(org: OrgPeople, options: AppOptions): SimulatedApp[] {
  if (options.apps === 0) return [];
  const listed = Array.from({ length: options.apps }, (_, number) => {
    const app = makeApp(org, itemAt(APP_KINDS, number), number, options.asOf);
    const isForNobody = app.kind.isImplicit === true || app.kind.clientType === 'service';
    if (number >= options.apps - options.appsForEveryone) assignEveryone(org, app);
    else if (!isForNobody) assign(org, app, Math.min(options.usersPerApp, org.users.length));
    return app;
  });
  nameSources(org, listed);
  return [...listed, makeUnlisted(org, options)];
}

/** Half of the groups from directories come from one that is listed as an app. */
function nameSources(org: OrgPeople, apps: readonly SimulatedApp[]): void {
  const directory = apps.find(({ kind }) => kind.name === 'active_directory');
  const imported = org.groups.filter(({ type }) => type === 'APP_GROUP');
  for (const group of imported.filter((_, place) => place % 2 === 0)) group.sourceAppId = directory?.id;
}

function makeApp(org: OrgPeople, kind: AppKind, number: number, asOf: number): SimulatedApp {
  const random = createRandom(mix(mix(org.seed, 31), number));
  const createdAt = asOf - (200 + random.below(1_500)) * DAY;
  return {
    ...appFacts(org.seed, kind, number),
    label: number < APP_KINDS.length ? kind.label : `${kind.label} ${number}`,
    createdAt,
    lastUpdatedAt: createdAt + random.below(100 * DAY),
  };
}

export function appFacts(
  seed: number,
  kind: AppKind,
  number: number,
): Omit<SimulatedApp, 'label' | 'createdAt' | 'lastUpdatedAt'> {
  return {
    id: makeId('0oa', seed, number),
    number,
    kind,
    status: kind.status ?? 'ACTIVE',
    awsAccount: kind.isAws ? String(100_000_000_000 + (mix(seed, number) % 899_999_999)) : undefined,
    groups: [],
    ownUsers: new Map(),
    userChanges: new Map(),
  };
}

function makeUnlisted(org: OrgPeople, options: AppOptions): SimulatedApp {
  const app = makeApp(org, UNLISTED_KIND, options.apps, options.asOf);
  const group = org.groups.find(({ type, members }) => type === 'OKTA_GROUP' && members.length > 0);
  if (group !== undefined) app.groups = [makeEntry(app, group, 0, {})];
  return app;
}

function assignEveryone(org: OrgPeople, app: SimulatedApp): void {
  const random = createRandom(mix(mix(org.seed, 37), app.number));
  const profile = app.kind.isAws ? awsProfile(random, 0) : {};
  app.groups = [makeEntry(app, org.everyone, 0, profile)];
  for (let count = Math.min(3, org.users.length); count > 0; count -= 1)
    assignDirectly(app, random.pick(org.users), random);
}

/** Groups as long as they fit, one of them twice in an AWS app; users of these groups and others fill up the rest. */
function assign(org: OrgPeople, app: SimulatedApp, size: number): void {
  const random = createRandom(mix(mix(org.seed, 37), app.number));
  const groups = drawGroups(org, random, size);
  const twice = app.kind.isAws ? [...groups.slice(0, 1), ...groups] : groups;
  app.groups = twice.map((group, place) =>
    makeEntry(app, group, place, app.kind.isAws ? awsProfile(random, place) : {}),
  );
  const members = groups.flatMap((group) => group.members);
  for (const both of members.slice(0, 1)) assignDirectly(app, both, random);
  const reached = new Set(members);
  for (let tries = 0; reached.size < size && tries < 20 * size; tries += 1) {
    const user = random.pick(org.users);
    if (reached.has(user) && !random.chance(0.05)) continue;
    reached.add(user);
    const isUnexplained = app.number % 7 === 5 && tries === 0 && !members.includes(user);
    assignDirectly(app, user, random, isUnexplained ? 'GROUP' : 'USER');
  }
}

function drawGroups(org: OrgPeople, random: Random, size: number): SimulatedGroup[] {
  const drawn = new Set<SimulatedGroup>();
  let left = size - 2;
  for (let tries = 0; tries < 8 && drawn.size < 3; tries += 1) {
    const group = random.pick(org.groups);
    if (group.type === 'BUILT_IN' || drawn.has(group) || group.members.length > left) continue;
    drawn.add(group);
    left -= group.members.length;
  }
  return [...drawn];
}

function makeEntry(
  app: SimulatedApp,
  group: SimulatedGroup,
  place: number,
  profile: AwsProfile,
): SimulatedAppGroup {
  return {
    number: place,
    group,
    priority: place,
    lastUpdatedAt: app.createdAt + (place + 1) * DAY,
    ...profile,
  };
}

/** A deactivated user is assigned to nothing. */
function assignDirectly(
  app: SimulatedApp,
  user: SimulatedUser,
  random: Random,
  scope: OwnAssignment['scope'] = 'USER',
): void {
  if (user.status === 'DEPROVISIONED') return;
  const profile = app.kind.isAws ? awsProfile(random, random.below(9)) : {};
  const createdAt = Math.max(app.createdAt, user.createdAt ?? 0) + random.below(20 * DAY);
  app.ownUsers.set(user.id, { scope, createdAt, ...profile });
}

const ROLES = ['Admin', 'ReadOnly', 'Billing', 'Ops-team/Deploy'] as const;

/** Plain names, names of another account by its alias, and values that are no text. */
export function awsProfile(random: Random, place: number): AwsProfile {
  const role = itemAt(ROLES, place);
  const samlRoles = [role, `Prod -- ${random.pick(ROLES)}`, `[Data lake] -- ${role}`];
  if (place % 4 === 2) return { role };
  if (place % 4 === 3) return { role: null, samlRoles: [42, random.pick(ROLES)] };
  return { role, samlRoles };
}
