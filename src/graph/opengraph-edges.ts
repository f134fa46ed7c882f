import { adminEdges } from './admin-edges.ts';
import type { Graph } from './graph.ts';
import type { Relationship } from './model.ts';
import type { AboutOrg } from './opengraph-about.ts';
import { assignmentId, nodeIdOf } from './opengraph-nodes.ts';
import { isLimitable, readRoleAssignments, type RoleAssignment } from './role-assignments.ts';

export interface OpenEdge {
  readonly kind: string;
  readonly from: string;
  readonly to: string;
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

export function* edgesOf(graph: Graph, about: AboutOrg, hasAdminEdges: boolean): Generator<OpenEdge> {
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
