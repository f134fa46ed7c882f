import type { ChangeDesk } from './change-desk.ts';
import { groupTarget, userTarget } from './log-event.ts';
import type { RoleGrant, SimulatedGroup, SimulatedUser } from './org-model.ts';

/** "Grant" tells all that the user holds now, also when one of several roles was taken away; "revoke" that nothing is left. */
export function sayUserPrivileges(desk: ChangeDesk, user: SimulatedUser): void {
  const held = desk.org.rolesOf(user).map(({ grant }) => grant);
  desk.say({ ...privilegeFacts('user.account.privilege', held), targets: [userTarget(desk.org, user)] });
}

export function sayGroupPrivileges(desk: ChangeDesk, group: SimulatedGroup): void {
  desk.say({ ...privilegeFacts('group.privilege', group.roles), targets: [groupTarget(group)] });
}

function privilegeFacts(
  start: string,
  held: readonly RoleGrant[],
): { readonly eventType: string; readonly debugData: { readonly privilegeGranted?: string } } {
  if (held.length === 0) return { eventType: `${start}.revoke`, debugData: {} };
  const privilegeGranted = held.map(({ label }) => label).join(', ');
  return { eventType: `${start}.grant`, debugData: { privilegeGranted } };
}
