import * as z from 'zod';
import type { DeviceRecord, DeviceUserRecord, ListedDevice } from '../../ports/assets.ts';
import { flag, id, part, readerOf, text } from '../fields.ts';

const device = z
  .object({
    id,
    status: text,
    created: text,
    lastUpdated: text,
    resourceType: text,
    profile: part({
      displayName: text,
      platform: text,
      manufacturer: text,
      model: text,
      osVersion: text,
      serialNumber: text,
      imei: text,
      meid: text,
      udid: text,
      sid: text,
      registered: flag,
      managed: flag,
      secureHardwarePresent: flag,
      integrityJailbreak: flag,
      diskEncryptionType: text,
    }),
  })
  .transform(({ profile, ...rest }): DeviceRecord => ({ ...rest, ...profile }));

const deviceUser = z
  .object({ created: text, managementStatus: text, screenLockType: text, user: z.object({ id }) })
  .transform(({ user, ...rest }): DeviceUserRecord => ({ id: user.id, ...rest }));

/** One user who cannot be read makes the users unknown: the others are not all. */
const usersOfDevice = z.object({ _embedded: z.object({ users: z.array(deviceUser) }) });

export const readDevice = readerOf<DeviceRecord>(device);

/** A device of the listing, together with its users. */
export function readListedDevice(entry: unknown): ListedDevice | undefined {
  const read = readDevice(entry);
  const users = usersOfDevice.safeParse(entry).data?._embedded.users;
  return read === undefined ? undefined : { device: read, users };
}

/** The users of one device, as its own list gives them. */
export const readDeviceUsers = readerOf<readonly DeviceUserRecord[]>(z.array(deviceUser));
