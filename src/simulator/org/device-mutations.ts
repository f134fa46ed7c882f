import type { SimulatedDevice } from './assets/asset-model.ts';
import { deviceFacts, makeDeviceUser } from './assets/make-devices.ts';
import type { Change, ChangeDesk, Touched } from './change-desk.ts';
import { deviceTarget, userTarget } from './log-event.ts';
import type { SimulatedUser } from './org-model.ts';

/** The word of the log for the change from one status to another. */
const WAYS: Readonly<Record<SimulatedDevice['status'], string>> = {
  ACTIVE: 'activate',
  CREATED: 'activate',
  DEACTIVATED: 'deactivate',
  SUSPENDED: 'suspend',
};

/** Changes of devices: each moves `lastUpdated`, and so do sign-ins. */
export function deviceMutations(desk: ChangeDesk) {
  return { ...deviceLifecycle(desk), ...deviceUse(desk) };
}

function deviceLifecycle(desk: ChangeDesk) {
  const { assets, seed } = desk.org;
  return {
    createDevice: (userIds: readonly string[] = []): Change =>
      desk.change('createDevice', (at) => {
        const users = userIds.map((id) => desk.user(id));
        const device = assets.addDevice(
          (number) => ({
            ...deviceFacts(seed, number),
            status: 'ACTIVE',
            createdAt: at,
            lastUpdatedAt: at,
            users: users.map(({ id }) => makeDeviceUser(id, desk.random, at)),
          }),
          at,
        );
        desk.say({ eventType: 'device.enrollment.create', targets: [deviceTarget(device)] });
        for (const user of users) sayDeviceUser(desk, device, user, 'add');
        return touched(device);
      }),

    changeDeviceStatus: (deviceId: string, status: 'ACTIVE' | 'DEACTIVATED' | 'SUSPENDED'): Change =>
      desk.change('changeDeviceStatus', (at) => {
        const device = findDevice(desk, deviceId);
        if (device.status === status) throw new Error(`${deviceId} is ${status} already`);
        const way = device.status === 'SUSPENDED' && status === 'ACTIVE' ? 'unsuspend' : WAYS[status];
        assets.changeDevice(device, { status, lastUpdatedAt: at }, at);
        desk.say({ eventType: `device.lifecycle.${way}`, targets: [deviceTarget(device)] });
        return touched(device);
      }),

    deleteDevice: (deviceId: string): Change =>
      desk.change('deleteDevice', (at) => {
        const device = findDevice(desk, deviceId);
        if (device.status !== 'DEACTIVATED') throw new Error(`${deviceId} is not deactivated`);
        assets.removeDevice(device, at);
        desk.say({ eventType: 'device.lifecycle.delete', targets: [deviceTarget(device)] });
        return touched(device);
      }),
  };
}

function deviceUse(desk: ChangeDesk) {
  const { assets } = desk.org;
  return {
    addDeviceUser: (deviceId: string, userId: string): Change =>
      desk.change('addDeviceUser', (at) => {
        const [device, user] = [findDevice(desk, deviceId), desk.user(userId)];
        if (hasUser(device, user)) throw new Error(`${userId} uses ${deviceId} already`);
        const users = [...device.users, makeDeviceUser(user.id, desk.random, at)];
        assets.changeDevice(device, { users, lastUpdatedAt: at }, at);
        sayDeviceUser(desk, device, user, 'add');
        return touched(device);
      }),

    removeDeviceUser: (deviceId: string, userId: string): Change =>
      desk.change('removeDeviceUser', () => {
        const [device, user] = [findDevice(desk, deviceId), desk.user(userId)];
        if (!hasUser(device, user)) throw new Error(`${userId} does not use ${deviceId}`);
        const before = touched(device);
        loseUser(desk, device, user);
        return before;
      }),
  };
}

/** Also when it is the user who goes. */
export function loseUser(desk: ChangeDesk, device: SimulatedDevice, user: SimulatedUser): void {
  const users = device.users.filter(({ userId }) => userId !== user.id);
  desk.org.assets.changeDevice(device, { users, lastUpdatedAt: desk.at }, desk.at);
  sayDeviceUser(desk, device, user, 'remove');
}

function sayDeviceUser(desk: ChangeDesk, device: SimulatedDevice, user: SimulatedUser, way: string): void {
  desk.say({
    eventType: `device.user.${way}`,
    targets: [userTarget(desk.org, user), deviceTarget(device)],
  });
}

function findDevice({ org }: ChangeDesk, id: string): SimulatedDevice {
  const device = org.assets.device(id);
  if (device === undefined) throw new Error(`the org has no device ${id}`);
  return device;
}

function hasUser({ users }: SimulatedDevice, user: SimulatedUser): boolean {
  return users.some(({ userId }) => userId === user.id);
}

/** A user's event may name the devices. */
function touched({ users }: SimulatedDevice): Touched {
  return { users: users.map(({ userId }) => userId), groups: [] };
}
