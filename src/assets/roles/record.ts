import * as z from 'zod';
import type { CustomRoleRecord } from '../../ports/assets.ts';
import { id, readerOf, text } from '../fields.ts';

const role = z.object({ id, label: text, description: text, created: text, lastUpdated: text });

export const readCustomRole = readerOf<CustomRoleRecord>(role);

/** The entries of a page of the list, which holds them by name. */
export const readRoleList = readerOf<readonly unknown[]>(
  z.object({ roles: z.array(z.unknown()) }).transform(({ roles }) => roles),
);

/** The names of a role's permissions; one that cannot be read makes them unknown. */
export const readPermissions = readerOf<readonly string[]>(
  z
    .object({ permissions: z.array(z.object({ label: z.string().min(1).max(1000) })) })
    .transform(({ permissions }) => permissions.map(({ label }) => label)),
);
