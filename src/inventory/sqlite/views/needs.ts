/**
 * The lookups, by their names in the view `unknown`, without whose answers a view lacks rows (`rows`), or one of its
 * columns is NULL.
 */
interface ViewNeeds {
  readonly rows: readonly string[];
  readonly columns?: Readonly<Record<string, readonly string[]>>;
}

const FACTORS = ['factors'];
const MEMBERS = ['members'];
const GROUPS = ['groups', ...MEMBERS];
const ROLES = ['roles', 'group-roles', ...GROUPS];
const APP_GROUPS = ['app-groups', 'group-apps'];
const ACCESS = ['apps', 'app-users', ...APP_GROUPS, ...GROUPS];

const NEEDS: Readonly<Record<string, ViewNeeds>> = {
  users: {
    rows: [],
    columns: {
      has_mfa: FACTORS,
      factors: FACTORS,
      usable_factors: FACTORS,
      strong_factors: FACTORS,
      factor_types: FACTORS,
      has_roles: ROLES,
      is_admin: ROLES,
    },
  },
  factors: { rows: FACTORS },
  groups: { rows: ['groups'], columns: { members: MEMBERS, is_empty: MEMBERS, has_roles: ['group-roles'] } },
  memberships: { rows: GROUPS },
  group_roles: { rows: ['group-roles'] },
  held_roles: { rows: ROLES },
  apps: {
    rows: ['apps'],
    columns: { everyone: APP_GROUPS, assigned_groups: APP_GROUPS, assigned_users: ['app-users'] },
  },
  app_groups: { rows: ['apps', ...APP_GROUPS] },
  app_users: { rows: ['apps', 'app-users'] },
  access: { rows: ACCESS },
  rules: { rows: ['rules'] },
  rule_groups: { rows: ['rules', 'groups'] },
  devices: { rows: ['devices'] },
  device_users: { rows: ['devices', 'device-users'] },
};

/** The lookups that an answer depends on, given the columns that it uses of each view; '' stands for its rows. */
export function needsOf(used: ReadonlyMap<string, ReadonlySet<string>>): ReadonlySet<string> {
  const needs = [...used].flatMap(([view, columns]) => {
    const { rows = [], columns: ofColumns = {} } = NEEDS[view] ?? {};
    return [...rows, ...[...columns].flatMap((column) => ofColumns[column] ?? [])];
  });
  return new Set(needs);
}
