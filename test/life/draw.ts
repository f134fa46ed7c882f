import { DIALECT_NAMES } from '../../src/ocsf/names.ts';
import type { createOrg, OktaServerOptions, SimulatedOrg } from '../../src/simulator/index.ts';
import type { Random } from '../../src/simulator/org/random.ts';

/** The things that may happen in the life of an org, beside changes. */
export const TROUBLES = [
  'okta-faults',
  'passing-refusals',
  'refused',
  'unreadable',
  'log-refused',
  'intake-faults',
  'intake-down',
  'intake-refuses',
  'intake-too-large',
  'intake-page',
  'intake-hang',
  'okta-hang',
  'kills',
  'search-lag',
  'late-log',
  'odd-org',
  'search',
  'include-groups',
  'exclude-groups',
  'statuses',
  'deprovisioned',
  'lookups',
  'roles-without-groups',
  'dialects',
  'shaping',
  'org-label',
  'settings-change',
  'settings-back',
  'aimed-kills',
  'selection-crossing',
  'silent-roles',
  'late-flags',
  'refusing-groups',
  'policies',
  'refused-cursor',
  'lost-events',
  'long-idle',
] as const;
export type Trouble = (typeof TROUBLES)[number];

export type Settings = Readonly<Record<string, string>>;

/** Everything of a round that is drawn before it begins. */
export interface Plan {
  readonly org: NonNullable<Parameters<typeof createOrg>[0]>;
  readonly style: OktaServerOptions;
  readonly searchLagMs: number;
  readonly logLagMs: number;
  readonly maxBytes: number | undefined;
  readonly phases: number;
}

export type Has = (trouble: Trouble) => boolean;

const MINUTE = 60_000;
/** Okta's own searches are up to some minutes behind (okta-api); the cursors look back for ten. */
const LONGEST_LAG = 5 * MINUTE;
const KEY = '0123456789abcdef0123456789abcdef';
const MAPPING = `${import.meta.dirname}/../../docs/examples/mapping.yaml`;

const ALL_LOOKUPS = 'groups,group-roles,factors,roles';
const LOOKUPS = [
  ALL_LOOKUPS,
  'groups,group-roles,factors',
  'groups,group-roles,roles',
  'groups,factors,roles',
  'groups,group-roles',
  'groups,roles',
  'groups',
  'factors',
];
const WITHOUT_GROUPS = ['roles', 'factors,roles'];

export function drawPlan(random: Random, has: Has, { most }: { readonly most: number }): Plan {
  const users = Math.min(most, 150 + random.below(251));
  const maybe = <T>(chance: number, value: T): T | undefined => (random.chance(chance) ? value : undefined);
  const org = {
    seed: 1 + random.below(1e6),
    users,
    groups: 10 + random.below(25),
    groupsPerUser: 1 + random.below(6),
    adminGroups: 1 + random.below(5),
    admins: 2 + random.below(8),
    deprovisionedShare: random.pick([0, 0.03, 0.1]),
    oktaAdministratorsGroup: random.chance(0.4),
    oddUsers: has('odd-org') && random.chance(0.3),
  };
  const assignees = random.pick(['ok', 'ok', 'missing', 'refused', 'without-group-admins'] as const);
  const style: OktaServerOptions = has('odd-org')
    ? {
        areLinksJoined: random.chance(0.2),
        hasOddCursors: random.chance(0.2),
        adminFlag: random.pick([
          'hasAdminPrivilege',
          'hasAdminPrivileges',
          'hasAdminPrivlege',
          'absent',
          'mixed',
        ]),
        stats: random.pick(['ok', 'ok', 'missing', 10]),
        assignees,
        // Without a list of role holders nobody can tell who is in a group that does not list its members.
        listsAdministrators: assignees !== 'ok' || random.chance(0.3),
        pipeline: random.pick(['idx', 'v1']),
        ...defined({ userGroupsPageSize: maybe(0.15, 3) }),
      }
    : {};
  return {
    org,
    style,
    searchLagMs: has('search-lag') && random.chance(0.6) ? random.below(LONGEST_LAG) : 0,
    logLagMs: has('late-log') && random.chance(0.6) ? random.below(LONGEST_LAG) : 0,
    // An odd user's event alone may be larger, and is rightly refused.
    maxBytes:
      has('intake-too-large') && !org.oddUsers ? maybe(0.3, 100_000 + random.below(100_000)) : undefined,
    phases: 2 + random.below(4),
  };
}

function defined(given: Readonly<Record<string, number | undefined>>): Record<string, number> {
  return Object.fromEntries(
    Object.entries(given).flatMap(([name, value]) => (value === undefined ? [] : [[name, value]])),
  );
}

/** Settings of a round's first run. */
export function drawSettings(random: Random, has: Has, org: SimulatedOrg): Settings {
  const dialect = has('dialects') ? random.pick(['sekoia', 'sekoia', 'sekoia', ...DIALECT_NAMES]) : 'sekoia';
  const settings: Record<string, string> = {
    DIALECT: dialect,
    BATCH_SIZE: String(random.pick([7, 30, 100])),
  };
  if (has('deprovisioned') && random.chance(0.25)) settings['INCLUDE_DEPROVISIONED'] = 'true';
  if (random.chance(0.1)) settings['DELIVERY'] = 'all';
  if (random.chance(0.1)) settings['ON_LOOKUP_FAILURE'] = 'assume-none';
  const drawn = [...FACETS.keys()].flatMap((facet) => {
    if (facet === 'dialect' || facet === 'deprovisioned') return [];
    if (!random.chance(facet === 'selection' ? 0.6 : 0.35)) return [];
    return [[facet, drawFacet(facet, { random, has, org, isOfficial: dialect !== 'sekoia' })] as const];
  });
  for (const [, changes] of drawn) Object.assign(settings, changes);
  return settings;
}

interface ChangeParts {
  readonly has: Has;
  readonly org: SimulatedOrg;
  readonly decides?: 'any' | 'questions';
}

interface FacetParts {
  readonly random: Random;
  readonly has: Has;
  readonly org: SimulatedOrg;
  readonly isOfficial: boolean;
}

/** The settings that each part of them is made of; drawn anew they are all taken away first. */
const FACETS: ReadonlyMap<string, readonly string[]> = new Map([
  ['selection', ['OKTA_USER_SEARCH', 'INCLUDE_GROUPS', 'EXCLUDE_GROUPS', 'STATUSES']],
  ['lookups', ['LOOKUPS']],
  ['rules', ['MFA_RULE', 'ADMIN_RULE']],
  ['shaping', ['RAW_DATA', 'MAPPING_FILE', 'REDACT', 'REDACT_KEY']],
  ['label', ['ORG_LABEL']],
  ['deprovisioned', ['INCLUDE_DEPROVISIONED']],
  // The parts that only an official dialect carries go with it.
  ['dialect', ['DIALECT', 'RAW_DATA', 'MAPPING_FILE']],
  ['vouching', ['VERIFY_ANSWERS', 'POLICY_RECHECK', 'VERIFY_GROUP_ROLES', 'FULL_SYNC_INTERVAL']],
]);

function drawFacet(facet: string, parts: FacetParts): Settings {
  const { random, has } = parts;
  switch (facet) {
    case 'selection':
      return drawSelection(parts);
    case 'lookups':
      return has('lookups')
        ? { LOOKUPS: random.pick(has('roles-without-groups') ? [...LOOKUPS, ...WITHOUT_GROUPS] : LOOKUPS) }
        : {};
    case 'rules':
      return {
        MFA_RULE: random.pick(['any', 'active', 'strong']),
        ADMIN_RULE: random.pick(['reference', 'any-role']),
      };
    case 'shaping':
      return has('shaping') ? drawShaping(parts) : {};
    case 'deprovisioned':
      return has('deprovisioned') && random.chance(0.5) ? { INCLUDE_DEPROVISIONED: 'true' } : {};
    case 'dialect':
      return { DIALECT: has('dialects') ? random.pick(['sekoia', ...DIALECT_NAMES]) : 'sekoia' };
    case 'vouching':
      return {
        VERIFY_ANSWERS: random.pick(['0', '30', '2000', '604800']),
        POLICY_RECHECK: random.pick(['at-once', '1', '30', '2000', '86400']),
        VERIFY_GROUP_ROLES: random.pick(['0', '1', '7']),
        FULL_SYNC_INTERVAL: random.pick(['3600', '86400']),
      };
    default:
      return has('org-label') ? { ORG_LABEL: `label-${random.below(100)}` } : {};
  }
}

function drawShaping({ random, isOfficial }: FacetParts): Settings {
  return {
    ...(isOfficial && random.chance(0.5) ? { RAW_DATA: 'true' } : {}),
    ...(isOfficial && random.chance(0.5) ? { MAPPING_FILE: MAPPING } : {}),
    ...(random.chance(0.5)
      ? {
          REDACT: random.pick([
            'email=hash,phone_number=drop',
            'display_name=drop',
            'full_name=drop,login=hash',
          ]),
          REDACT_KEY: KEY,
        }
      : {}),
  };
}

function drawSelection({ random, has, org }: FacetParts): Settings {
  const groups = org.groups.filter(({ type, members }) => type !== 'BUILT_IN' && members.length > 8);
  const some = (): string => random.pick(groups.length === 0 ? org.groups : groups).id;
  const ways: Settings[] = [{}];
  if (has('search'))
    ways.push({
      OKTA_USER_SEARCH: random.pick([
        'profile.department eq "Finance" or profile.department eq "Engineering"',
        'profile.department sw "S"',
        'status eq "ACTIVE" or status eq "SUSPENDED"',
      ]),
    });
  if (has('include-groups')) ways.push({ INCLUDE_GROUPS: `${some()},${some()}` });
  if (has('exclude-groups')) ways.push({ EXCLUDE_GROUPS: some() });
  if (has('statuses'))
    ways.push({ STATUSES: random.pick(['ACTIVE', 'ACTIVE,SUSPENDED,LOCKED_OUT', 'ACTIVE,DEPROVISIONED']) });
  return random.pick(ways);
}

/** They decide what Okta is asked for, and of whom: a kill amid such a change is the hardest to survive. */
const ASKING = ['selection', 'lookups', 'lookups', 'deprovisioned'];

/** One part of the settings drawn anew; `decides`: one that decides what is asked. */
export function changeSettings(
  settings: Settings,
  random: Random,
  { has, org, decides = 'any' }: ChangeParts,
): Settings {
  const facet = random.pick(decides === 'any' ? [...FACETS.keys()] : ASKING);
  const names = FACETS.get(facet) ?? [];
  const rest = Object.entries(settings).filter(([name]) => !names.includes(name));
  const isOfficial = settings['DIALECT'] !== 'sekoia';
  return { ...Object.fromEntries(rest), ...drawFacet(facet, { random, has, org, isOfficial }) };
}

/** Without groups that were deleted: a setting that names one of them stops every run. */
export function settingsThatHold(settings: Settings, org: SimulatedOrg): Settings {
  const held = Object.entries(settings).flatMap(([name, text]) => {
    if (name !== 'INCLUDE_GROUPS' && name !== 'EXCLUDE_GROUPS') return [[name, text]];
    const ids = text.split(',').filter((id) => org.group(id) !== undefined);
    return ids.length === 0 ? [] : [[name, [...new Set(ids)].join(',')]];
  });
  return Object.fromEntries(held);
}
