import type { WhatChanged } from '../../../ports/changes.ts';

/**
 * The triggers that append to `changes` in the transaction that stores a reading, whoever stores it. They are in the
 * database only while changes are recorded, so that a first full run and an inventory without history do nothing for them.
 *
 * Nothing is told of an answer that was not known before. A user is known not to have been in a group when the members of
 * the group, or the user's own list of groups, had been read. All that a new user, group, application or device has when
 * it is first read did not exist before, and so is told.
 */

const COLUMNS = '(at, run_id, what, subject_id, object_id, before, after)';

interface RestOfChange {
  readonly object?: string;
  readonly before?: string;
  readonly after?: string;
  /** The rest of the SELECT. */
  readonly from?: string;
}

/** Appends changes. All but `what` is SQL; the SQL functions are those of `ChangeHistory`. */
export function tell(
  what: WhatChanged,
  subject: string,
  { object = 'NULL', before = 'NULL', after = 'NULL', from = '' }: RestOfChange = {},
): string {
  return tellAs(`'${what}'`, subject, { object, before, after, from });
}

function tellAs(
  what: string,
  subject: string,
  { object = 'NULL', before = 'NULL', after = 'NULL', from = '' }: RestOfChange,
): string {
  return `INSERT INTO changes ${COLUMNS}
    SELECT change_at(), change_run(), ${what}, ${subject}, ${object}, ${before}, ${after} ${from}`;
}

function trigger(
  name: string,
  on: string,
  when: string,
  ...does: readonly string[]
): readonly [string, string] {
  const body = does.map((each) => `${each};`).join('\n  ');
  return [`changes_${name}`, `CREATE TRIGGER changes_${name} AFTER ${on} WHEN ${when} BEGIN\n  ${body}\nEND`];
}

/** Whatever was created before this instant and is not known was left out: by the selection, or since it could not be read. */
const SINCE = '(SELECT since FROM history)';

export function scopeAndStatus(record: string): string {
  return `json_patch('{}', json_object('scope', ${record} ->> '$.scope', 'status', ${record} ->> '$.status'))`;
}

export function hasAppeared(kind: 'user' | 'group' | 'app' | 'device', id: string): string {
  return wasTold(`${kind}-appeared`, id);
}

function wasTold(what: WhatChanged, id: string): string {
  return `EXISTS (SELECT 1 FROM changes WHERE subject_id = ${id} AND what = '${what}')`;
}

function isEveryone(group: string): string {
  return `EXISTS (SELECT 1 FROM groups WHERE id = ${group} AND type = 'BUILT_IN' AND name = 'Everyone')`;
}

export function isUser(id: string): string {
  return `EXISTS (SELECT 1 FROM users WHERE id = ${id})`;
}

/** How the entries of a list in JSON are told. `key`, `value`, `is` and `isSame` are SQL about one entry or two. */
interface ListInJson {
  readonly prefix: 'role' | 'factor' | 'group-role';
  /** The path to the list, as an argument of json_each. */
  readonly path: string;
  readonly is: (entry: string) => string;
  readonly key: (entry: string) => string;
  readonly value: (entry: string) => string;
  readonly isSame: (one: string, other: string) => string;
}

function field(entry: string, name: string): string {
  return `json_extract(${entry}.value, '$.${name}')`;
}

const ROLE = {
  path: '',
  is: () => 'TRUE',
  key: (entry: string) =>
    `CASE WHEN ${field(entry, 'type')} = 'CUSTOM' THEN coalesce(${field(entry, 'roleId')}, ${field(entry, 'label')}, ${field(entry, 'id')})
      ELSE ${field(entry, 'type')} END`,
  value: (entry: string) =>
    `json_patch('{}', json_object('type', ${field(entry, 'type')}, 'label', ${field(entry, 'label')}, 'status', ${field(entry, 'status')}))`,
  // The same role by another assignment is held as before. A custom role keeps its id, or else its assignment, when its
  // label changes.
  isSame: (one: string, other: string) =>
    `(${field(one, 'id')} = ${field(other, 'id')} OR (${field(one, 'type')} = ${field(other, 'type')} AND (
      ${field(one, 'type')} <> 'CUSTOM' OR ${field(one, 'roleId')} = ${field(other, 'roleId')}
      OR ${field(one, 'label')} = ${field(other, 'label')})))`,
};

const OWN_ROLES: ListInJson = {
  ...ROLE,
  prefix: 'role',
  path: ", '$.roles'",
  is: (entry) => `${field(entry, 'assignmentType')} IS NOT 'GROUP'`,
};
const GROUP_ROLES: ListInJson = { ...ROLE, prefix: 'group-role' };

const factorKey = (entry: string): string =>
  `coalesce(nullif(${field(entry, 'id')}, ''), ${field(entry, 'type')} || ':' || coalesce(${field(entry, 'provider')}, ''))`;
const FACTORS: ListInJson = {
  prefix: 'factor',
  path: '',
  is: () => 'TRUE',
  key: factorKey,
  value: (entry) =>
    `json_patch('{}', json_object('type', ${field(entry, 'type')}, 'provider', ${field(entry, 'provider')}, 'status', ${field(entry, 'status')}))`,
  isSame: (one, other) => `${factorKey(one)} = ${factorKey(other)}`,
};

/** The entries of `list` that `other` has not, each once. */
function onlyIn(list: string, other: string, { path, is, key, isSame }: ListInJson): string {
  return `FROM json_each(${list}${path}) AS one WHERE ${is('one')} AND NOT EXISTS (
      SELECT 1 FROM json_each(${other}${path}) AS other WHERE ${is('other')} AND ${isSame('one', 'other')})
    GROUP BY ${key('one')}`;
}

function added(list: ListInJson, now: string, was: string): string {
  const [object, after] = [list.key('one'), list.value('one')];
  return tell(`${list.prefix}-added`, 'new.id', { object, after, from: onlyIn(now, was, list) });
}

function listTrigger(
  name: string,
  table: string,
  column: string,
  list: ListInJson,
): readonly [string, string] {
  const { prefix, path, is, key, value } = list;
  const kind = table === 'users' ? 'user' : 'group';
  const [now, was] = [`new.${column}`, `old.${column}`];
  // An answer may become unknown again, by settings or since a call was spared: only the first one tells what is new.
  const isFirst = `${was} IS NULL AND ${now} IS NOT NULL AND ${hasAppeared(kind, 'new.id')}
    AND NOT ${wasTold(`${prefix}-added`, 'new.id')}`;
  return trigger(
    name,
    `UPDATE OF ${column} ON ${table}`,
    `${now} <> ${was} OR (${isFirst})`,
    added(list, now, was),
    tell(`${prefix}-removed`, 'new.id', {
      object: key('one'),
      before: value('one'),
      from: onlyIn(was, now, list),
    }),
    tell(`${prefix}-status`, 'new.id', {
      object: key('one'),
      before: field('other', 'status'),
      after: field('one', 'status'),
      from: `FROM json_each(${now}${path}) AS one JOIN json_each(${was}${path}) AS other
        ON ${field('one', 'id')} = ${field('other', 'id')}
        WHERE ${is('one')} AND ${field('one', 'status')} <> ${field('other', 'status')}`,
    }),
  );
}

const APP_USERS_OF_USER = tell('app-user-added', 'new.id', {
  object: 'owner',
  after: scopeAndStatus('record'),
  from: "FROM asset_links WHERE kind = 'app-users' AND member = new.id",
});
const DEVICES_OF_USER = tell('device-user-added', 'new.id', {
  object: 'owner',
  after: "record ->> '$.managementStatus'",
  from: "FROM asset_links WHERE kind = 'device-users' AND member = new.id",
});

/** Lists of members and of users of applications may name users before they are read. */
function usersCome(hasAssets: boolean): readonly [string, string] {
  return trigger(
    'users_come',
    'INSERT ON users',
    `coalesce(new.fields ->> '$.created', ${SINCE}) >= ${SINCE} OR new.fields ->> '$.statusChanged' >= ${SINCE}
      OR ${wasTold('user-gone', 'new.id')}`,
    tell('user-appeared', 'new.id', { after: 'new.status' }),
    tell('membership-added', 'new.id', {
      object: 'group_id',
      from: `FROM memberships WHERE user_id = new.id AND NOT ${isEveryone('group_id')}`,
    }),
    ...(hasAssets ? [APP_USERS_OF_USER, DEVICES_OF_USER] : []),
  );
}

const OF_USERS = [
  trigger(
    'users_status',
    'UPDATE OF status ON users',
    'new.status <> old.status',
    tell('user-status', 'new.id', { before: 'old.status', after: 'new.status' }),
  ),
  listTrigger('users_roles', 'users', 'roles', OWN_ROLES),
  listTrigger('users_factors', 'users', 'factors', FACTORS),
];

const WAS_NO_MEMBER = `(
  EXISTS (SELECT 1 FROM groups WHERE id = new.group_id AND members_read_at IS NOT NULL)
  OR EXISTS (SELECT 1 FROM users WHERE id = new.user_id AND groups_way = 'own-list' AND groups_read_at IS NOT NULL)
  OR ${hasAppeared('group', 'new.group_id')} OR ${hasAppeared('user', 'new.user_id')})`;

const OF_MEMBERS = [
  trigger(
    'members_come',
    'INSERT ON memberships',
    `${isUser('new.user_id')} AND NOT ${isEveryone('new.group_id')} AND ${WAS_NO_MEMBER}`,
    tell('membership-added', 'new.user_id', { object: 'new.group_id' }),
  ),
  trigger(
    'members_go',
    'DELETE ON memberships',
    `${isUser('old.user_id')} AND NOT ${isEveryone('old.group_id')}`,
    tell('membership-removed', 'old.user_id', { object: 'old.group_id' }),
  ),
];

const OF_GROUPS = [
  trigger(
    'groups_come',
    'INSERT ON groups',
    `new.created >= ${SINCE}`,
    tell('group-appeared', 'new.id', { after: 'new.name' }),
  ),
  // A group may be known by its roles or members before its record is read.
  trigger(
    'groups_are_new',
    'UPDATE OF created ON groups',
    `old.created IS NULL AND new.created >= ${SINCE}`,
    tell('group-appeared', 'new.id', { after: 'new.name' }),
    added(GROUP_ROLES, 'new.roles', "'[]'"),
    tell('membership-added', 'user_id', {
      object: 'new.id',
      from: `FROM memberships WHERE group_id = new.id AND ${isUser('user_id')} AND NOT EXISTS (
        SELECT 1 FROM changes WHERE subject_id = user_id AND what = 'membership-added' AND object_id = new.id)`,
    }),
  ),
  listTrigger('groups_roles', 'groups', 'roles', GROUP_ROLES),
  trigger('groups_go', 'DELETE ON groups', 'TRUE', tell('group-gone', 'old.id', { before: 'old.name' })),
];

const RECORDS = "('app', 'rule', 'device')";
const RULE_GROUPS = (record: string): string =>
  `(SELECT json_group_array(value ORDER BY value) FROM json_each(${record}, '$.groupIds'))`;

const OF_ASSETS = [
  // While a kind of asset is listed for the first time, nothing of it is new.
  trigger(
    'assets_come',
    'INSERT ON assets',
    `new.kind IN ${RECORDS} AND EXISTS (
      SELECT 1 FROM asset_sets WHERE kind = 'list' AND owner = new.kind AND read_at IS NOT NULL)`,
    tellAs("new.kind || '-appeared'", 'new.id', { after: "new.record ->> '$.status'" }),
  ),
  trigger(
    'assets_change',
    'UPDATE OF record ON assets',
    `new.kind IN ${RECORDS} AND new.record <> old.record`,
    tellAs("new.kind || '-status'", 'new.id', {
      before: "old.record ->> '$.status'",
      after: "new.record ->> '$.status'",
      from: "WHERE new.record ->> '$.status' <> old.record ->> '$.status'",
    }),
    tell('app-label', 'new.id', {
      before: "old.record ->> '$.label'",
      after: "new.record ->> '$.label'",
      from: "WHERE new.kind = 'app' AND new.record ->> '$.label' <> old.record ->> '$.label'",
    }),
    tell('rule-groups', 'new.id', {
      before: RULE_GROUPS('old.record'),
      after: RULE_GROUPS('new.record'),
      from: `WHERE new.kind = 'rule' AND ${RULE_GROUPS('new.record')} <> ${RULE_GROUPS('old.record')}`,
    }),
  ),
  trigger(
    'assets_go',
    'DELETE ON assets',
    `old.kind IN ${RECORDS}`,
    tellAs("old.kind || '-gone'", 'old.id', { before: "old.record ->> '$.status'" }),
  ),
  // A group that has no application is not asked for any: once it has some, nothing else tells that it had none.
  trigger(
    'apps_of_groups',
    'UPDATE OF record ON assets',
    `new.kind = 'group' AND old.record ->> '$.appsCount' = 0 AND new.record ->> '$.appsCount' <> 0`,
    'INSERT INTO groups_without_apps VALUES (new.id) ON CONFLICT DO NOTHING',
  ),
];

/** The triggers by name. @param hasAssets there are tables of assets */
export function changeTriggers(hasAssets: boolean): ReadonlyMap<string, string> {
  return new Map([
    usersCome(hasAssets),
    ...OF_USERS,
    ...OF_MEMBERS,
    ...OF_GROUPS,
    ...(hasAssets ? OF_ASSETS : []),
  ]);
}
