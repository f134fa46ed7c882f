import { APP_USER_STATUSES } from './assets/app-users.ts';
import type { SimulatedApp, SimulatedDevice } from './assets/asset-model.ts';
import { awsProfile } from './assets/make-apps.ts';
import type { Change } from './change-desk.ts';
import type { ChangeKind } from './mutation-kinds.ts';
import type { SimulatedGroup, SimulatedUser } from './org-model.ts';
import type { Attempt, Pool } from './random-pool.ts';

const isListed = ({ kind }: SimulatedApp): boolean => kind.isUnlisted !== true;
const isPresent = (user: SimulatedUser): boolean => user.status !== 'DEPROVISIONED';
const isOwn = (group: SimulatedGroup): boolean => group.type !== 'BUILT_IN';
const anything = (): boolean => true;

export const OF_APPS = {
  createApp: ({ make }) => make.createApp(),
  renameApp: ({ make, random, withApp }) =>
    withApp(isListed, ({ id }) => make.renameApp(id, `Renamed ${random.below(1e9)}`)),
  deactivateApp: ({ make, withApp }) =>
    withApp(
      (app) => isListed(app) && app.status === 'ACTIVE',
      ({ id }) => make.deactivateApp(id),
    ),
  activateApp: ({ make, withApp }) =>
    withApp(
      ({ status }) => status === 'INACTIVE',
      ({ id }) => make.activateApp(id),
    ),
  deleteApp: ({ make, withApp }) =>
    withApp(
      ({ status }) => status === 'INACTIVE',
      ({ id }) => make.deleteApp(id),
    ),
  assignUser: ({ make, withApp, withUser }) =>
    withApp(anything, ({ id: appId, ownUsers }) =>
      withUser(
        (user) => isPresent(user) && ownUsers.get(user.id)?.scope !== 'USER',
        ({ id }) => make.assignUser(appId, id),
      ),
    ),
  unassignUser: ({ make, random, withApp }) =>
    withApp(
      ({ ownUsers }) => ownUsers.size > 0,
      ({ id, ownUsers }) => make.unassignUser(id, random.pick([...ownUsers.keys()])),
    ),
  changeAppUser: ({ make, random, withApp }) =>
    withApp(
      ({ ownUsers }) => ownUsers.size > 0,
      ({ id, ownUsers }) =>
        make.changeAppUser(id, random.pick([...ownUsers.keys()]), random.pick(APP_USER_STATUSES)),
    ),
  assignGroup: ({ make, withApp, withGroup }) =>
    withApp(anything, (app) => withGroup(isOwn, ({ id }) => make.assignGroup(app.id, id))),
  unassignGroup: (pool) => withEntry(pool, (app, groupId) => pool.make.unassignGroup(app.id, groupId)),
  changeAppGroup: (pool) =>
    withEntry(pool, (app, groupId) =>
      pool.make.changeAppGroup(app.id, groupId, {
        priority: pool.random.below(9),
        ...(app.kind.isAws ? awsProfile(pool.random, pool.random.below(9)) : {}),
      }),
    ),
} satisfies Partial<Record<ChangeKind, Attempt>>;

export const OF_RULES = {
  createRule: ({ make, withGroup }) => withGroup(isOwn, ({ id }) => make.createRule({ groupIds: [id] })),
  changeRule: ({ make, random, withRule, withGroup }) =>
    withRule(anything, (rule) =>
      withGroup(isOwn, (group) =>
        make.changeRule(rule.id, {
          name: `Renamed ${random.below(1e9)}`,
          status: random.pick(['ACTIVE', 'INACTIVE']),
          groupIds: [group.id],
        }),
      ),
    ),
  breakRule: ({ make, withRule }) =>
    withRule(
      ({ status }) => status !== 'INVALID',
      ({ id }) => make.breakRule(id),
    ),
  deleteRule: ({ make, withRule }) => withRule(anything, ({ id }) => make.deleteRule(id)),
} satisfies Partial<Record<ChangeKind, Attempt>>;

export const OF_DEVICES = {
  createDevice: ({ make, withUser }) => withUser(isPresent, ({ id }) => make.createDevice([id])),
  addDeviceUser: ({ make, withDevice, withUser }) =>
    withDevice(hasRoom, (device) =>
      withUser(
        (user) => isPresent(user) && !device.users.some(({ userId }) => userId === user.id),
        ({ id }) => make.addDeviceUser(device.id, id),
      ),
    ),
  removeDeviceUser: ({ make, random, withDevice }) =>
    withDevice(
      ({ users }) => users.length > 0,
      ({ id, users }) => make.removeDeviceUser(id, random.pick(users).userId),
    ),
  changeDeviceStatus: ({ make, random, withDevice }) => {
    const status = random.pick(['ACTIVE', 'DEACTIVATED', 'SUSPENDED'] as const);
    return withDevice(
      (device) => device.status !== status,
      ({ id }) => make.changeDeviceStatus(id, status),
    );
  },
  deleteDevice: ({ make, withDevice }) =>
    withDevice(
      ({ status }) => status === 'DEACTIVATED',
      ({ id }) => make.deleteDevice(id),
    ),
} satisfies Partial<Record<ChangeKind, Attempt>>;

function hasRoom({ users }: SimulatedDevice): boolean {
  return users.length < 3;
}

function withEntry(
  { random, withApp }: Pool,
  act: (app: SimulatedApp, groupId: string) => Change,
): Change | undefined {
  return withApp(
    ({ groups }) => groups.some(({ group }) => isOwn(group)),
    (app) => act(app, random.pick(app.groups.filter(({ group }) => isOwn(group))).group.id),
  );
}
