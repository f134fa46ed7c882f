import type { DirectoryFacts } from '../enrich/needs.ts';
import type { Answer, Group } from '../ports/org.ts';
import { askGroupRoles } from './group-roles.ts';
import type { Run } from './job.ts';
import type { NewGroupParts } from './parts.ts';

/** Asks for the roles of a user's groups, once the user's list of them is there. */
interface RolesOfGroups {
  askOf(groups: Promise<Answer<readonly Group[]>>): Promise<void>;
}

/** The part of the shared facts (groups, their roles, role holders) that reading one user needs. */
export interface Directory extends DirectoryFacts {
  /**
   * Users for whom the lists of members do not tell all groups. `newcomers`: users whose groups are not known, since
   * lists that were read before they came are not read again; `everybody`: a group does not let its members be listed.
   */
  readonly asksOwnListOf: 'nobody' | 'newcomers' | 'everybody';
  readonly groupRoles: RolesOfGroups;
}

/**
 * For runs that list nothing: each user is asked, and of the groups only those that were never asked for their roles.
 */
export function perUserDirectory(run: NewGroupParts): Directory {
  const { lookups } = run.settings;
  // Without `groups` in `LOOKUPS`, the groups that hold roles are still known by their members.
  const withoutGroups = lookups.has('roles') ? 'by-membership' : 'not-asked';
  return {
    groups: lookups.has('groups') ? 'per-user' : withoutGroups,
    assignees: undefined,
    namedByGroups: new Map(),
    askGroupsOf: new Set(),
    asksOwnListOf: 'newcomers',
    groupRoles: {
      askOf: async (groups) => {
        const answer = await groups;
        if (answer.kind === 'known') await askNewRoles(run, answer.value);
      },
    },
  };
}

export function wantsGroupRoles({ settings: { lookups } }: Pick<Run, 'settings'>): boolean {
  return lookups.has('group-roles') || lookups.has('roles');
}

export async function askNewRoles(run: NewGroupParts, groups: readonly Pick<Group, 'id'>[]): Promise<void> {
  if (wantsGroupRoles(run)) await Promise.all(groups.map(({ id }) => askOnce(run, id)));
}

async function askOnce(run: NewGroupParts, id: string): Promise<void> {
  const { groupRolesUnderWay } = run;
  const stored = await run.inventory.groups.find(id);
  if (stored?.rolesAskedAt !== undefined) return;
  const underWay =
    groupRolesUnderWay.get(id) ??
    askGroupRoles(run, id).then(() => {
      groupRolesUnderWay.delete(id);
    });
  groupRolesUnderWay.set(id, underWay);
  await underWay;
}
