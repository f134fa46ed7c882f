import { byCodeUnit } from '../../enrich/facets.ts';
import type { EventForm } from '../../ocsf/event-form.ts';
import { DEVICE_INVENTORY } from '../../ocsf/ids.ts';
import { envelopeOf } from '../../ocsf/official/envelope.ts';
import { createOfficialForm, type SaidOf } from '../../ocsf/official/form.ts';
import {
  millisecondsOf,
  orAbsent,
  type AttributeRow,
  type OfficialOptions,
} from '../../ocsf/official/row.ts';
import { count, flag, instant, listOf, objectOf, oneOf, only, text } from '../../ocsf/official/shapes.ts';
import { isSince, type Version } from '../../ocsf/official/versions.ts';
import type { DeviceFacts, DeviceUser } from '../../ports/asset-facts.ts';
import type { DeviceRecord } from '../../ports/assets.ts';
import { isManaged } from './managed.ts';
import { DEVICE_TYPE_IDS, DEVICE_TYPES, deviceTypeOf, OS_TYPE_IDS, osOf } from './platforms.ts';

type DeviceRow = AttributeRow<SaidOf<DeviceFacts>>;

/** The status of a device that Okta has removed: it removes none that is not deactivated. */
const GONE_STATUS = 'DEACTIVATED';

function plain(path: string, value: (device: DeviceRecord) => string | undefined): DeviceRow {
  return { path, shape: text, value: ({ facts }) => value(facts.device) };
}

function said(path: string, value: (device: DeviceRecord) => boolean | undefined): DeviceRow {
  return { path, shape: flag, value: ({ facts }) => value(facts.device) };
}

function usersOf({ users }: DeviceFacts): readonly DeviceUser[] {
  return users.kind === 'known' ? users.value.toSorted((left, right) => byCodeUnit(left.id, right.id)) : [];
}

/** The one user that a device has. Of several users nobody says which one owns it. */
function ownerOf(facts: DeviceFacts): DeviceUser | undefined {
  const users = usersOf(facts);
  return users.length === 1 && (facts.usersLeftOut ?? 0) === 0 ? users[0] : undefined;
}

const LABEL = /^[a-z0-9](?:[a-z0-9-]*[a-z0-9])?$/iu;

function isHostName(name = ''): boolean {
  return name.split('.').every((label) => LABEL.test(label));
}

const IDENTITY: readonly DeviceRow[] = [
  { path: 'device.uid', shape: text, isRequired: 'always', value: ({ facts }) => facts.device.id },
  plain('device.name', ({ displayName }) => displayName),
  {
    path: 'device.hostname',
    shape: text,
    // OCSF 1.3 alone takes no other name than one of a host, and people name their devices as they like.
    value: ({ version, facts: { device } }) =>
      isSince(version, '1.4.0') || isHostName(device.displayName) ? device.displayName : undefined,
  },
  {
    path: 'device.type',
    shape: oneOf(DEVICE_TYPES),
    isRequired: 'always',
    value: ({ facts }) => deviceTypeOf(facts.device).type,
  },
  {
    path: 'device.type_id',
    shape: oneOf(DEVICE_TYPE_IDS),
    isRequired: 'always',
    value: ({ facts }) => deviceTypeOf(facts.device).type_id,
  },
  {
    path: 'device.os',
    shape: objectOf({ name: text, type: text, type_id: oneOf(OS_TYPE_IDS), version: text }, [
      'name',
      'type',
      'type_id',
    ]),
    value: ({ facts: { device } }) => {
      const os = osOf(device);
      return os === undefined ? undefined : { ...os, version: device.osVersion };
    },
  },
];

const HARDWARE: readonly DeviceRow[] = [
  {
    ...plain('device.vendor_name', ({ manufacturer }) => manufacturer),
    since: '1.4.0',
    otherwise: 'unmapped.okta.vendor_name',
  },
  { ...plain('device.model', ({ model }) => model), since: '1.4.0', otherwise: 'unmapped.okta.model' },
  plain('device.hw_info.serial_number', ({ serialNumber }) => serialNumber),
  { ...plain('device.imei', ({ imei }) => imei), before: '1.4.0' },
  {
    path: 'device.imei_list',
    since: '1.4.0',
    shape: listOf(text, { minItems: 1, maxItems: 1 }),
    value: ({ facts: { device } }) => orAbsent(device.imei === undefined ? [] : [device.imei]),
  },
  { ...plain('device.meid', ({ meid }) => meid), since: '1.5.0', otherwise: 'unmapped.okta.meid' },
  { ...plain('device.udid', ({ udid }) => udid), since: '1.5.0', otherwise: 'unmapped.okta.udid' },
];

const STANDING: readonly DeviceRow[] = [
  { path: 'device.is_managed', shape: flag, value: ({ facts }) => isManaged(facts) },
  {
    path: 'device.created_time',
    shape: instant,
    value: ({ facts }) => millisecondsOf(facts.device.created),
  },
  {
    path: 'device.modified_time',
    shape: instant,
    decides: 'nothing',
    value: ({ facts }) => millisecondsOf(facts.device.lastUpdated),
  },
  {
    path: 'device.owner.uid',
    shape: text,
    isRequired: 'in its object',
    value: ({ facts }) => ownerOf(facts)?.id,
  },
  { path: 'device.owner.name', shape: text, value: ({ facts }) => ownerOf(facts)?.login },
  {
    path: 'device.org.uid',
    shape: text,
    isRequired: 'in its object',
    value: ({ facts }) => facts.org.id,
  },
  {
    path: 'device.org.name',
    shape: text,
    value: ({ facts: { org } }) => (org.id === undefined ? undefined : org.name),
  },
];

const UNMAPPED: readonly DeviceRow[] = [
  {
    path: 'unmapped.okta.status',
    shape: text,
    value: ({ facts: { device, isGone } }) => (isGone ? GONE_STATUS : device.status),
  },
  {
    path: 'unmapped.okta.is_removed',
    shape: only(true),
    value: ({ facts }) => facts.isGone,
  },
  plain('unmapped.okta.resource_type', ({ resourceType }) => resourceType),
  // Without a platform there is no operating system to have a version.
  plain('unmapped.okta.os_version', ({ platform, osVersion }) =>
    platform === undefined ? osVersion : undefined,
  ),
  plain('unmapped.okta.sid', ({ sid }) => sid),
  said('unmapped.okta.is_registered', ({ registered }) => registered),
  said('unmapped.okta.has_secure_hardware', ({ secureHardwarePresent }) => secureHardwarePresent),
  said('unmapped.okta.is_jailbroken', ({ integrityJailbreak }) => integrityJailbreak),
  plain('unmapped.okta.disk_encryption', ({ diskEncryptionType }) => diskEncryptionType),
  {
    path: 'unmapped.okta.users',
    shape: listOf(
      objectOf(
        { uid: text, name: text, created_time: instant, management_status: text, screen_lock_type: text },
        ['uid'],
      ),
    ),
    value: ({ facts }) =>
      facts.users.kind === 'known'
        ? usersOf(facts).map(({ id, login, created, managementStatus, screenLockType }) => ({
            uid: id,
            name: login,
            created_time: millisecondsOf(created),
            management_status: managementStatus,
            screen_lock_type: screenLockType,
          }))
        : undefined,
  },
  {
    path: 'unmapped.okta.users_left_out',
    shape: { ...count, minimum: 1 },
    value: ({ facts: { usersLeftOut = 0 } }) => (usersLeftOut === 0 ? undefined : usersLeftOut),
  },
  {
    path: 'unmapped.okta.unknown',
    shape: listOf(oneOf(['users']), { minItems: 1, maxItems: 1 }),
    value: ({ facts }) => (facts.users.kind === 'unknown' ? ['users'] : undefined),
  },
];

/** The mapping from Okta's devices to OCSF's Device Inventory Info, in the order of the event's text. */
const MAPPING: readonly DeviceRow[] = [
  ...envelopeOf<SaidOf<DeviceFacts>>({
    class: DEVICE_INVENTORY,
    // It moves with sign-ins, so it says nothing of the device.
    originalTime: { value: ({ facts }) => facts.device.lastUpdated, decides: 'nothing' },
    time: ({ facts }) => facts.readAt,
  }),
  ...IDENTITY,
  ...HARDWARE,
  ...STANDING,
  ...UNMAPPED,
];

export function officialDevices(version: Version, options: OfficialOptions): EventForm<DeviceFacts> {
  return createOfficialForm(DEVICE_INVENTORY, MAPPING, version, options);
}
