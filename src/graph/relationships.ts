import type { GraphSource, ViewRow } from '../ports/graph.ts';
import { awsAssignments } from './aws-assignments.ts';
import { count, flag, key, text, texts } from './cells.ts';
import { accountKey, accountNameOf, serviceKeys } from './entities.ts';
import { known, type Part, type Properties, type Relationship } from './model.ts';
import { roleAssignmentOf } from './role-assignments.ts';
import { roleKeys } from './roles.ts';

/** `effective`: assignments through groups count as the user's own, with the groups that give them. */
export type Access = 'direct' | 'effective';

type Loose = Readonly<Record<string, Properties[string] | undefined>>;

/** Everything that holds between entities, type by type in the order of their names. */
export function relationshipParts(source: GraphSource, access: Access): readonly Part<Relationship>[] {
  const account = accountKey(source.facts.host);
  const ofAccount = (type: string, view: string): Part<Relationship> =>
    partOf(source, `okta_account_has_${type}`, view, ['id'], (row) => link(account, 'HAS', key(row, 'id')));
  return [
    ofAccount('application', 'apps'),
    ofAccount('device', 'devices'),
    ofAccount('group', 'groups'),
    ofAccount('rule', 'rules'),
    { type: 'okta_account_has_service', all: () => services(source, account) },
    ofAccount('user', 'users'),
    partOf(source, 'okta_group_assigned_application', 'app_groups_merged', ['group_id', 'app_id'], (row) =>
      link(key(row, 'group_id'), 'ASSIGNED', key(row, 'app_id'), groupAssignment(row)),
    ),
    partOf(source, 'okta_group_has_user', 'memberships', ['group_id', 'user_id'], (row) => ({
      ...link(key(row, 'group_id'), 'HAS', key(row, 'user_id')),
      _key: `${key(row, 'group_id')}|has_user|${key(row, 'user_id')}`,
    })),
    partOf(source, 'okta_rule_manages_user_group', 'rule_groups', ['rule_id', 'group_id'], (row) =>
      link(key(row, 'rule_id'), 'MANAGES', key(row, 'group_id'), {
        _dangling: flag(row, 'is_known') === true ? undefined : true,
      }),
    ),
    assignments(source, access),
    aws(source, 'okta_user'),
    partOf(source, 'okta_user_assigned_factor', 'factors', ['user_id', 'id'], (row) =>
      link(key(row, 'user_id'), 'ASSIGNED', key(row, 'id')),
    ),
    heldRoles(source, 'okta_user_assigned_role', 'direct_roles', 'user_id'),
    aws(source, 'okta_user_group'),
    heldRoles(source, 'okta_user_group_assigned_role', 'group_roles', 'group_id'),
    partOf(source, 'okta_user_has_device', 'device_users', ['user_id', 'device_id'], (row) =>
      link(key(row, 'user_id'), 'HAS', key(row, 'device_id'), {
        managementStatus: text(row, 'management_status'),
        screenLockType: text(row, 'screen_lock_type'),
      }),
    ),
    partOf(source, 'okta_user_manages_user', 'managers', ['manager_id', 'user_id'], (row) =>
      link(key(row, 'manager_id'), 'MANAGES', key(row, 'user_id')),
    ),
    partOf(source, 'person_is_okta_user', 'person_users', ['key', 'user_id'], (row) =>
      link(key(row, 'key'), 'IS', key(row, 'user_id')),
    ),
  ];
}

type Untyped = Omit<Relationship, '_type'>;

function partOf(
  source: GraphSource,
  type: string,
  view: string,
  order: readonly string[],
  make: (row: ViewRow) => Untyped,
): Part<Relationship> {
  return {
    type,
    *all() {
      for (const row of source.rows(view, order)) yield { _type: type, ...make(row) };
    },
  };
}

function link(from: string, _class: string, to: string, properties: Loose = {}): Untyped {
  return {
    _class,
    _key: `${from}|${_class.toLowerCase()}|${to}`,
    _fromEntityKey: from,
    _toEntityKey: to,
    properties: known(properties),
  };
}

function services(source: GraphSource, account: string): readonly Relationship[] {
  return Object.values(serviceKeys(accountNameOf(source)))
    .toSorted()
    .map((service) => ({ _type: 'okta_account_has_service', ...link(account, 'HAS', service) }));
}

/** A group may have several assignments to one application: the roles of all are told. */
function groupAssignment(row: ViewRow): Loose {
  return { priority: count(row, 'priority'), role: text(row, 'role'), roles: text(row, 'roles') };
}

function assignments(source: GraphSource, access: Access): Part<Relationship> {
  const type = 'okta_user_assigned_application';
  const isEffective = access === 'effective';
  const view = isEffective ? 'effective_access' : 'direct_access';
  return partOf(source, type, view, ['user_id', 'app_id'], (row) =>
    link(key(row, 'user_id'), 'ASSIGNED', key(row, 'app_id'), {
      scope: isEffective ? undefined : 'USER',
      status: text(row, 'status'),
      usable: flag(row, 'is_usable'),
      direct: isEffective ? flag(row, 'is_direct') : undefined,
      via: isEffective ? texts(row, 'via') : undefined,
      // Okta says that a group gives it and none does, or the other way round.
      unexplained: flag(row, 'is_unexplained') === true ? true : undefined,
    }),
  );
}

/** The roles of one holder are few, so that they are put in order in memory. */
function aws(source: GraphSource, holder: 'okta_user' | 'okta_user_group'): Part<Relationship> {
  const type = `${holder}_assigned_aws_iam_role`;
  return {
    type,
    *all() {
      for (const [holderId, held] of runsOf(awsAssignments(source, holder), (each) => each.holderId)) {
        const byRole = Map.groupBy(held, ({ role }) => role.key);
        for (const role of [...byRole.keys()].toSorted()) {
          const applications = [...new Set(byRole.get(role)?.map(({ appId }) => appId))];
          yield { _type: type, ...link(holderId, 'ASSIGNED', role, { applications }) };
        }
      }
    },
  };
}

/** A holder may hold one role several times, each time limited to something else: `assignments` has them all, as JSON. */
function heldRoles(source: GraphSource, type: string, view: string, holder: string): Part<Relationship> {
  const made = (holderId: string, role: string, rows: readonly ViewRow[]): Relationship => ({
    _type: type,
    ...link(holderId, 'ASSIGNED', role, {
      active: rows.some((row) => flag(row, 'is_active') === true),
      assignments: JSON.stringify(rows.map(roleAssignmentOf)),
    }),
  });
  return {
    type,
    *all() {
      const keyOf = roleKeys(source);
      for (const [holderId, rows] of runsOf(source.rows(view, [holder, 'id']), (row) => key(row, holder))) {
        const byRole = Map.groupBy(rows, keyOf);
        for (const role of [...byRole.keys()].toSorted()) yield made(holderId, role, byRole.get(role) ?? []);
      }
    },
  };
}

/** Entries that follow each other and have the same name. */
function* runsOf<T>(
  entries: Iterable<T>,
  nameOf: (entry: T) => string,
): Generator<readonly [string, readonly T[]]> {
  let [run, name]: [T[], string | undefined] = [[], undefined];
  for (const entry of entries) {
    const next = nameOf(entry);
    if (name !== undefined && name !== next) {
      yield [name, run];
      run = [];
    }
    name = next;
    run.push(entry);
  }
  if (name !== undefined) yield [name, run];
}
