import { ASSETS, type Asset } from '../../ports/assets.ts';
import type { Lookup } from '../../ports/org.ts';
import { HOOK_TYPES } from '../read/hook-types.ts';
import { EFFECTS, FAMILIES, type Effect } from '../read/system-log.ts';

/** The settings that decide which events make a run read something again. */
export interface ReadParts {
  readonly lookups: ReadonlySet<Lookup>;
  readonly assets: ReadonlySet<Asset>;
}

/** One event type that the poll of the System Log uses, or could use with other settings. */
export interface HookType {
  readonly type: string;
  /** Does Okta offer it for event hooks? */
  readonly isEligible: boolean;
  /** Do the settings make use of it? */
  readonly isUsed: boolean;
  /** The facts that are read again when it comes, in words. */
  readonly why: string;
}

/**
 * Eligible as well (catalogue 2026.08.1), but of no use in seconds: factors of all users are read again over
 * `POLICY_RECHECK`.
 */
const ELIGIBLE_FOR_POLICIES: ReadonlySet<string> = new Set([
  'policy.lifecycle.update',
  'policy.lifecycle.activate',
  'policy.lifecycle.deactivate',
  'policy.rule.add',
  'policy.rule.update',
  'policy.rule.delete',
  'policy.rule.activate',
  'policy.rule.deactivate',
  'security.authenticator.lifecycle.create',
  'security.authenticator.lifecycle.update',
  'security.authenticator.lifecycle.activate',
  'security.authenticator.lifecycle.deactivate',
]);

/** Names that some documents list and Okta does not have, with those that are meant. */
const ALIASES: ReadonlyMap<string, string> = new Map([
  ['user.lifecycle.delete', 'user.lifecycle.delete.initiated'],
  ['group.lifecycle.update', 'group.profile.update'],
]);

/** A fact about users or assets, and the settings with which it is read. */
interface Use {
  readonly why: string;
  readonly isRead: (parts: ReadParts) => boolean;
}

const readsLookup =
  (...names: readonly Lookup[]): Use['isRead'] =>
  ({ lookups }) =>
    names.some((name) => lookups.has(name));
const readsAsset =
  (...names: readonly Asset[]): Use['isRead'] =>
  ({ assets }) =>
    names.some((name) => assets.has(name));

const RECORDS: Use = { why: 'records of users', isRead: () => true };
const FACTORS: Use = { why: 'factors', isRead: readsLookup('factors') };
const ROLES: Use = { why: 'roles', isRead: readsLookup('roles', 'group-roles') };
const GROUPS: Use = {
  why: 'groups and their members',
  isRead: (parts) => readsLookup('groups', 'roles')(parts) || readsAsset('groups', 'apps')(parts),
};
const OF_POLICIES: Use = { why: 'factors of all users, within POLICY_RECHECK', isRead: FACTORS.isRead };
const OF_ASSETS: Readonly<Record<Asset, string>> = {
  groups: 'groups',
  apps: 'applications and their groups',
  'app-users': 'users of applications',
  rules: 'group rules',
  devices: 'devices',
  org: 'the org',
};

/** Every type of the log's filter and of its families, the eligible ones first. */
export function hookTypes(parts: ReadParts): readonly HookType[] {
  const all = new Set([...HOOK_TYPES, ...ELIGIBLE_FOR_POLICIES, ...Object.keys(EFFECTS)]);
  return [...all].map((type) => {
    const uses = usesOf(type);
    return {
      type,
      isEligible: HOOK_TYPES.has(type) || ELIGIBLE_FOR_POLICIES.has(type),
      isUsed: uses.some(({ isRead }) => isRead(parts)),
      why: uses.map(({ why }) => why).join('; '),
    };
  });
}

/** The types that a hook has unless others are named. */
export function defaultTypes(parts: ReadParts): readonly string[] {
  return hookTypes(parts)
    .filter(({ type, isUsed }) => isUsed && HOOK_TYPES.has(type))
    .map(({ type }) => type);
}

export interface ChosenTypes {
  readonly types: readonly string[];
  /** A word for each name that was taken as another one. */
  readonly notes: readonly string[];
}

/** The types that were named, without repetition. */
export function chosenTypes(names: readonly string[]): ChosenTypes {
  const notes = [...new Set(names)].flatMap((name) => {
    const meant = ALIASES.get(name);
    return meant === undefined ? [] : [`${name} is no event type of Okta: taken as ${meant}`];
  });
  return { types: [...new Set(names.map((name) => ALIASES.get(name) ?? name))], notes };
}

function usesOf(type: string): readonly Use[] {
  const families = ASSETS.flatMap((asset): readonly Use[] =>
    FAMILIES.some((each) => each.asset === asset && isOfFamily(type, each.start))
      ? [{ why: OF_ASSETS[asset], isRead: readsAsset(asset) }]
      : [],
  );
  // A device that is enrolled brings a factor too, but its own event tells of that.
  if (families.length > 0) return families;
  const effect = Object.hasOwn(EFFECTS, type) ? EFFECTS[type] : undefined;
  return effect === undefined ? [] : usesOfEffect(effect);
}

function isOfFamily(type: string, start: string): boolean {
  return type === start || type.startsWith(`${start}.`);
}

function usesOfEffect({ user = [], group = [], org, isMembership }: Effect): readonly Use[] {
  if (org === 'factors') return [OF_POLICIES];
  const uses = [
    ...(user.some((question) => question === 'record' || question === 'presence') ? [RECORDS] : []),
    ...(user.includes('factors') ? [FACTORS] : []),
    ...(user.includes('roles') || org !== undefined ? [ROLES] : []),
    ...(isMembership === true || group.includes('record') || group.includes('members') ? [GROUPS] : []),
  ];
  return uses;
}
