import { z } from 'zod';
import type { Facet, GroupFacets } from '../src/ports/org.ts';

/** Schemas of the facts that golden users state. */

export const text = z
  .string()
  .optional()
  .transform((value) => value);
export const id = z.string();

export function facetOf<T>(value: z.ZodType<T>): z.ZodType<Facet<T>> {
  return z.discriminatedUnion('kind', [
    z.strictObject({
      kind: z.literal('known'),
      value,
      readAt: z.int(),
      isStale: z.literal(true).exactOptional(),
    }),
    z.strictObject({
      kind: z.literal('unknown'),
      reason: z.enum(['refused', 'missing', 'unavailable', 'unreadable', 'gone']),
    }),
    z.strictObject({ kind: z.literal('not-asked') }),
  ]);
}

const roles = z.array(
  z.strictObject({
    id,
    type: id,
    label: text,
    status: id,
    assignmentType: z.string().exactOptional(),
    assigneeGroupId: z.string().exactOptional(),
  }),
);
const group = z.strictObject({ id, name: text, description: text, type: text });

export const groupFacets: z.ZodType<GroupFacets[]> = z.array(
  z.strictObject({ group, roles: facetOf(roles) }),
);
export const factors = z.array(z.strictObject({ id, type: id, provider: text, status: text }));
export const heldRoles = z.strictObject({ roles, includesGroups: z.boolean() });
