import { APP_GROUPS, ARE_ALL_GROUPS_ASKED } from '../assets/tables.ts';
import { flag, number, stamp, text, type PublicView } from './view.ts';

/** The statuses of an assignment with which the application can be opened (org-graph section 1.5). */
const USABLE = `('ACTIVE', 'PROVISIONED', 'IMPLICIT')`;

function columnsOf(fields: Readonly<Record<string, string>>): string {
  return Object.entries(fields)
    .map(([column, field]) => `json_extract(a.record, '$.${field}') AS ${column}`)
    .join(', ');
}

const APP_FIELDS = {
  name: 'name',
  label: 'label',
  status: 'status',
  sign_on_mode: 'signOnMode',
  created: 'created',
  last_updated: 'lastUpdated',
  features: 'features',
  client_type: 'clientType',
  login_url: 'loginUrl',
  is_hidden: 'isHidden',
  settings: 'settings',
};

const ARE_USERS_KNOWN = `EXISTS (
  SELECT 1 FROM asset_sets WHERE kind = 'app-users' AND owner = ids.id AND read_at IS NOT NULL)`;
const ARE_GROUPS_KNOWN = `(
  EXISTS (SELECT 1 FROM asset_sets WHERE kind = 'app-groups' AND owner = ids.id AND read_at IS NOT NULL)
  OR (${ARE_ALL_GROUPS_ASKED}))`;

/** Applications that Okta never lists are known by their assignments alone. */
const APPS: PublicView = {
  name: 'apps',
  says: 'the applications of the org',
  columns: {
    id: text("Okta's id"),
    name: text("the key in Okta's catalogue"),
    label: text('the name that people see'),
    status: text('ACTIVE or INACTIVE; NULL: not known, as of an application that Okta does not list'),
    sign_on_mode: text("Okta's signOnMode"),
    created: text('when it was created'),
    last_updated: text('the last change of its record'),
    features: text('its features, as JSON'),
    client_type: text('of OpenID Connect: service, web, native or browser'),
    login_url: text('where it is opened'),
    is_hidden: flag('is not shown to users'),
    settings: text('the few settings that are kept, as JSON'),
    kind: text('saml, oidc, bookmark, password, ws-federation or other, by its sign-on mode'),
    everyone: flag('is assigned to Everyone, or needs no assignment'),
    direct_known: flag('its users are read, so that direct assignments are known'),
    assigned_users: number(
      'users that are assigned to it, directly or through a group; those outside the selection count',
    ),
    assigned_groups: number('groups that are assigned to it'),
    read_at: text('when the record was last read; NULL: Okta does not list the application'),
  },
  sql: `
    SELECT ids.id AS id, ${columnsOf(APP_FIELDS)},
      CASE WHEN json_extract(a.record, '$.signOnMode') LIKE 'SAML%' THEN 'saml'
        WHEN json_extract(a.record, '$.signOnMode') = 'OPENID_CONNECT' THEN 'oidc'
        WHEN json_extract(a.record, '$.signOnMode') = 'BOOKMARK' THEN 'bookmark'
        WHEN json_extract(a.record, '$.signOnMode') IN (
          'AUTO_LOGIN', 'BROWSER_PLUGIN', 'SECURE_PASSWORD_STORE', 'BASIC_AUTH') THEN 'password'
        WHEN json_extract(a.record, '$.signOnMode') = 'WS_FEDERATION' THEN 'ws-federation'
        WHEN a.record IS NOT NULL THEN 'other' END AS kind,
      CASE WHEN json_extract(a.record, '$.isImplicit') = 1 THEN 1
        WHEN EXISTS (SELECT 1 FROM app_groups JOIN main.groups AS g ON g.id = app_groups.group_id
          WHERE app_groups.app_id = ids.id AND g.type = 'BUILT_IN' AND g.name = 'Everyone') THEN 1
        WHEN ${ARE_GROUPS_KNOWN} THEN 0 END AS everyone,
      ${ARE_USERS_KNOWN} AS direct_known,
      CASE WHEN ${ARE_USERS_KNOWN} THEN (
        SELECT count(*) FROM asset_links WHERE kind = 'app-users' AND owner = ids.id) END AS assigned_users,
      CASE WHEN ${ARE_GROUPS_KNOWN} THEN (
        SELECT count(DISTINCT group_id) FROM (${APP_GROUPS}) WHERE app_id = ids.id) END AS assigned_groups,
      ${stamp('a.read_at')} AS read_at
    FROM (
      SELECT id FROM assets WHERE kind = 'app'
      UNION SELECT owner FROM asset_links WHERE kind IN ('app-users', 'app-groups')
      UNION SELECT member FROM asset_links WHERE kind = 'group-apps'
    ) AS ids LEFT JOIN assets AS a ON a.kind = 'app' AND a.id = ids.id`,
};

const ASSIGNMENTS: readonly PublicView[] = [
  {
    name: 'app_groups',
    says: 'which group is assigned to which application; several times where it has several roles there',
    columns: {
      app_id: text('the application'),
      group_id: text('the group'),
      priority: number('its priority'),
      role: text('the role that it gives there'),
      saml_roles: text('the SAML roles that it gives there, as JSON'),
      unreadable_roles: number('how many of these are no text'),
      last_updated: text('the last change of the assignment'),
    },
    sql: `
      SELECT a.app_id AS app_id, a.group_id AS group_id,
        ${columnsOf({ priority: 'priority', role: 'role', saml_roles: 'samlRoles', unreadable_roles: 'unreadableRoles', last_updated: 'lastUpdated' })}
      FROM (${APP_GROUPS}) AS a JOIN main.groups AS g ON g.id = a.group_id`,
  },
  {
    name: 'app_users',
    says: 'assignments of users as Okta gives them; only of applications whose users are read',
    columns: {
      app_id: text('the application'),
      user_id: text('the user'),
      scope: text('USER: assigned directly; GROUP: through a group'),
      status: text("Okta's status of the assignment; NULL: not read"),
      created: text('when it was made'),
      last_updated: text('its last change'),
      user_name: text("the user's name there"),
      external_id: text("the user's id there"),
      role: text('the role there'),
      saml_roles: text('the SAML roles there, as JSON'),
      unreadable_roles: number('how many of these are no text'),
      is_usable: flag('the application is active, and so is the assignment'),
    },
    sql: `
      SELECT a.owner AS app_id, a.member AS user_id,
        ${columnsOf({ scope: 'scope', status: 'status', created: 'created', last_updated: 'lastUpdated', user_name: 'userName', external_id: 'externalId', role: 'role', saml_roles: 'samlRoles', unreadable_roles: 'unreadableRoles' })},
        CASE WHEN app.status = 'ACTIVE' THEN json_extract(a.record, '$.status') IN ${USABLE}
          WHEN app.status IS NOT NULL THEN 0 END AS is_usable
      FROM asset_links AS a JOIN main.users AS u ON u.id = a.member
      LEFT JOIN (${appStatus()}) AS app ON app.id = a.owner WHERE a.kind = 'app-users'`,
  },
  {
    name: 'access',
    says: 'who has which application, and how',
    columns: {
      user_id: text('the user'),
      app_id: text('the application'),
      how: text(
        'direct; group; or okta-says-group: Okta says that it comes from a group and none explains it, or a group gives it and Okta does not have it; NULL: no group gives it, and Okta does not say how it was made',
      ),
      group_id: text('the group that gives it; NULL: none is known to'),
      is_usable: flag('the application is active, and so is the assignment'),
    },
    // Everything that is the same for all members of a group is looked up once. The parts are such that SQLite joins each
    // of them with the rest of a question, in place of making all rows first: every column has one affinity in all of them.
    sql: `
      SELECT user_id, app_id, CAST('direct' AS TEXT) AS how, CAST(NULL AS TEXT) AS group_id,
        CAST(is_usable AS INTEGER) AS is_usable
      FROM app_users WHERE scope = 'USER'
      UNION ALL
      SELECT m.user_id AS user_id, given.app_id AS app_id,
        CAST(CASE WHEN given.is_listed AND au.member IS NULL THEN 'okta-says-group' ELSE 'group' END AS TEXT) AS how,
        given.group_id AS group_id,
        CAST(CASE WHEN given.is_active = 0 THEN 0
          WHEN given.is_active = 1 THEN json_extract(au.record, '$.status') IN ${USABLE} END AS INTEGER) AS is_usable
      FROM (
        SELECT DISTINCT ag.app_id AS app_id, ag.group_id AS group_id, app.status = 'ACTIVE' AS is_active,
          s.read_at IS NOT NULL AS is_listed
        FROM app_groups AS ag LEFT JOIN (${appStatus()}) AS app ON app.id = ag.app_id
        LEFT JOIN asset_sets AS s ON s.kind = 'app-users' AND s.owner = ag.app_id
      ) AS given CROSS JOIN memberships AS m ON m.group_id = given.group_id
      LEFT JOIN asset_links AS au ON au.kind = 'app-users' AND au.owner = given.app_id AND au.member = m.user_id
      UNION ALL
      SELECT au.user_id AS user_id, au.app_id AS app_id,
        CAST(CASE WHEN au.scope = 'GROUP' THEN 'okta-says-group' END AS TEXT) AS how,
        CAST(NULL AS TEXT) AS group_id, CAST(au.is_usable AS INTEGER) AS is_usable
      FROM app_users AS au
      WHERE au.scope IS NOT 'USER' AND NOT EXISTS (
        SELECT 1 FROM app_groups AS ag JOIN main.groups AS g ON g.id = ag.group_id
        WHERE ag.app_id = au.app_id AND (
          EXISTS (SELECT 1 FROM main.memberships AS m WHERE m.user_id = au.user_id AND m.group_id = ag.group_id)
          OR (g.type = 'BUILT_IN' AND g.name = 'Everyone' AND EXISTS (
            SELECT 1 FROM main.users AS u WHERE u.id = au.user_id AND u.status IS NOT 'DEPROVISIONED'))))`,
  },
];

function appStatus(): string {
  return `SELECT id, json_extract(record, '$.status') AS status FROM assets WHERE kind = 'app'`;
}

const EXCLUDED_USERS = `
  CASE WHEN json_type(a.record, '$.excludedUsers') = 'array' THEN (
    SELECT json_group_array(listed.value ORDER BY listed.key) FROM json_each(a.record, '$.excludedUsers') AS listed
    JOIN main.users AS u ON u.id = listed.value) END`;

const RULES: readonly PublicView[] = [
  {
    name: 'rules',
    says: 'the rules that put users into groups',
    columns: {
      id: text("Okta's id"),
      name: text('the name'),
      status: text('ACTIVE, INACTIVE or INVALID'),
      expression: text('the condition'),
      created: text('when it was created'),
      last_updated: text('its last change'),
      all_groups_valid: flag('Okta says that its groups are all there'),
      excluded_users: text(
        'the users that it leaves out, as JSON; those outside the selection are not named',
      ),
      excluded_groups: text('the groups that it leaves out, as JSON'),
      groups: text('the groups that it puts users into, as JSON'),
      read_at: text('when it was last read'),
    },
    sql: `
      SELECT a.id AS id, ${columnsOf({ name: 'name', status: 'status', expression: 'expression', created: 'created', last_updated: 'lastUpdated', all_groups_valid: 'areGroupsValid' })},
        ${EXCLUDED_USERS} AS excluded_users, ${columnsOf({ excluded_groups: 'excludedGroups', groups: 'groupIds' })},
        ${stamp('a.read_at')} AS read_at
      FROM assets AS a WHERE a.kind = 'rule'`,
  },
  {
    name: 'rule_groups',
    says: 'the groups that a rule puts users into',
    columns: {
      rule_id: text('the rule'),
      group_id: text('the group'),
      is_known: flag('there is such a group'),
    },
    sql: `
      SELECT a.id AS rule_id, target.value AS group_id,
        CASE WHEN EXISTS (SELECT 1 FROM main.groups AS g WHERE g.id = target.value) THEN 1
          WHEN EXISTS (SELECT 1 FROM main.groups AS g WHERE g.listed_at IS NOT NULL) AND EXISTS (
            SELECT 1 FROM main.run_state WHERE json_extract(record, '$.fullEndedAt') IS NOT NULL) THEN 0
          END AS is_known
      FROM assets AS a, json_each(a.record, '$.groupIds') AS target WHERE a.kind = 'rule'`,
  },
];

const DEVICE_FIELDS = {
  name: 'displayName',
  status: 'status',
  platform: 'platform',
  manufacturer: 'manufacturer',
  model: 'model',
  os_version: 'osVersion',
  serial_number: 'serialNumber',
  imei: 'imei',
  meid: 'meid',
  udid: 'udid',
  sid: 'sid',
  is_registered: 'registered',
  is_managed: 'managed',
  has_secure_hardware: 'secureHardwarePresent',
  is_jailbroken: 'integrityJailbreak',
  disk_encryption: 'diskEncryptionType',
  created: 'created',
  last_updated: 'lastUpdated',
};

const DEVICES: readonly PublicView[] = [
  {
    name: 'devices',
    says: 'the devices of the org',
    columns: {
      id: text("Okta's id"),
      name: text('the display name'),
      status: text("Okta's status"),
      platform: text('ANDROID, IOS, MACOS or WINDOWS'),
      manufacturer: text('the manufacturer'),
      model: text('the model'),
      os_version: text('the version of its system'),
      serial_number: text('the serial number'),
      imei: text('the IMEI'),
      meid: text('the MEID'),
      udid: text('the UDID'),
      sid: text('the SID'),
      is_registered: flag('is registered with Okta'),
      is_managed: flag('is managed, as its profile says'),
      has_secure_hardware: flag('keeps keys in hardware'),
      is_jailbroken: flag('its integrity is broken'),
      disk_encryption: text('the type of its disk encryption'),
      created: text('when it was enrolled'),
      last_updated: text('the last change; sign-ins count'),
      read_at: text('when it was last read'),
    },
    sql: `
      SELECT a.id AS id, ${columnsOf(DEVICE_FIELDS)}, ${stamp('a.read_at')} AS read_at
      FROM assets AS a WHERE a.kind = 'device'`,
  },
  {
    name: 'device_users',
    says: 'the users of devices',
    columns: {
      device_id: text('the device'),
      user_id: text('the user'),
      management_status: text('MANAGED or NOT_MANAGED'),
      screen_lock_type: text('how the screen is unlocked'),
      created: text('since when'),
    },
    sql: `
      SELECT a.owner AS device_id, a.member AS user_id,
        ${columnsOf({ management_status: 'managementStatus', screen_lock_type: 'screenLockType', created: 'created' })}
      FROM asset_links AS a JOIN main.users AS u ON u.id = a.member WHERE a.kind = 'device-users'`,
  },
];

const ROLES: PublicView = {
  name: 'custom_roles',
  says: 'the custom admin roles of the org',
  columns: {
    id: text("Okta's id"),
    label: text('the label'),
    description: text('the description'),
    permissions: text('the permissions, as JSON; NULL: not known'),
    created: text('when it was created'),
    last_updated: text('its last change'),
  },
  sql: `
    SELECT a.id AS id, ${columnsOf({ label: 'label', description: 'description', permissions: 'permissions', created: 'created', last_updated: 'lastUpdated' })}
    FROM assets AS a WHERE a.kind = 'role'`,
};

const ORG: PublicView = {
  name: 'org',
  says: 'the org itself, in one row',
  columns: {
    id: text("Okta's id"),
    host: text('the host at which it is asked'),
    name: text('the name of the company'),
    subdomain: text('the first label of its host'),
    website: text('the website'),
    support_status: text('whether Okta support may sign in; NULL: not known'),
    support_expires: text('until when'),
    created: text('when it was created'),
  },
  sql: `
    SELECT o.id AS id, o.host AS host, ${columnsOf({ name: 'companyName', subdomain: 'subdomain', website: 'website', support_status: 'supportStatus', support_expires: 'supportExpiresAt', created: 'created' })}
    FROM main.org AS o LEFT JOIN assets AS a ON a.kind = 'org'`,
};

export const ASSET_VIEWS: readonly PublicView[] = [...ASSIGNMENTS, APPS, ...RULES, ...DEVICES, ROLES, ORG];
