import { ASSET_GAPS } from '../ports/assets.ts';
import type { AskedQuestions, GraphSource } from '../ports/graph.ts';
import { LOOKUPS } from '../ports/org.ts';
import { unreadableAwsRoles } from './aws-assignments.ts';
import { count, key } from './cells.ts';
import type { Access } from './relationships.ts';

/** A graph's words about itself: of when it is, which users it is about, and what it does not know. */
export interface Meta {
  readonly org: string | null;
  readonly host: string;
  readonly at: string | null;
  readonly run_id: string | null;
  readonly version: string;
  /** The settings that selected users in the newest run, as text; null: all users. */
  readonly selection: string | null;
  /** The attributes of users that are redacted; null: none. */
  readonly redacted: readonly string[] | null;
  /** By type: everything of it that the org has is in the graph. */
  readonly complete: Readonly<Record<string, boolean>>;
  /**
   * By question: how many users, groups, applications or devices have no known answer; for a list that was not read 1; and
   * of `aws-roles` how many values that should name a role are no text.
   */
  readonly unknown: Readonly<Record<string, number>>;
  readonly counts: Readonly<Record<string, number>>;
}

/** The questions that `unknown` always counts, also where nothing is unknown. */
const QUESTIONS = [...LOOKUPS, 'members', ...ASSET_GAPS, 'device-users', 'aws-roles'] as const;

/** A subject and a question as the view `unknown` has them. */
type Need = `${'user' | 'group' | 'app' | 'device' | 'org'} ${string}`;

const APP_GROUPS: readonly Need[] = ['org groups', 'org apps', 'app app-groups', 'group group-apps'];
const APP_USERS: readonly Need[] = ['org apps', 'app app-users'];
const MEMBERS: readonly Need[] = ['org groups', 'user groups', 'group members'];

/** The questions whose answers a type is made of; users are always read. */
const MADE_OF: Readonly<Record<string, readonly Need[]>> = {
  aws_iam_role: [...APP_GROUPS, ...APP_USERS],
  mfa_device: ['user factors'],
  okta_account: ['org org'],
  okta_app_user_group: ['org groups'],
  okta_application: ['org apps'],
  okta_device: ['org devices'],
  okta_role: ['org groups', 'user roles', 'group group-roles'],
  okta_rule: ['org rules'],
  okta_service: [],
  okta_user: [],
  okta_user_group: ['org groups'],
  person: [],
  okta_account_has_application: ['org apps'],
  okta_account_has_device: ['org devices'],
  okta_account_has_group: ['org groups'],
  okta_account_has_rule: ['org rules'],
  okta_account_has_service: [],
  okta_account_has_user: [],
  okta_group_assigned_application: APP_GROUPS,
  okta_group_has_user: MEMBERS,
  okta_rule_manages_user_group: ['org rules'],
  okta_user_assigned_application: APP_USERS,
  okta_user_assigned_aws_iam_role: APP_USERS,
  okta_user_assigned_factor: ['user factors'],
  okta_user_assigned_role: ['user roles'],
  okta_user_group_assigned_aws_iam_role: APP_GROUPS,
  okta_user_group_assigned_role: ['org groups', 'group group-roles'],
  okta_user_has_device: ['org devices', 'device device-users'],
  okta_user_manages_user: [],
  person_is_okta_user: [],
};

/** The same where assignments through groups are told, too. */
const EFFECTIVE: typeof MADE_OF = {
  ...MADE_OF,
  okta_user_assigned_application: [...APP_USERS, ...APP_GROUPS, ...MEMBERS],
};

/** The questions that the settings of the last run do not ask: their answers are of an earlier time. */
function notAsked({ assets, lookups }: AskedQuestions): readonly Need[] {
  const lists = assets.has('groups') || assets.has('apps') || lookups.has('groups') || lookups.has('roles');
  const asks: readonly (readonly [Need, boolean])[] = [
    ['org groups', lists],
    ['org apps', assets.has('apps')],
    ['app app-users', assets.has('app-users')],
    ['org rules', assets.has('rules')],
    ['org devices', assets.has('devices')],
    ['org org', assets.has('org')],
    ['user groups', lookups.has('groups')],
    ['user factors', lookups.has('factors')],
    ['user roles', lookups.has('roles')],
    ['group group-roles', lookups.has('group-roles') || lookups.has('roles')],
  ];
  return asks.filter(([, isAsked]) => !isAsked).map(([need]) => need);
}

/** The attributes of users that types are made of; where they are redacted, nobody knows what is missing. */
const MADE_OF_ATTRIBUTES: Readonly<Record<string, readonly string[]>> = {
  person: ['email', 'userType'],
  person_is_okta_user: ['email', 'userType'],
  okta_user_manages_user: ['email', 'login', 'managerId'],
};

interface MetaFacts extends Pick<Meta, 'version'> {
  readonly access: Access;
  readonly counts: Readonly<Record<string, number>>;
}

export function metaOf(source: GraphSource, { access, version, counts }: MetaFacts): Meta {
  const { org, host, at, runId, redacted, asked } = source.facts;
  const unknown = new Map<string, number>(QUESTIONS.map((question) => [question, 0]));
  const needs = new Set<string>(asked === undefined ? [] : notAsked(asked));
  for (const row of source.rows('unknown_counts', ['lookup', 'subject'])) {
    const lookup = key(row, 'lookup');
    unknown.set(lookup, (unknown.get(lookup) ?? 0) + (count(row, 'count') ?? 0));
    needs.add(`${key(row, 'subject')} ${lookup}`);
  }
  unknown.set('aws-roles', unreadableAwsRoles(source));
  const isRedacted = (type: string): boolean =>
    MADE_OF_ATTRIBUTES[type]?.some((each) => redacted?.includes(each)) === true;
  const madeOf = Object.entries(access === 'effective' ? EFFECTIVE : MADE_OF);
  return {
    org: org ?? null,
    host,
    at: at ?? null,
    run_id: runId ?? null,
    version,
    selection: asked?.selection ?? null,
    redacted: redacted ?? null,
    complete: Object.fromEntries(
      madeOf.map(([type, given]) => [
        type,
        at !== undefined && !isRedacted(type) && !given.some((each) => needs.has(each)),
      ]),
    ),
    unknown: Object.fromEntries(unknown),
    counts,
  };
}
