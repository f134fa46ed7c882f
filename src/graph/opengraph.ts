import { adminEdges } from './admin-edges.ts';
import type { Graph } from './graph.ts';
import type { Entity, Properties, PropertyValue, Relationship } from './model.ts';
import {
  isLimitable,
  isRoleAssignment,
  readRoleAssignments,
  type RoleAssignment,
} from './role-assignments.ts';

/** The form of BloodHound's OpenGraph, with the kinds of its Okta extension (org-graph section 3.4). */

interface OpenNode {
  readonly id: string;
  readonly kinds: readonly string[];
  readonly properties: Properties;
}

interface OpenEdge {
  readonly kind: string;
  readonly from: string;
  readonly to: string;
}

/** `camel`: some properties also by the names that BloodHound's searches of before mid-2026 use. */
type PropertyNames = 'snake' | 'camel';

interface OpenGraphWishes {
  readonly names: PropertyNames;
  /** Edges too from administrators to all that they may change: many. */
  readonly adminEdges?: boolean;
}

/** The whole file as text, piece by piece. */
export function* opengraph(graph: Graph, wishes: OpenGraphWishes): Generator<string> {
  const about = aboutOf(graph, wishes.names);
  yield '{"metadata":{"source_kind":"Okta"},"graph":{"nodes":[';
  yield* joined(nodesOf(graph, about), nodeText);
  yield '],"edges":[';
  yield* joined(edgesOf(graph, about, wishes.adminEdges === true), edgeText);
  yield ']}}\n';
}

function* joined<T>(all: Iterable<T>, toText: (one: T) => string): Generator<string> {
  let separator = '\n';
  for (const one of all) {
    yield `${separator}${toText(one)}`;
    separator = ',\n';
  }
}

interface AboutOrg {
  /** The id of the org, or its host where Okta does not tell it. */
  readonly org: string;
  readonly host: string;
  readonly propertyNames: PropertyNames;
  /** Admin roles by their keys: few. */
  readonly roles: ReadonlyMap<string, Properties>;
  /** Ids of groups and applications, and of the applications of each name in Okta's catalogue. */
  readonly scopes: ReadonlySet<string>;
  readonly appsNamed: ReadonlyMap<string, readonly string[]>;
}

function aboutOf(graph: Graph, propertyNames: PropertyNames): AboutOrg {
  const roles = new Map<string, Properties>();
  const scopes = new Set<string>();
  const appsNamed = new Map<string, readonly string[]>();
  for (const { type, all } of graph.entities) {
    if (type === 'okta_role') for (const { _key, properties } of all()) roles.set(_key, properties);
    if (type !== 'okta_application' && type !== 'okta_user_group' && type !== 'okta_app_user_group') continue;
    for (const { _key, properties } of all()) {
      scopes.add(_key);
      const { shortName } = properties;
      if (typeof shortName === 'string')
        appsNamed.set(shortName, [...(appsNamed.get(shortName) ?? []), _key]);
    }
  }
  return { ...graph.about(), propertyNames, roles, scopes, appsNamed };
}

function nodeText({ id, kinds, properties }: OpenNode): string {
  return JSON.stringify({ id: idOf(id), kinds, properties });
}

function edgeText({ kind, from, to }: OpenEdge): string {
  const end = (key: string) => ({ match_by: 'id', value: idOf(key) });
  return JSON.stringify({ kind, start: end(from), end: end(to) });
}

/** BloodHound takes no colon in an id. */
function idOf(key: string): string {
  return key.replaceAll(':', '_');
}

/** How the entities of each type are shown. Types that BloodHound's extension does not know are left out. */
const NODES: Readonly<Record<string, (entity: Entity) => Omit<OpenNode, 'id'>>> = {
  okta_user: userNode,
  okta_user_group: groupNode,
  okta_app_user_group: groupNode,
  okta_application: appNode,
  okta_device: deviceNode,
  okta_role: roleNode,
};

function* nodesOf({ entities, relationships }: Graph, about: AboutOrg): Generator<OpenNode> {
  const everywhere = { okta_domain: about.host, environmentid: about.org };
  const complete = ({ kinds, properties }: Omit<OpenNode, 'id'>, id: string): OpenNode => ({
    id,
    kinds,
    properties: usable({ ...properties, ...camelNames(properties, about), ...everywhere }),
  });
  for (const { type, all } of entities) {
    if (type === 'okta_account') for (const account of all()) yield complete(orgNode(account), about.org);
    const toNode = NODES[type];
    if (toNode !== undefined)
      for (const entity of all()) yield complete(toNode(entity), nodeIdOf(entity._key, about));
  }
  for (const { all, type } of relationships)
    if (isRoleAssignment(type))
      for (const held of all())
        for (const assignment of readRoleAssignments(held.properties['assignments']))
          yield complete(assignmentNode(held, assignment, about), assignmentId(held, assignment));
}

const CAMEL_NAMES = {
  authenticationFactors: 'authentication_factors',
  lastLogin: 'last_login',
  passwordChanged: 'password_changed',
};

function camelNames(properties: Properties, { propertyNames }: AboutOrg): Properties {
  return propertyNames === 'camel' ? renamed(properties, CAMEL_NAMES) : {};
}

/** No null, and lists of texts only where they hold something. */
function usable(properties: Properties): Properties {
  const isUsable = ([, value]: [string, PropertyValue]): boolean =>
    value !== null && !(typeof value === 'object' && value.length === 0);
  return Object.fromEntries(Object.entries(properties).filter(isUsable));
}

/** Standard roles are the same in every org, so their ids tell the org. */
function nodeIdOf(key: string, { host, roles }: AboutOrg): string {
  const role = roles.get(key);
  if (role === undefined) return key;
  const id = key.slice('okta_role:'.length);
  return role['roleType'] === 'CUSTOM' ? id : `${id}@${host}`;
}

function orgNode({ properties: { displayName = null, selection = null } }: Entity): Omit<OpenNode, 'id'> {
  const properties = { name: displayName, display_name: displayName, collected: true, selection };
  return { kinds: ['Okta_Organization'], properties };
}

function names({ name = null, displayName = null }: Properties): {
  readonly name: PropertyValue;
  readonly display_name: PropertyValue;
} {
  return { name, display_name: displayName };
}

/** Without what is not known. `all` names our property by BloodHound's. */
function renamed(properties: Properties, all: Readonly<Record<string, string>>): Properties {
  const found = Object.entries(all).map(([theirs, ours]) => [theirs, properties[ours] ?? null] as const);
  return Object.fromEntries(found.filter(([, value]) => value !== null));
}

function stamps(properties: Properties, all: Readonly<Record<string, string>>): Properties {
  const found = Object.entries(renamed(properties, all));
  return Object.fromEntries(
    found.map(([name, at]) => [name, typeof at === 'number' ? new Date(at).toISOString() : at]),
  );
}

const NOT_ENABLED: ReadonlySet<unknown> = new Set(['SUSPENDED', 'STAGED', 'DEPROVISIONED']);

function userNode({ properties }: Entity): Omit<OpenNode, 'id'> {
  const { username, email, status } = properties;
  return {
    kinds: ['Okta_User'],
    properties: {
      ...names(properties),
      ...first('login', username),
      ...first('email', email),
      ...renamed(properties, {
        first_name: 'firstName',
        last_name: 'lastName',
        title: 'title',
        department: 'department',
        city: 'city',
        state: 'state',
        country_code: 'countryCode',
        status: 'status',
        manager_id: 'managerId',
        user_type: 'userType',
        has_role_assignments: 'hasRoles',
        is_person: 'isPerson',
        has_mfa: 'isMfaEnabled',
        authentication_factors: 'usableFactors',
      }),
      ...(status === undefined ? {} : { enabled: !NOT_ENABLED.has(status) }),
      ...stamps(properties, {
        activated: 'activatedOn',
        created: 'createdOn',
        password_changed: 'passwordChangedOn',
        last_login: 'lastLoginOn',
        last_updated: 'updatedOn',
      }),
    },
  };
}

function first(name: string, value: PropertyValue | undefined): Properties {
  const found = typeof value === 'object' && value !== null ? value[0] : undefined;
  return found === undefined ? {} : { [name]: found };
}

function groupNode({ properties }: Entity): Omit<OpenNode, 'id'> {
  return {
    kinds: ['Okta_Group'],
    properties: {
      ...names(properties),
      ...renamed(properties, {
        okta_group_type: 'type',
        description: 'description',
        object_class: 'objectClass',
        object_sid: 'objectSid',
        sam_account_name: 'samAccountName',
      }),
      ...stamps(properties, {
        last_membership_updated: 'lastMembershipUpdatedOn',
        created: 'createdOn',
        last_updated: 'updatedOn',
      }),
    },
  };
}

/** The extension calls the key in the catalogue the name, and the label the display name. */
function appNode({ properties }: Entity): Omit<OpenNode, 'id'> {
  const { shortName, displayName = null, name = null } = properties;
  return {
    kinds: ['Okta_Application'],
    properties: {
      name: shortName ?? name,
      display_name: displayName,
      ...renamed(properties, {
        status: 'status',
        sign_on_mode: 'signOnMode',
        features: 'features',
        client_type: 'clientType',
        url: 'loginUrl',
      }),
      ...stamps(properties, { created: 'createdOn', last_updated: 'updatedOn' }),
    },
  };
}

function deviceNode({ properties }: Entity): Omit<OpenNode, 'id'> {
  return {
    kinds: ['Okta_Device'],
    properties: {
      ...names(properties),
      ...renamed(properties, {
        platform: 'platform',
        status: 'oktaStatus',
        registered: 'registered',
        managed: 'managed',
        manufacturer: 'make',
        model: 'model',
        os_version: 'osVersion',
        serial_number: 'serial',
      }),
      ...stamps(properties, { created: 'createdOn', last_updated: 'updatedOn' }),
    },
  };
}

function roleNode({ properties }: Entity): Omit<OpenNode, 'id'> {
  const isCustom = properties['roleType'] === 'CUSTOM';
  return {
    kinds: [isCustom ? 'Okta_CustomRole' : 'Okta_Role'],
    properties: {
      ...names(properties),
      ...renamed(properties, { type: 'roleType', permissions: 'permissions' }),
    },
  };
}

/** The ids of assignments repeat across those who hold them. */
function assignmentId({ _fromEntityKey: holder }: Relationship, { id }: RoleAssignment): string {
  return `${id}_${holder}`;
}

function assignmentNode(
  { _type, _toEntityKey }: Relationship,
  { status }: RoleAssignment,
  { roles }: AboutOrg,
): Omit<OpenNode, 'id'> {
  const role = roles.get(_toEntityKey) ?? {};
  return {
    kinds: ['Okta_RoleAssignment'],
    properties: {
      ...names(role),
      ...renamed(role, { type: 'roleType' }),
      status: status ?? null,
      assignment_type: _type === 'okta_user_assigned_role' ? 'USER' : 'GROUP',
    },
  };
}

const SUPER_ADMIN = 'okta_role:SUPER_ADMIN';

/** The edges of each type of relationship; types that the extension does not know have none. */
const EDGES: Readonly<Record<string, (relationship: Relationship, about: AboutOrg) => readonly OpenEdge[]>> =
  {
    okta_account_has_application: contained,
    okta_account_has_device: contained,
    okta_account_has_group: contained,
    okta_account_has_user: contained,
    okta_group_has_user: ({ _fromEntityKey: group, _toEntityKey: user }) => [
      { kind: 'Okta_MemberOf', from: user, to: group },
    ],
    okta_group_assigned_application: assigned,
    // Through groups it is told by the groups.
    okta_user_assigned_application: (edge) =>
      edge.properties['direct'] === true || edge.properties['scope'] === 'USER' ? assigned(edge) : [],
    okta_user_has_device: ({ _fromEntityKey: user, _toEntityKey: device }) => [
      { kind: 'Okta_DeviceOf', from: device, to: user },
    ],
    okta_user_manages_user: ({ _fromEntityKey: from, _toEntityKey: to }) => [
      { kind: 'Okta_ManagerOf', from, to },
    ],
    okta_user_assigned_role: roleEdges,
    okta_user_group_assigned_role: roleEdges,
  };

function* edgesOf(graph: Graph, about: AboutOrg, hasAdminEdges: boolean): Generator<OpenEdge> {
  const { entities, relationships } = graph;
  for (const { type, all } of entities)
    if (type === 'okta_role')
      for (const { _key } of all())
        yield { kind: 'Okta_Contains', from: about.org, to: nodeIdOf(_key, about) };
  for (const { type, all } of relationships) {
    const toEdges = EDGES[type];
    if (toEdges !== undefined) for (const relationship of all()) yield* toEdges(relationship, about);
  }
  if (hasAdminEdges) yield* adminEdges(graph, about);
}

function contained({ _toEntityKey: to }: Relationship, { org }: AboutOrg): readonly OpenEdge[] {
  return [{ kind: 'Okta_Contains', from: org, to }];
}

function assigned({ _fromEntityKey: from, _toEntityKey: to }: Relationship): readonly OpenEdge[] {
  return [{ kind: 'Okta_AppAssignment', from, to }];
}

function roleEdges(held: Relationship, about: AboutOrg): readonly OpenEdge[] {
  const { _fromEntityKey: from, _toEntityKey: role, properties } = held;
  const isSuper = role === SUPER_ADMIN && properties['active'] === true;
  const assignments = readRoleAssignments(properties['assignments']).flatMap((each) => {
    const assignment = assignmentId(held, each);
    return [
      { kind: 'Okta_Contains', from: about.org, to: assignment },
      { kind: 'Okta_HasRoleAssignment', from, to: assignment },
      ...scopesOf(role, each, about).map((to) => ({ kind: 'Okta_ScopedTo', from: assignment, to })),
    ];
  });
  return [
    { kind: 'Okta_HasRole', from, to: nodeIdOf(role, about) },
    ...assignments,
    ...(isSuper ? [{ kind: 'Okta_SuperAdmin', from, to: about.org }] : []),
  ];
}

/**
 * The reach of an assignment, as far as it is known and in the graph. A custom role that names nothing is limited to
 * a set of resources, which is not read.
 */
function scopesOf(role: string, { targets }: RoleAssignment, about: AboutOrg): readonly string[] {
  const { groups = [], apps = [] } = targets ?? {};
  if (groups.length + apps.length === 0) {
    const type = about.roles.get(role)?.['roleType'];
    const isWhole = type !== 'CUSTOM' && (targets !== undefined || !isLimitable(type));
    return isWhole ? [about.org] : [];
  }
  const named = apps.flatMap(({ id, name = '' }) =>
    id === undefined ? (about.appsNamed.get(name) ?? []) : [id],
  );
  return [...new Set([...groups, ...named])].filter((id) => about.scopes.has(id));
}
