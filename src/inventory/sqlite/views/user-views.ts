import { flag, number, stamp, text, type PublicView } from './view.ts';

/** A fact that the user's newest event says, see `posture_cells`; NULL where there is none yet. */
function judged(facet: 'mfa' | 'admin' | 'service'): string {
  return `CASE WHEN cell.says <> '' THEN
    CASE json_extract(cell.says, '$.${facet}') WHEN 'yes' THEN 1 WHEN 'no' THEN 0 END END`;
}

function field(name: string): string {
  return `json_extract(u.fields, '$.${name}')`;
}

/** Its value was dropped or hashed before it was stored, so that nothing can be told of it. */
function isRedacted(attribute: string): string {
  return `EXISTS (SELECT 1 FROM main.redaction, json_each(redaction.fingerprint, '$.rules') AS rule
    WHERE json_extract(rule.value, '$[0]') = '${attribute}')`;
}

/** A last known answer counts while it is not older than `MAX_ANSWER_AGE`. */
export function isKnown(lookup: 'factors' | 'roles', maxAnswerAgeMs: number): string {
  return `u.${lookup} IS NOT NULL AND (
    u.${lookup}_gap IS NULL OR u.${lookup}_asked_at - u.${lookup}_read_at <= ${maxAnswerAgeMs})`;
}

/** The same for the roles of a group. */
export function areRolesKnown(maxAnswerAgeMs: number): string {
  return `g.roles IS NOT NULL AND (g.roles_gap IS NULL OR g.roles_asked_at - g.roles_read_at <= ${maxAnswerAgeMs})`;
}

const USABLE = `coalesce(json_extract(factor.value, '$.status'), 'ACTIVE') IN ('ACTIVE', 'ENROLLED')`;
/** The types that `MFA_RULE=strong` does not count (enrich/mfa.ts). */
const STRONG = `json_extract(factor.value, '$.type') NOT IN ('question', 'email', 'sms', 'call')`;

export function userViews(maxAnswerAgeMs: number): readonly PublicView[] {
  return [usersView(maxAnswerAgeMs), factorsView(maxAnswerAgeMs), PEOPLE];
}

/** A no needs every answer, as that to "is an administrator?" does, which asks the same questions. */
function hasRoles(maxAnswerAgeMs: number): string {
  const ofGroups = `g.roles <> '[]' AND ${areRolesKnown(maxAnswerAgeMs)}`;
  const own = `${isKnown('roles', maxAnswerAgeMs)} AND json_array_length(u.roles, '$.roles')`;
  return `CASE
    WHEN EXISTS (SELECT 1 FROM main.memberships AS m JOIN main.groups AS g ON g.id = m.group_id
      WHERE m.user_id = u.id AND ${ofGroups}) THEN 1
    WHEN u.status <> 'DEPROVISIONED' AND EXISTS (SELECT 1 FROM main.groups AS g
      WHERE g.type = 'BUILT_IN' AND g.name = 'Everyone' AND ${ofGroups}) THEN 1
    WHEN ${own} > 0 THEN 1
    WHEN ${own} = 0 AND ${judged('admin')} = 0 THEN 0 END`;
}

const USER_COLUMNS = {
  id: text("Okta's id"),
  login: text('the login'),
  email: text('the primary e-mail address'),
  first_name: text('the first name'),
  last_name: text('the last name'),
  display_name: text('the display name'),
  status: text("Okta's status, such as ACTIVE or DEPROVISIONED"),
  is_active: flag('the status is ACTIVE'),
  may_sign_in: flag('the status is none of STAGED, SUSPENDED and DEPROVISIONED'),
  user_type: text('userType of the profile, free text'),
  is_person: flag('has an e-mail address, and userType is not generic, service or bot'),
  title: text('the title'),
  department: text('the department'),
  employee_number: text('the employee number'),
  created: text('when the user was created'),
  activated: text('when the user was activated'),
  last_login: text('the last sign-in; NULL: never'),
  last_updated: text('the last change of the record'),
  password_changed: text('when the password was last changed'),
  manager: text("the manager's name, as the profile has it"),
  manager_id: text('the manager, as the profile names them'),
  city: text('the city'),
  state: text('the state'),
  country_code: text('the country'),
  has_mfa: flag('has a factor that counts under MFA_RULE'),
  factors: number('how many factors the user has'),
  usable_factors: number('factors that are active, or of which no status is given'),
  strong_factors: number('usable factors that are not question, email, sms or call'),
  factor_types: text('the types of the usable factors, as JSON'),
  has_roles: flag('holds an admin role, also through a group'),
  is_admin: flag('holds a role that makes an administrator under ADMIN_RULE, also through a group'),
  read_at: text('when the record was last read'),
};

function usersView(maxAnswerAgeMs: number): PublicView {
  const known = isKnown('factors', maxAnswerAgeMs);
  const count = (condition: string): string =>
    `CASE WHEN ${known} THEN (SELECT count(*) FROM json_each(u.factors) AS factor WHERE ${condition}) END`;
  return {
    name: 'users',
    says: 'the users of the org',
    columns: USER_COLUMNS,
    sql: `
        SELECT u.id AS id, ${field('login')} AS login, ${field('email')} AS email,
          ${field('firstName')} AS first_name, ${field('lastName')} AS last_name,
          ${field('displayName')} AS display_name, u.status AS status, u.status = 'ACTIVE' AS is_active,
          u.status NOT IN ('STAGED', 'SUSPENDED', 'DEPROVISIONED') AS may_sign_in,
          ${field('userType')} AS user_type,
          CASE WHEN ${judged('service')} = 1 THEN 0
            WHEN ${field('email')} IS NULL AND NOT ${isRedacted('email')} THEN 0
            WHEN ${field('email')} IS NULL OR ${isRedacted('userType')} THEN NULL
            WHEN ${judged('service')} IS NULL AND ${field('userType')} IS NOT NULL THEN NULL
            ELSE 1 END AS is_person,
          ${field('title')} AS title, ${field('department')} AS department,
          ${field('employeeNumber')} AS employee_number, ${field('created')} AS created,
          ${field('activated')} AS activated, ${field('lastLogin')} AS last_login,
          ${field('lastUpdated')} AS last_updated, ${field('passwordChanged')} AS password_changed,
          ${field('manager')} AS manager, ${field('managerId')} AS manager_id, ${field('city')} AS city,
          ${field('state')} AS state, ${field('countryCode')} AS country_code, ${judged('mfa')} AS has_mfa,
          ${count('TRUE')} AS factors, ${count(USABLE)} AS usable_factors,
          ${count(`${USABLE} AND ${STRONG}`)} AS strong_factors,
          CASE WHEN ${known} THEN (
            SELECT json_group_array(DISTINCT json_extract(factor.value, '$.type') ORDER BY json_extract(factor.value, '$.type'))
            FROM json_each(u.factors) AS factor WHERE ${USABLE}) END AS factor_types,
          ${hasRoles(maxAnswerAgeMs)} AS has_roles,
          ${judged('admin')} AS is_admin,
          ${stamp('u.read_at')} AS read_at
        FROM main.users AS u LEFT JOIN main.posture_cells AS cell ON cell.id = u.posture`,
  };
}

const FACTOR_COLUMNS = {
  user_id: text('the user'),
  id: text("Okta's id, or a made-up one where Okta gives none"),
  type: text("Okta's factorType"),
  provider: text('the provider'),
  vendor_name: text('the vendor'),
  status: text("Okta's status; NULL: it gives none"),
  is_usable: flag('active, or no status is given'),
  is_strong: flag('usable, and not question, email, sms or call'),
  created: text('when it was enrolled'),
  last_updated: text('its last change'),
  last_verified: text('when it was last used'),
  device_type: text('the type of its device'),
  platform: text('the platform of its device'),
  device_name: text('the name of its device'),
};

function factorsView(maxAnswerAgeMs: number): PublicView {
  return {
    name: 'factors',
    says: 'the factors of users, as far as they are known',
    columns: FACTOR_COLUMNS,
    sql: `
        SELECT u.id AS user_id, coalesce(nullif(json_extract(factor.value, '$.id'), ''), 'mfa:' || u.id || ':' || factor.key) AS id, json_extract(factor.value, '$.type') AS type,
          json_extract(factor.value, '$.provider') AS provider,
          json_extract(factor.value, '$.details.vendorName') AS vendor_name,
          json_extract(factor.value, '$.status') AS status, ${USABLE} AS is_usable,
          (${USABLE} AND ${STRONG}) AS is_strong, json_extract(factor.value, '$.details.created') AS created,
          json_extract(factor.value, '$.details.lastUpdated') AS last_updated,
          json_extract(factor.value, '$.details.lastVerified') AS last_verified,
          json_extract(factor.value, '$.details.deviceType') AS device_type,
          json_extract(factor.value, '$.details.platform') AS platform, json_extract(factor.value, '$.details.name') AS device_name
        FROM main.users AS u, json_each(u.factors) AS factor WHERE ${isKnown('factors', maxAnswerAgeMs)}`,
  };
}

const PEOPLE: PublicView = {
  name: 'people',
  // With one min() in a group, SQLite takes the other columns from the row that has it.
  says: 'persons: users of the same e-mail address are one; what is told of them is of the first by id',
  columns: {
    key: text('person: and the address in lower case'),
    name: text('the name of the first of their users'),
    emails: text('their addresses, as JSON'),
    users: text('the ids of their users, as JSON'),
    first_name: text('the first name'),
    last_name: text('the last name'),
    title: text('the title'),
    employee_number: text('the employee number'),
    manager: text('the manager'),
  },
  sql: `
    SELECT key, name, emails, users, first_name, last_name, title, employee_number, manager FROM (
      SELECT 'person:' || lower(email) AS key, min(id) AS first_user,
        coalesce(display_name, trim(coalesce(first_name, '') || ' ' || coalesce(last_name, ''))) AS name,
        json_group_array(DISTINCT email ORDER BY email) AS emails, json_group_array(id ORDER BY id) AS users,
        first_name, last_name, title, employee_number, manager
      FROM users WHERE is_person = 1 GROUP BY lower(email))`,
};
