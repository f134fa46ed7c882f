import { number, flag, text, type PublicView } from './view.ts';

const AWS_APPS = `
  SELECT id FROM assets WHERE kind = 'app' AND json_extract(record, '$.settings.awsEnvironmentType') IS NOT NULL`;

/** Okta says of an assignment whether it is direct (USER) or through a group (GROUP). */
const IS_OF_UNKNOWN_SCOPE = `kind = 'app-users' AND coalesce(json_extract(record, '$.scope'), '') NOT IN ('GROUP', 'USER')`;

const IS_KNOWN_NOT_TO_BE_DIRECT = `
  EXISTS (SELECT 1 FROM asset_sets WHERE kind = 'app-users' AND owner = app_id AND read_at IS NOT NULL)
  AND NOT EXISTS (SELECT 1 FROM asset_links WHERE owner = app_id AND member = user_id AND ${IS_OF_UNKNOWN_SCOPE})`;

/** Views for the graph alone; they are no part of the public contract. */
export const GRAPH_VIEWS: readonly PublicView[] = [
  {
    name: 'app_groups_merged',
    says: 'one row for each group and application',
    columns: { app_id: text(''), group_id: text(''), priority: number(''), role: text(''), roles: text('') },
    sql: `
      SELECT app_id, group_id, min(priority) AS priority, min(role) AS role,
        CASE WHEN count(coalesce(role, saml_roles)) > 0
          THEN json_group_array(coalesce(json(saml_roles), role) ORDER BY role, saml_roles)
            FILTER (WHERE coalesce(role, saml_roles) IS NOT NULL) END AS roles
      FROM app_groups GROUP BY app_id, group_id`,
  },
  {
    name: 'aws_app_groups',
    says: 'groups of the applications that give roles of AWS',
    columns: {},
    sql: `SELECT * FROM app_groups WHERE app_id IN (${AWS_APPS})`,
  },
  {
    name: 'aws_app_users',
    says: 'users of the applications that give roles of AWS',
    columns: {},
    sql: `SELECT * FROM app_users WHERE app_id IN (${AWS_APPS})`,
  },
  {
    name: 'direct_roles',
    says: 'roles that users hold themselves',
    columns: {},
    sql: 'SELECT * FROM held_roles WHERE via_group_id IS NULL',
  },
  {
    name: 'direct_access',
    says: 'assignments that are direct',
    columns: { user_id: text(''), app_id: text(''), status: text(''), is_usable: flag('') },
    sql: `
      SELECT user_id, app_id, status, is_usable FROM app_users WHERE scope = 'USER'`,
  },
  {
    name: 'effective_access',
    says: 'who has which application, with the groups that give it',
    columns: { user_id: text(''), app_id: text(''), is_direct: flag(''), is_usable: flag(''), via: text('') },
    sql: `
      SELECT user_id, app_id,
        CASE WHEN max(how = 'direct') = 1 THEN 1 WHEN ${IS_KNOWN_NOT_TO_BE_DIRECT} THEN 0 END AS is_direct,
        max(how = 'okta-says-group') AS is_unexplained,
        CASE WHEN max(is_usable) = 1 THEN 1 WHEN count(*) = count(is_usable) THEN 0 END AS is_usable,
        json_group_array(group_id ORDER BY group_id) FILTER (WHERE group_id IS NOT NULL) AS via
      FROM access GROUP BY user_id, app_id`,
  },
  {
    name: 'managers',
    says: 'managers that are one user of the org',
    columns: { user_id: text(''), manager_id: text('') },
    sql: `
      WITH names AS (
        SELECT id, lower(id) AS name FROM users
        UNION SELECT id, lower(login) FROM users WHERE login IS NOT NULL
        UNION SELECT id, lower(email) FROM users WHERE email IS NOT NULL
      ), single AS (SELECT name, min(id) AS id FROM names GROUP BY name HAVING count(*) = 1)
      SELECT users.id AS user_id, single.id AS manager_id
      FROM users JOIN single ON single.name = lower(users.manager_id) WHERE single.id <> users.id`,
  },
  {
    name: 'person_users',
    says: 'the users of a person',
    columns: { key: text(''), user_id: text('') },
    sql: `SELECT 'person:' || lower(email) AS key, id AS user_id FROM users WHERE is_person = 1`,
  },
  {
    name: 'unknown_counts',
    says: 'how many subjects have no known answer to a question',
    columns: { subject: text(''), lookup: text(''), count: number('') },
    sql: `
      SELECT subject, lookup, count(DISTINCT id) AS count FROM (
        SELECT subject, id, lookup FROM unknown
        UNION ALL SELECT 'app', owner, 'app-users' FROM asset_links WHERE ${IS_OF_UNKNOWN_SCOPE}
      ) GROUP BY subject, lookup`,
  },
];
