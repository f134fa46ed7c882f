import { describe, expect, test } from 'vitest';
import { adminEdges } from './admin-edges.ts';
import type { Graph } from './graph.ts';
import type { Entity, Part, Properties, Relationship } from './model.ts';
import type { RoleAssignment } from './role-assignments.ts';

function entities(type: string, all: Readonly<Record<string, Properties>>): Part<Entity> {
  const made = Object.entries(all).map(([_key, properties]) => ({
    _type: type,
    _class: [],
    _key,
    properties,
  }));
  return { type, all: () => made };
}

function relationships(
  type: string,
  all: readonly (readonly [string, string, Properties?])[],
): Part<Relationship> {
  const made = all.map(([_fromEntityKey, _toEntityKey, properties = {}]) => {
    const _key = `${_fromEntityKey}|${_toEntityKey}`;
    return { _type: type, _class: '', _key, _fromEntityKey, _toEntityKey, properties };
  });
  return { type, all: () => made };
}

const NO_ROLES = { hasRoles: false };
const WHOLE_ORG = { groups: [], apps: [] };

/** Ann holds the role; Boss holds another one, and nobody knows whether Who does. Ben, Cid: plain users. */
function edgesOf(role: string, ...assignments: readonly Partial<RoleAssignment>[]): string[] {
  const held = assignments.map((each, at) => ({ id: `ra${at}`, status: 'ACTIVE', ...each }));
  const graph: Graph = {
    entities: [
      entities('okta_application', { payroll: {}, wiki: {} }),
      entities('okta_device', { laptop: {} }),
      entities('okta_user', {
        ann: { hasRoles: true },
        ben: NO_ROLES,
        boss: { hasRoles: true },
        cid: NO_ROLES,
        who: {},
      }),
      entities('okta_user_group', { admins: { hasRoles: true }, sales: NO_ROLES, staff: NO_ROLES, some: {} }),
    ],
    relationships: [
      relationships('okta_group_has_user', [
        ['sales', 'ben'],
        ['sales', 'boss'],
        ['staff', 'ben'],
        ['staff', 'who'],
      ]),
      relationships('okta_user_assigned_role', [
        ['ann', `okta_role:${role}`, { assignments: JSON.stringify(held) }],
      ]),
    ],
    meta: () => {
      throw new Error('not needed');
    },
    unread: () => [],
    about: () => ({ org: '00o1', host: 'acme.okta.com' }),
  };
  const edges = [...adminEdges(graph, { appsNamed: new Map([['catalogue', ['wiki']]]) })];
  return edges.map(({ kind, from, to }) => `${from} ${kind} ${to}`);
}

describe('graph, admin edges', () => {
  test.each([
    ['HELP_DESK_ADMIN', 'Okta_HelpDeskAdmin', ['ben', 'cid']],
    ['USER_ADMIN', 'Okta_GroupAdmin', ['ben', 'cid', 'sales', 'staff']],
    ['GROUP_MEMBERSHIP_ADMIN', 'Okta_GroupMembershipAdmin', ['sales', 'staff']],
    ['APP_ADMIN', 'Okta_AppAdmin', ['payroll', 'wiki']],
  ])('of %s lead to all but those who hold roles or may', (role, kind, to) => {
    expect(edgesOf(role, { targets: WHOLE_ORG })).toEqual(to.map((each) => `ann ${kind} ${each}`));
  });

  test.each([
    ['ORG_ADMIN', 'Okta_OrgAdmin', ['laptop', 'ben', 'cid', 'sales', 'staff']],
    ['MOBILE_ADMIN', 'Okta_MobileAdmin', ['laptop']],
  ])('of %s need no word about limits', (role, kind, to) => {
    expect(edgesOf(role, {})).toEqual(to.map((each) => `ann ${kind} ${each}`));
  });

  test.each([
    ['HELP_DESK_ADMIN', ['ann Okta_HelpDeskAdmin ben']],
    ['USER_ADMIN', ['sales', 'staff', 'ben'].map((to) => `ann Okta_GroupAdmin ${to}`)],
  ])('of %s, limited to groups, lead to their members, each once', (role, expected) => {
    const limited = { targets: { groups: ['sales', 'staff', 'admins'], apps: [] } };

    expect(edgesOf(role, limited)).toEqual(expected);
  });

  test('of an administrator of applications lead to those named, one by one or by the catalogue', () => {
    const byName = { targets: { groups: [], apps: [{ name: 'catalogue' }] } };
    const byId = { targets: { groups: [], apps: [{ id: 'payroll', name: 'x' }] } };

    expect(edgesOf('APP_ADMIN', byName)).toEqual(['ann Okta_AppAdmin wiki']);
    expect(edgesOf('APP_ADMIN', byName, byId)).toEqual([
      'ann Okta_AppAdmin payroll',
      'ann Okta_AppAdmin wiki',
    ]);
  });

  test.each([
    ['whose limits are not known', 'HELP_DESK_ADMIN', {}],
    ['that is not active', 'HELP_DESK_ADMIN', { targets: WHOLE_ORG, status: 'INACTIVE' }],
    ['of a custom role', 'cr01', { targets: WHOLE_ORG }],
  ])('there are none for an assignment %s', (_, role, assignment) => {
    expect(edgesOf(role, assignment)).toEqual([]);
  });
});
