/** The parts of factors and roles that are read only where assets are wanted, by a white-list of their fields. */
import * as z from 'zod';
import { id, part, text } from '../../assets/fields.ts';
import type { FactorDetails, Role, TargetsOfRole } from '../../ports/org.ts';

const factor = z
  .object({
    vendorName: text,
    created: text,
    lastUpdated: text,
    lastVerified: text,
    // The rest of a profile is a phone number, an address or an id of a credential.
    profile: part({ deviceType: text, platform: text, name: text, version: text, authenticatorName: text }),
  })
  .transform(({ profile, ...rest }): FactorDetails => ({ ...rest, ...profile }));

export function readFactorDetails(entry: unknown): FactorDetails | undefined {
  return factor.safeParse(entry).data;
}

/** Asks for the targets of roles together with the roles. */
export const WITH_TARGETS = '?expand=targets/groups&expand=targets/catalog/apps';

const targets = z.object({
  _embedded: z.object({
    targets: z.object({
      groups: z.array(z.object({ id })).optional(),
      catalog: z.object({ apps: z.array(z.object({ id: text, name: text })).optional() }).optional(),
    }),
  }),
});

const limitable = z.object({ type: text });
const customRole = z.object({ type: z.literal('CUSTOM'), role: id });

/** Of a role that somebody holds: which custom role it is, and what it is limited to. */
export function readRoleDetails(entry: unknown): Pick<Role, 'roleId' | 'targets'> {
  const roleId = customRole.safeParse(entry).data?.role;
  return { ...(roleId === undefined ? {} : { roleId }), targets: readTargets(entry) };
}

/** `undefined` where Okta does not tell, or tells it in a way that makes no sense. */
function readTargets(entry: unknown): TargetsOfRole | undefined {
  const read = targets.safeParse(entry).data?._embedded.targets;
  if (read === undefined) return undefined;
  // Administrators of applications are limited to applications, all others to groups. Without that list nobody knows.
  const { type } = limitable.parse(entry);
  const isTold = type === 'APP_ADMIN' ? read.catalog?.apps !== undefined : read.groups !== undefined;
  if (!isTold && (read.groups ?? read.catalog?.apps ?? []).length === 0) return undefined;
  return { groups: (read.groups ?? []).map((group) => group.id), apps: read.catalog?.apps ?? [] };
}
