import { areRolesKnown, isKnown } from './user-views.ts';
import { flag, number, text, type PublicView } from './view.ts';

const IS_EVERYONE = `g.type = 'BUILT_IN' AND g.name = 'Everyone'`;

/** Reasons of a mark for which the members of a group are not known; others tell of a change. */
export const UNREAD_MEMBERS = `('refused', 'missing', 'unavailable', 'unreadable')`;

function isAnyUser(where: string): string {
  return `EXISTS (SELECT 1 FROM main.users AS u WHERE u.status IS NOT 'DEPROVISIONED' AND (
    u.groups_read_at IS NULL OR u.groups_gap IS NOT NULL OR ${where}))`;
}

/**
 * The group's list of members was read, or the own lists of all users tell of it. Those who may be in the built-in group of
 * administrators, which hides its members, are asked for their own lists where others are not.
 */
export const ARE_MEMBERS_KNOWN = `(
  g.members_read_at IS NOT NULL OR g.members_changed_at IS NOT NULL OR coalesce(${IS_EVERYONE}, 0)
  OR (EXISTS (SELECT 1 FROM main.users) AND CASE WHEN g.type = 'BUILT_IN' AND g.name = 'Okta Administrators'
        THEN NOT ${isAnyUser('FALSE')} ELSE NOT ${isAnyUser("u.groups_way IS NOT 'own-list'")} END
    AND NOT EXISTS (SELECT 1 FROM main.marks AS m WHERE m.subject = 'group' AND m.id = g.id AND m.question = 'members'
      AND m.reason IN ${UNREAD_MEMBERS})))`;

const ROLE_COLUMNS = {
  id: text('the id of the assignment'),
  type: text("Okta's type, such as SUPER_ADMIN; CUSTOM for custom roles"),
  label: text('the label'),
  role_id: text("of a custom role, Okta's id; NULL: not known"),
  status: text('the status of the assignment'),
  is_active: flag('the status is ACTIVE'),
  targets: text('the groups and applications that it is limited to, as JSON; NULL: none is known'),
};

/** The columns of a role, from an element of a list of roles. */
const ROLE = `
  json_extract(role.value, '$.id') AS id, json_extract(role.value, '$.type') AS type,
  json_extract(role.value, '$.label') AS label, json_extract(role.value, '$.roleId') AS role_id,
  json_extract(role.value, '$.status') AS status,
  json_extract(role.value, '$.status') = 'ACTIVE' AS is_active, json_extract(role.value, '$.targets') AS targets`;

const GROUP_COLUMNS = {
  id: text("Okta's id"),
  name: text('the name'),
  description: text('the description'),
  type: text('OKTA_GROUP, APP_GROUP or BUILT_IN'),
  is_everyone: flag('the group of all users'),
  members: number('users in it; those outside the selection do not count'),
  members_known: flag('its members are read'),
  is_empty: flag('nobody is in it, nor anybody outside the selection'),
  apps: number('applications that are assigned to it, as Okta counts them'),
  source_app_id: text('of an APP_GROUP, the application that it comes from'),
  created: text('when it was created'),
  last_updated: text('the last change of its profile'),
  last_membership_updated: text('when members last came or went'),
  object_class: text('the class of its object'),
  object_sid: text('the SID of a group of Active Directory'),
  sam_account_name: text('the account name of a group of Active Directory'),
  distinguished_name: text('the distinguished name of a group of a directory'),
  has_roles: flag('holds a role'),
};

const MEMBERSHIPS: PublicView = {
  name: 'memberships',
  says: 'which user is in which group; all users but deactivated ones are in Everyone',
  columns: { user_id: text('the user'), group_id: text('the group') },
  sql: `
        SELECT m.user_id AS user_id, m.group_id AS group_id FROM main.memberships AS m
        JOIN main.users AS u ON u.id = m.user_id JOIN main.groups AS g ON g.id = m.group_id
        WHERE NOT coalesce(${IS_EVERYONE}, 0) OR u.status = 'DEPROVISIONED'
        UNION ALL
        SELECT u.id AS user_id, g.id AS group_id FROM main.groups AS g CROSS JOIN main.users AS u
        WHERE ${IS_EVERYONE} AND u.status IS NOT 'DEPROVISIONED'`,
};

function groupsView(maxAnswerAgeMs: number): PublicView {
  const record = (name: string): string => `json_extract(a.record, '$.${name}')`;
  return {
    name: 'groups',
    says: 'the groups of the org',
    columns: GROUP_COLUMNS,
    sql: `
      SELECT g.id AS id, g.name AS name, g.description AS description, g.type AS type,
        coalesce(${IS_EVERYONE}, 0) AS is_everyone,
        CASE WHEN ${IS_EVERYONE} THEN (SELECT count(*) FROM memberships WHERE group_id = g.id)
          WHEN ${ARE_MEMBERS_KNOWN} THEN (SELECT count(*) FROM main.memberships AS m
            JOIN main.users AS u ON u.id = m.user_id WHERE m.group_id = g.id) END AS members,
        ${ARE_MEMBERS_KNOWN} AS members_known,
        CASE WHEN EXISTS (SELECT 1 FROM memberships WHERE group_id = g.id)
            OR EXISTS (SELECT 1 FROM main.memberships AS m WHERE m.group_id = g.id) THEN 0
          WHEN ${ARE_MEMBERS_KNOWN} AND (g.users_count = 0 OR g.members_read_at >= g.listed_at) THEN 1
          END AS is_empty,
        ${record('appsCount')} AS apps, ${record('sourceAppId')} AS source_app_id, ${record('created')} AS created,
        ${record('lastUpdated')} AS last_updated,
        coalesce(g.members_stamp, ${record('lastMembershipUpdated')}) AS last_membership_updated,
        ${record('objectClass')} AS object_class, ${record('objectSid')} AS object_sid,
        ${record('samAccountName')} AS sam_account_name, ${record('dn')} AS distinguished_name,
        CASE WHEN ${areRolesKnown(maxAnswerAgeMs)} THEN g.roles <> '[]' END AS has_roles
      FROM main.groups AS g LEFT JOIN assets AS a ON a.kind = 'group' AND a.id = g.id`,
  };
}

export function groupViews(maxAnswerAgeMs: number): readonly PublicView[] {
  return [
    groupsView(maxAnswerAgeMs),
    MEMBERSHIPS,
    {
      name: 'group_roles',
      says: 'the admin roles of groups, as far as they are known',
      columns: { group_id: text('the group'), ...ROLE_COLUMNS },
      sql: `
        SELECT g.id AS group_id, ${ROLE} FROM main.groups AS g, json_each(g.roles) AS role
        WHERE g.roles <> '[]' AND ${areRolesKnown(maxAnswerAgeMs)}`,
    },
    {
      name: 'held_roles',
      says: 'the admin roles of users, held directly or through a group',
      columns: {
        user_id: text('the user'),
        ...ROLE_COLUMNS,
        via_group_id: text('the group through which it is held; NULL: directly'),
      },
      sql: `
        SELECT u.id AS user_id, ${ROLE}, NULL AS via_group_id
        FROM main.users AS u, json_each(u.roles, '$.roles') AS role
        WHERE json_array_length(u.roles, '$.roles') > 0 AND ${isKnown('roles', maxAnswerAgeMs)}
          AND json_extract(role.value, '$.assignmentType') IS NOT 'GROUP'
        UNION ALL
        SELECT m.user_id AS user_id, r.id AS id, r.type AS type, r.label AS label, r.role_id AS role_id, r.status AS status,
          r.is_active AS is_active, r.targets AS targets, r.group_id AS via_group_id
        FROM group_roles AS r JOIN memberships AS m ON m.group_id = r.group_id`,
    },
  ];
}
