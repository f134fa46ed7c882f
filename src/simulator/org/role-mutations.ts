import type { Change, ChangeDesk, Touched } from './change-desk.ts';
import { groupTarget, otherTarget, userTarget } from './log-event.ts';
import { syncAdministrators } from './membership.ts';
import type { RoleGrant, SimulatedGroup, SimulatedUser } from './org-model.ts';
import { sayGroupPrivileges, sayUserPrivileges } from './privileges.ts';

/** A user or a group; of a group, its members hold the role too. */
export type RoleHolder = { readonly userId: string } | { readonly groupId: string };

type UserOrGroup =
  | { readonly user: SimulatedUser; readonly group?: undefined }
  | { readonly group: SimulatedGroup; readonly user?: undefined };

const LABELS: Readonly<Record<string, string>> = {
  SUPER_ADMIN: 'Super Organization Administrator',
  ORG_ADMIN: 'Organization Administrator',
  HELP_DESK_ADMIN: 'Help Desk Administrator',
  READ_ONLY_ADMIN: 'Read-Only Administrator',
  USER_ADMIN: 'Group Administrator',
  APP_ADMIN: 'Application Administrator',
  REPORT_ADMIN: 'Report Administrator',
};
export const STANDARD_ROLES: readonly string[] = Object.keys(LABELS);

/** Changes of roles: the log tells of them, no stamp does. */
export function roleMutations(desk: ChangeDesk) {
  const grantRole = (kind: string, holder: UserOrGroup, type: string): Change =>
    desk.change(kind, (at) => {
      const facts = { id: desk.makeId('ra1'), label: LABELS[type] ?? type, type, createdAt: at };
      return setRoles(desk, holder, at, [
        ...roleList(holder),
        { ...facts, status: 'ACTIVE', role: undefined, resourceSet: undefined },
      ]);
    });
  const revokeRole = (kind: string, holder: UserOrGroup, grantId: string | undefined): Change =>
    desk.change(kind, (at) => {
      const grant = findGrant(holder, grantId, isStandard);
      return setRoles(
        desk,
        holder,
        at,
        roleList(holder).filter((each) => each !== grant),
      );
    });
  return {
    grantUserRole: (userId: string, type = 'HELP_DESK_ADMIN'): Change =>
      grantRole('grantUserRole', { user: desk.user(userId) }, type),

    /** The default is the first standard role. */
    revokeUserRole: (userId: string, grantId?: string): Change =>
      revokeRole('revokeUserRole', { user: desk.user(userId) }, grantId),

    grantGroupRole: (groupId: string, type = 'HELP_DESK_ADMIN'): Change =>
      grantRole('grantGroupRole', { group: desk.group(groupId) }, type),

    revokeGroupRole: (groupId: string, grantId?: string): Change =>
      revokeRole('revokeGroupRole', { group: desk.group(groupId) }, grantId),
  };
}

/** Custom roles are bound, with a set of resources: the log has other words for that. */
export function customRoleMutations(desk: ChangeDesk) {
  const { org } = desk;
  return {
    /** A role that others hold already keeps its label. */
    bindCustomRole: (to: RoleHolder, role: { roleId?: string; label?: string } = {}): Change =>
      desk.change('bindCustomRole', (at) => {
        const known = role.roleId === undefined ? undefined : findRole(desk, role.roleId);
        const grant: RoleGrant = {
          id: desk.makeId('irb'),
          label: known?.label ?? role.label ?? 'EU user ops',
          type: 'CUSTOM',
          status: 'ACTIVE',
          createdAt: at,
          role: role.roleId ?? desk.makeId('cr0'),
          resourceSet: desk.makeId('iam'),
        };
        const holder = findHolder(desk, to);
        return setBindings(desk, holder, at, [...roleList(holder), grant], { grant, way: 'add' });
      }),

    /** The default is the first custom role. */
    unbindCustomRole: (from: RoleHolder, grantId?: string): Change =>
      desk.change('unbindCustomRole', (at) => {
        const holder = findHolder(desk, from);
        const grant = findGrant(holder, grantId, (each) => !isStandard(each));
        const left = roleList(holder).filter((each) => each !== grant);
        return setBindings(desk, holder, at, left, { grant, way: 'delete' });
      }),

    /** The event names the role and none of its holders. */
    changeCustomRole: (roleId: string, label: string): Change =>
      desk.change('changeCustomRole', () => {
        const relabel = (roles: readonly RoleGrant[]): RoleGrant[] =>
          roles.map((grant) => (grant.role === roleId ? { ...grant, label } : grant));
        const holds = ({ roles }: { readonly roles: readonly RoleGrant[] }): boolean =>
          roles.some((grant) => grant.role === roleId);
        const [users, groups] = [org.users.filter(holds), org.groups.filter(holds)];
        for (const holder of [...users, ...groups]) holder.roles = relabel(holder.roles);
        desk.say({ eventType: 'iam.role.update', targets: [otherTarget('CUSTOM_ROLE', roleId, label)] });
        const touched = new Set([...users, ...groups.flatMap((group) => group.members)]);
        return { users: [...touched].map((user) => user.id), groups: groups.map((group) => group.id) };
      }),
  };
}

export function isStandard(grant: RoleGrant): boolean {
  return grant.role === undefined;
}

function findRole({ org }: ChangeDesk, roleId: string): RoleGrant | undefined {
  const isIt = (grant: RoleGrant): boolean => grant.role === roleId;
  const holder = [...org.groups, ...org.users].find(({ roles }) => roles.some(isIt));
  return holder?.roles.find(isIt);
}

function findHolder(desk: ChangeDesk, holder: RoleHolder): UserOrGroup {
  return 'userId' in holder ? { user: desk.user(holder.userId) } : { group: desk.group(holder.groupId) };
}

function roleList({ user, group }: UserOrGroup): readonly RoleGrant[] {
  return (user ?? group).roles;
}

function findGrant(
  holder: UserOrGroup,
  id: string | undefined,
  isRight: (grant: RoleGrant) => boolean,
): RoleGrant {
  const grant = roleList(holder).find((each) => isRight(each) && (id === undefined || each.id === id));
  if (grant === undefined) throw new Error(`no such role is held by ${(holder.user ?? holder.group).id}`);
  return grant;
}

function setRoles(desk: ChangeDesk, holder: UserOrGroup, at: number, roles: readonly RoleGrant[]): Touched {
  const touched = storeRoles(desk, holder, at, roles);
  if (holder.user === undefined) sayGroupPrivileges(desk, holder.group);
  else sayUserPrivileges(desk, holder.user);
  return touched;
}

function setBindings(
  desk: ChangeDesk,
  holder: UserOrGroup,
  at: number,
  roles: readonly RoleGrant[],
  { grant, way }: { readonly grant: RoleGrant; readonly way: 'add' | 'delete' },
): Touched {
  const touched = storeRoles(desk, holder, at, roles);
  const member = holder.user === undefined ? groupTarget(holder.group) : userTarget(desk.org, holder.user);
  const role = otherTarget('CUSTOM_ROLE', grant.role ?? '', grant.label);
  const set = otherTarget('RESOURCE_SET', grant.resourceSet ?? '', 'EU users');
  desk.say({ eventType: `iam.resourceset.bindings.${way}`, targets: [member, role, set] });
  return touched;
}

function storeRoles(
  { org }: ChangeDesk,
  { user, group }: UserOrGroup,
  at: number,
  roles: readonly RoleGrant[],
): Touched {
  const holder = user ?? group;
  const users = user === undefined ? group.members : [user];
  holder.roles = roles;
  syncAdministrators(org, users, at);
  return {
    users: users.map((each) => each.id),
    groups: user === undefined ? [group.id] : [],
  };
}
