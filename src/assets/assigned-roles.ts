import * as z from 'zod';
import type { AppUserRecord } from '../ports/assets.ts';
import { part } from './fields.ts';

type AssignedRoles = Pick<AppUserRecord, 'role' | 'samlRoles' | 'unreadableRoles'>;

/** Blanks name nothing. */
const role = z.string().max(1000).regex(/\S/u);

/** The roles that an assignment gives in its application. Every other attribute of its profile is personal. */
export const assignedRoles = part({
  role: z.unknown().optional(),
  samlRoles: z.unknown().optional(),
}).transform((given = {}): AssignedRoles => {
  const several = Array.isArray(given.samlRoles) ? given.samlRoles : presentIn([given.samlRoles]);
  const samlRoles = several.flatMap((each) => role.safeParse(each).data ?? []);
  const one = role.safeParse(given.role).data;
  const single = one === undefined ? presentIn([given.role]).length : 0;
  const unreadable = several.length - samlRoles.length + single;
  return {
    role: one,
    samlRoles: several.length === 0 ? undefined : samlRoles,
    unreadableRoles: unreadable === 0 ? undefined : unreadable,
  };
});

/** Okta writes an attribute without a value as null or "". */
function presentIn(values: readonly unknown[]): unknown[] {
  return values.filter((value) => value !== undefined && value !== null && value !== '');
}
