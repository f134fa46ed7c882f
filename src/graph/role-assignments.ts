import * as z from 'zod';
import type { ViewRow } from '../ports/graph.ts';
import type { TargetsOfRole } from '../ports/org.ts';
import { key, text } from './cells.ts';

/** One assignment of a role. Absent targets are not known. */
export interface RoleAssignment {
  readonly id: string;
  readonly status?: string | undefined;
  readonly targets?: TargetsOfRole | undefined;
}

const targets: z.ZodType<TargetsOfRole> = z.object({
  groups: z.array(z.string()),
  apps: z.array(z.object({ id: z.string().optional(), name: z.string().optional() })),
});
const assignment: z.ZodType<RoleAssignment> = z.object({
  id: z.string(),
  status: z.string().optional(),
  targets: targets.optional(),
});

/** Of a row of `held_roles` or `group_roles`. */
export function roleAssignmentOf(row: ViewRow): RoleAssignment {
  const json = text(row, 'targets');
  return {
    id: key(row, 'id'),
    status: text(row, 'status'),
    targets: json === undefined ? undefined : targets.safeParse(JSON.parse(json)).data,
  };
}

/** The assignments in a relationship's property of that name. */
export function readRoleAssignments(property: unknown): readonly RoleAssignment[] {
  return typeof property === 'string' ? z.array(assignment).parse(JSON.parse(property)) : [];
}

/** Is the relationship of this type an assignment of admin roles? */
export function isRoleAssignment(type: string): boolean {
  return type === 'okta_user_assigned_role' || type === 'okta_user_group_assigned_role';
}

/** Standard roles that may be limited to groups or applications. All others count for the whole org. */
const LIMITABLE: ReadonlySet<unknown> = new Set([
  'USER_ADMIN',
  'HELP_DESK_ADMIN',
  'GROUP_MEMBERSHIP_ADMIN',
  'APP_ADMIN',
]);

export function isLimitable(type: unknown): boolean {
  return LIMITABLE.has(type);
}
