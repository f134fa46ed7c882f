import type { Graph } from './graph.ts';
import type { Entity, Properties, PropertyValue, Relationship } from './model.ts';
import type { AboutOrg } from './opengraph-about.ts';
import { isRoleAssignment, readRoleAssignments, type RoleAssignment } from './role-assignments.ts';

export interface OpenNode {
  readonly id: string;
  readonly kinds: readonly string[];
  readonly properties: Properties;
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

export function* nodesOf({ entities, relationships }: Graph, about: AboutOrg): Generator<OpenNode> {
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
export function nodeIdOf(key: string, { host, roles }: AboutOrg): string {
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
export function assignmentId({ _fromEntityKey: holder }: Relationship, { id }: RoleAssignment): string {
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
