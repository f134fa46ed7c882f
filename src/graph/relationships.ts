import type { GraphSource, ViewRow } from '../ports/graph.ts';
import { awsAssignments } from './aws-assignments.ts';
import { count, flag, key, text, texts } from './cells.ts';
import { accountKey, accountNameOf, serviceKeys } from './entities.ts';
import { known, type Part, type Properties, type Relationship } from './model.ts';
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
  make: (row: ViewRow) => Untyped | undefined,
): Part<Relationship> {
  return {
    type,
    *all() {
      for (const row of source.rows(view, order)) {
        const made = make(row);
        if (made !== undefined) yield { _type: type, ...made };
      }
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
    }),
  );
}

/** Roles of AWS are few, so that they are put in order in memory. */
function aws(source: GraphSource, holder: 'okta_user' | 'okta_user_group'): Part<Relationship> {
  const type = `${holder}_assigned_aws_iam_role`;
  return {
    type,
    *all() {
      const made = new Map<string, Relationship>();
      for (const each of awsAssignments(source)) {
        if (each.holder !== holder) continue;
        const relationship = {
          _type: type,
          ...link(each.holderId, 'ASSIGNED', each.role.key, { applicationId: each.appId }),
        };
        made.set(relationship._key, relationship);
      }
      yield* [...made.values()].toSorted((left, right) => (left._key < right._key ? -1 : 1));
    },
  };
}

/** A holder may hold one role several times, with other targets each. */
function heldRoles(source: GraphSource, type: string, view: string, holder: string): Part<Relationship> {
  return {
    type,
    *all() {
      const keyOf = roleKeys(source);
      for (const row of source.rows(view, [holder, 'type', 'label', 'id'])) {
        const made = link(key(row, holder), 'ASSIGNED', keyOf(row), {
          assignmentId: text(row, 'id'),
          status: text(row, 'status'),
          active: flag(row, 'is_active'),
          targets: text(row, 'targets'),
        });
        yield { _type: type, ...made, _key: `${made._key}|${key(row, 'id')}` };
      }
    },
  };
}
