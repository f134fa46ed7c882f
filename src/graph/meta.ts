import type { GraphSource } from '../ports/graph.ts';
import { unreadableAwsRoles } from './aws-assignments.ts';

/** A graph's words about itself: of when it is, which users it is about, and what it does not know. */
export interface Meta {
  readonly org: string | null;
  readonly host: string;
  readonly at: string | null;
  readonly run_id: string | null;
  readonly version: string;
  /** The settings that select users, as text; null: all users. */
  readonly selection: string | null;
  /** By type: everything of it that the org has is in the graph. */
  readonly complete: Readonly<Record<string, boolean>>;
  /** By question: how many users, groups or applications have no known answer; for lists 1. */
  readonly unknown: Readonly<Record<string, number>>;
  readonly counts: Readonly<Record<string, number>>;
}

/** Subjects without a known answer, by question. */
const UNKNOWN: Readonly<Record<string, string>> = {
  users: `SELECT count(*) FROM unknown WHERE lookup = 'record'`,
  groups: `SELECT (SELECT count(*) FROM users WHERE groups_known = 0 AND status IS NOT 'DEPROVISIONED')
    + (SELECT count(*) FROM unknown WHERE lookup = 'members')`,
  'group-roles': 'SELECT count(*) FROM groups WHERE has_roles IS NULL',
  factors: `SELECT count(*) FROM users WHERE factors IS NULL AND status IS NOT 'DEPROVISIONED'`,
  roles: `SELECT count(*) FROM users WHERE is_admin IS NULL AND status IS NOT 'DEPROVISIONED'`,
  apps: `SELECT count(*) FROM unknown WHERE lookup = 'apps'`,
  'app-groups': 'SELECT count(*) FROM apps WHERE everyone IS NULL',
  'app-users': 'SELECT count(*) FROM apps WHERE direct_known = 0',
  rules: `SELECT count(*) FROM unknown WHERE lookup = 'rules'`,
  devices: `SELECT count(*) FROM unknown WHERE lookup IN ('devices', 'device-users')`,
  org: `SELECT count(*) FROM unknown WHERE lookup = 'org'`,
};

/** The questions whose answers a type is made of. */
const MADE_OF: Readonly<Record<string, readonly string[]>> = {
  aws_iam_role: ['apps', 'app-groups', 'app-users'],
  mfa_device: ['users', 'factors'],
  okta_account: ['org'],
  okta_app_user_group: ['apps'],
  okta_application: ['apps'],
  okta_device: ['devices'],
  okta_role: ['roles', 'group-roles', 'org'],
  okta_rule: ['rules'],
  okta_service: [],
  okta_user: ['users'],
  okta_user_group: [],
  person: ['users'],
  okta_account_has_application: ['apps'],
  okta_account_has_device: ['devices'],
  okta_account_has_group: [],
  okta_account_has_rule: ['rules'],
  okta_account_has_service: [],
  okta_account_has_user: ['users'],
  okta_group_assigned_application: ['apps', 'app-groups'],
  okta_group_has_user: ['users', 'groups'],
  okta_rule_manages_user_group: ['rules'],
  okta_user_assigned_application: ['apps', 'app-users'],
  okta_user_assigned_aws_iam_role: ['apps', 'app-users'],
  okta_user_assigned_factor: ['users', 'factors'],
  okta_user_assigned_role: ['users', 'roles'],
  okta_user_group_assigned_aws_iam_role: ['apps', 'app-groups'],
  okta_user_group_assigned_role: ['group-roles'],
  okta_user_has_device: ['devices'],
  okta_user_manages_user: ['users'],
  person_is_okta_user: ['users'],
};

interface MetaFacts {
  readonly version: string;
  readonly selection: string | undefined;
  readonly counts: Readonly<Record<string, number>>;
}

export function metaOf(source: GraphSource, { version, selection, counts }: MetaFacts): Meta {
  const { org, host, at, runId } = source.facts;
  const unknown: Record<string, number> = {};
  for (const [question, sql] of Object.entries(UNKNOWN)) unknown[question] = source.count(sql);
  unknown['aws-roles'] = unreadableAwsRoles(source);
  const isComplete = (type: string): boolean =>
    at !== undefined && (MADE_OF[type] ?? []).every((question) => unknown[question] === 0);
  return {
    org: org ?? null,
    host,
    at: at ?? null,
    run_id: runId ?? null,
    version,
    selection: selection ?? null,
    complete: Object.fromEntries(Object.keys(MADE_OF).map((type) => [type, isComplete(type)])),
    unknown,
    counts,
  };
}
