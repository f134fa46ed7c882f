import type { Known } from '../enrich/needs.ts';
import type { Group } from '../ports/org.ts';
import { askGroupRoles } from './group-roles.ts';
import type { Run } from './job.ts';

/** What is known of the org when a user is read. */
export interface KnownOrg extends Known {
  readonly groupRoles: { ask(groups: readonly Pick<Group, 'id'>[]): Promise<void> };
}

/** Outside a full run's listings: each user is asked, and of groups only those whose roles were never asked for. */
export function knownOrg(run: Run): KnownOrg {
  const { lookups } = run.settings;
  // Without `groups`, those that hold roles are known by their members all the same.
  const withoutGroups = lookups.has('roles') ? 'by-membership' : 'not-asked';
  return {
    groups: lookups.has('groups') ? 'per-user' : withoutGroups,
    assignees: undefined,
    askGroupsOf: new Set(),
    groupRoles: { ask: (groups) => askNewRoles(run, groups) },
  };
}

export function wantsGroupRoles({ settings: { lookups } }: Run): boolean {
  return lookups.has('group-roles') || lookups.has('roles');
}

export async function askNewRoles(run: Run, groups: readonly Pick<Group, 'id'>[]): Promise<void> {
  if (wantsGroupRoles(run)) await Promise.all(groups.map(({ id }) => askOnce(run, id)));
}

async function askOnce(run: Run, id: string): Promise<void> {
  const { askingRoles } = run.course;
  const known = await run.inventory.groups.find(id);
  if (known?.rolesAskedAt !== undefined) return;
  const asking =
    askingRoles.get(id) ??
    askGroupRoles(run, id).then(() => {
      askingRoles.delete(id);
    });
  askingRoles.set(id, asking);
  await asking;
}
