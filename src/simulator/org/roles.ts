import type { JsonObject } from '../json.ts';
import type { HeldRole, RoleGrant } from './org-model.ts';
import { createRandom, hashText, itemAt, makeId, mix } from './random.ts';

interface RoleShape {
  readonly type: string;
  readonly label: string;
  readonly status?: 'INACTIVE';
  /** Has the custom shape: a `role` id and a `resource-set`. */
  readonly custom?: true;
  /** Okta's own roles of that shape have a constant id. */
  readonly constantId?: string;
}

const STANDARD: readonly (readonly RoleShape[])[] = [
  [{ type: 'SUPER_ADMIN', label: 'Super Organization Administrator' }],
  [{ type: 'HELP_DESK_ADMIN', label: 'Help Desk Administrator' }],
  [
    { type: 'READ_ONLY_ADMIN', label: 'Read-Only Administrator' },
    { type: 'APP_ADMIN', label: 'Application Administrator' },
  ],
  [{ type: 'ORG_ADMIN', label: 'Organization Administrator', status: 'INACTIVE' }],
  [
    { type: 'USER_ADMIN', label: 'Group Administrator' },
    { type: 'USER_ADMIN', label: 'Group Administrator', status: 'INACTIVE' },
  ],
  [
    {
      type: 'ACCESS_REQUESTS_ADMIN',
      label: 'Access Requests Administrator',
      custom: true,
      constantId: 'ARA',
    },
  ],
  [{ type: 'MOBILE_ADMIN', label: 'Mobile Administrator' }],
  [{ type: 'GALAXY_STEWARD', label: 'Galaxy steward' }],
];

const CUSTOM: readonly (readonly RoleShape[])[] = [
  [{ type: 'CUSTOM', label: 'EU user ops', custom: true }],
  [
    { type: 'CUSTOM', label: 'Ops désk admin', custom: true, status: 'INACTIVE' },
    { type: 'CUSTOM', label: 'Ops désk admin', custom: true },
  ],
  [{ type: 'CUSTOM', label: 'Auditor', custom: true, status: 'INACTIVE' }],
  [
    { type: 'CUSTOM', label: 'Zebra', custom: true },
    { type: 'REPORT_ADMIN', label: 'Report Administrator' },
    { type: 'CUSTOM', label: 'Zebra', custom: true },
  ],
];

/** The grants of the n-th holder of roles (user or group): every kind of role comes up in turn. */
export function makeGrants(
  seed: number,
  holder: string,
  position: number,
  customRoles: boolean,
  earliest: number,
): RoleGrant[] {
  const sets = customRoles ? [...STANDARD, ...CUSTOM] : STANDARD;
  return itemAt(sets, position).map((shape, index) =>
    makeGrant(mix(seed, hashText(`${holder}/${index}`)), shape, earliest),
  );
}

function makeGrant(seed: number, shape: RoleShape, earliest: number): RoleGrant {
  const random = createRandom(seed);
  return {
    id: makeId(shape.custom ? 'irb' : 'ra1', seed, 0),
    label: shape.label,
    type: shape.type,
    status: shape.status ?? 'ACTIVE',
    createdAt: earliest + random.below(300) * 86_400_000,
    role: shape.custom ? (shape.constantId ?? makeId('cr0', seed, 1)) : undefined,
    resourceSet: shape.custom ? makeId('iam', seed, 2) : undefined,
  };
}

/** `targets`: what `expand` asks for beside it. */
export function roleBody(
  held: HeldRole,
  assigneeUrl: string,
  base: string,
  targets?: JsonObject,
): JsonObject {
  const { grant, through } = held;
  const stamp = new Date(grant.createdAt).toISOString();
  const assignee = { assignee: { href: assigneeUrl } };
  const shared = {
    id: grant.id,
    label: grant.label,
    type: grant.type,
    status: grant.status,
    created: stamp,
    lastUpdated: stamp,
    ...(targets === undefined ? {} : { _embedded: { targets } }),
  };
  const assignmentType = through === undefined && assigneeUrl.includes('/users/') ? 'USER' : 'GROUP';
  if (grant.role === undefined) return { ...shared, assignmentType, _links: assignee };
  const set = `${base}/api/v1/iam/resource-sets/${grant.resourceSet ?? ''}`;
  const role = `${base}/api/v1/iam/roles/${grant.role}`;
  return {
    ...shared,
    assignmentType,
    'resource-set': grant.resourceSet,
    role: grant.role,
    _links: {
      ...assignee,
      'resource-set': { href: set },
      permissions: { href: `${role}/permissions` },
      role: { href: role },
      member: { href: `${set}/bindings/${grant.role}/members/${grant.id}` },
    },
  };
}
