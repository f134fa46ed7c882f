import {
  appUserOf,
  usersAround,
  type AwsProfile,
  type SimulatedApp,
  type SimulatedOrg,
} from '../src/simulator/index.ts';

/**
 * The truth about the assets of a simulated org when all of it could be read: written from their description alone, so
 * that it can be held against what the product knows. Rows are in no order that matters.
 */
export interface AssetTruth {
  /** `isListed`: Okta names some in assignments only. */
  readonly apps: readonly AppTruth[];
  readonly appGroups: readonly AppGroupTruth[];
  readonly appUsers: readonly AppUserTruth[];
  readonly access: readonly AccessTruth[];
  readonly rules: readonly RuleTruth[];
  readonly devices: readonly DeviceTruth[];
  readonly awsRoles: readonly AwsRoleTruth[];
  readonly heldRoles: readonly HeldRoleTruth[];
}

interface AppTruth {
  readonly id: string;
  readonly name: string;
  readonly label: string;
  readonly status: string;
  readonly signOnMode: string | null;
  readonly isListed: boolean;
  readonly isForEveryone: boolean;
}

interface AppGroupTruth extends AwsProfile {
  readonly appId: string;
  readonly groupId: string;
  readonly priority: number;
}

interface AppUserTruth extends AwsProfile {
  readonly appId: string;
  readonly userId: string;
  readonly scope: 'USER' | 'GROUP';
  readonly status: string;
}

/**
 * One way in which a user reaches an app. `okta-says-group`: Okta has an assignment through a group and no group explains
 * it, or a group gives the app and Okta has made no assignment.
 */
interface AccessTruth {
  readonly appId: string;
  readonly userId: string;
  readonly how: 'direct' | 'group' | 'okta-says-group';
  readonly groupId: string | undefined;
  readonly isUsable: boolean;
}

interface RuleTruth {
  readonly id: string;
  readonly name: string;
  readonly status: string;
  readonly groupIds: readonly string[];
  /** Of those, the ones that do not exist. */
  readonly danglingIds: readonly string[];
}

interface DeviceTruth {
  readonly id: string;
  readonly name: string;
  readonly status: string;
  readonly platform: string;
  readonly userIds: readonly string[];
}

interface AwsRoleTruth {
  readonly holder: 'user' | 'group';
  readonly id: string;
  /** `arn:aws:iam::<account>:role/<role>`, or `aws_iam_role:<alias>:<role>`. */
  readonly key: string;
}

/** `groupId`: the group through which the user holds it; absent: directly. */
interface HeldRoleTruth {
  readonly userId: string;
  readonly id: string;
  readonly type: string;
  readonly status: string;
  readonly groupId: string | undefined;
}

const USABLE = ['ACTIVE', 'PROVISIONED', 'IMPLICIT'];

export function truthOfAssets(org: SimulatedOrg): AssetTruth {
  const { apps, rules, devices } = org.assets;
  return {
    apps: apps.map((app) => ({
      id: app.id,
      name: app.kind.name,
      label: app.label,
      status: app.status,
      signOnMode: app.kind.signOnMode,
      isListed: app.kind.isUnlisted !== true,
      isForEveryone: app.kind.isImplicit === true || app.groups.some(({ group }) => group === org.everyone),
    })),
    appGroups: apps.flatMap((app) =>
      app.groups.map(({ group, priority, role, samlRoles }) => ({
        appId: app.id,
        groupId: group.id,
        priority,
        role,
        samlRoles,
      })),
    ),
    appUsers: apps.flatMap((app) => appUsersOf(org, app)),
    access: apps.flatMap((app) => accessTo(org, app)),
    rules: rules.map(({ id, name, status, groupIds }) => ({
      id,
      name,
      status,
      groupIds,
      danglingIds: groupIds.filter((groupId) => org.group(groupId) === undefined),
    })),
    devices: devices.map(({ id, name, status, platform, users }) => ({
      id,
      name,
      status,
      platform,
      userIds: users.map(({ userId }) => userId),
    })),
    awsRoles: apps.flatMap((app) => awsRolesOf(org, app)),
    heldRoles: org.users.flatMap((user) => [
      ...user.roles.map(({ id, type, status }) => ({
        userId: user.id,
        id,
        type,
        status,
        groupId: undefined,
      })),
      ...org.groupsOf(user).flatMap((group) =>
        group.roles.map(({ id, type, status }) => ({
          userId: user.id,
          id,
          type,
          status,
          groupId: group.id,
        })),
      ),
    ]),
  };
}

function appUsersOf(org: SimulatedOrg, app: SimulatedApp): AppUserTruth[] {
  return usersAround(org, app).flatMap((user) => {
    const entry = appUserOf(org, app, user);
    if (entry === undefined) return [];
    const { scope, status, role, samlRoles } = entry;
    return [{ appId: app.id, userId: user.id, scope, status, role, samlRoles }];
  });
}

function accessTo(org: SimulatedOrg, app: SimulatedApp): AccessTruth[] {
  return usersAround(org, app).flatMap((user) => {
    const entry = appUserOf(org, app, user);
    const groups = app.groups.map(({ group }) => group).filter((group) => org.groupsOf(user).includes(group));
    const isUsable = app.status === 'ACTIVE' && entry !== undefined && USABLE.includes(entry.status);
    const facts = { appId: app.id, userId: user.id, isUsable };
    const isUnexplained = entry?.scope === 'GROUP' && groups.length === 0;
    const how = entry === undefined ? 'okta-says-group' : 'group';
    return [
      ...(entry?.scope === 'USER' ? [{ ...facts, how: 'direct' as const, groupId: undefined }] : []),
      ...(isUnexplained ? [{ ...facts, how: 'okta-says-group' as const, groupId: undefined }] : []),
      ...[...new Set(groups)].map(({ id }) => ({ ...facts, how, groupId: id }) as const),
    ];
  });
}

/** Roles of users and groups, each once. */
function awsRolesOf(org: SimulatedOrg, app: SimulatedApp): AwsRoleTruth[] {
  const { awsAccount } = app;
  if (awsAccount === undefined) return [];
  const ofUsers = appUsersOf(org, app).flatMap((entry) =>
    roleKeys(awsAccount, entry).map((key) => ({ holder: 'user' as const, id: entry.userId, key })),
  );
  const ofGroups = app.groups.flatMap((entry) =>
    roleKeys(awsAccount, entry).map((key) => ({ holder: 'group' as const, id: entry.group.id, key })),
  );
  const byText = new Map([...ofUsers, ...ofGroups].map((row) => [JSON.stringify(row), row]));
  return [...byText.values()];
}

function roleKeys(account: string, { role, samlRoles }: AwsProfile): string[] {
  const named = (samlRoles ?? [role]).filter((value) => typeof value === 'string');
  return named.map((value) => {
    const [, alias, plain] = /^\[?(.+?)\]? -- (.+)$/.exec(value) ?? [];
    return alias === undefined || plain === undefined
      ? `arn:aws:iam::${account}:role/${value}`
      : `aws_iam_role:${alias}:${plain}`;
  });
}
