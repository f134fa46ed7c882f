import schema from '../../../schemas/sekoia/device-inventory.schema.json' with { type: 'json' };
import type { Draft, Normalised } from '../../ocsf/dialect.ts';
import type { EventForm } from '../../ocsf/event-form.ts';
import { COLLECT, DEVICE_INVENTORY, INFORMATIONAL } from '../../ocsf/ids.ts';
import { SEKOIA_METADATA, SEKOIA_VERSION, toSeconds } from '../../ocsf/sekoia.ts';
import type { DeviceFacts } from '../../ports/asset-facts.ts';
import type { DeviceRecord } from '../../ports/assets.ts';
import { isManaged } from './managed.ts';
import { deviceTypeOf, osOf } from './platforms.ts';

const FIXED = {
  ...COLLECT,
  ...DEVICE_INVENTORY,
  type_name: `${DEVICE_INVENTORY.class_name}: ${COLLECT.activity_name}`,
  type_uid: DEVICE_INVENTORY.class_uid * 100 + COLLECT.activity_id,
  ...INFORMATIONAL,
  metadata: SEKOIA_METADATA,
} as const;

/** Okta's words for what of a disk is encrypted, and NONE. */
const PARTITIONS: Readonly<Record<string, Draft>> = {
  FULL: { full: 'Enabled' },
  ALL_INTERNAL_VOLUMES: { all_internal_volumes: 'Enabled' },
  SYSTEM_VOLUME: { system_volume: 'Enabled' },
  USER: { user: 'Enabled' },
  NONE: { full: 'Disabled' },
};

/** Of a word that we do not know nothing is said, neither yes nor no. */
function enrichmentsOf({ diskEncryptionType = '' }: DeviceRecord): readonly Draft[] | undefined {
  const partitions = Object.hasOwn(PARTITIONS, diskEncryptionType)
    ? PARTITIONS[diskEncryptionType]
    : undefined;
  if (partitions === undefined) return undefined;
  const data = { Storage_encryption: { partitions } };
  return [{ name: 'device_info', value: 'hardware_and_security', data }];
}

function osDraft(device: DeviceRecord): Draft | undefined {
  const os = osOf(device);
  return os === undefined ? undefined : { ...os, type: os.type.toLowerCase() };
}

/**
 * The intake's model demands a host name: a device without a name has its id there. `is_managed` is only what Okta
 * says, and `is_compliant`, which Okta does not say, is left out.
 */
function normalise(facts: DeviceFacts): Normalised {
  const { device } = facts;
  const time = toSeconds(device.created);
  if (time === undefined)
    return { kind: 'flaws', flaws: ['the device has no creation date that is ISO 8601 with a time zone'] };
  const settled = {
    uid: device.id,
    hostname: device.displayName ?? device.id,
    ...deviceTypeOf(device),
    os: osDraft(device),
    vendor_name: device.manufacturer,
    model: device.model,
    is_managed: facts.isGone ? isManaged(facts) : device.managed,
    created_time: time,
  };
  const enrichments = enrichmentsOf(device);
  return {
    kind: 'draft',
    draft: {
      ...FIXED,
      time,
      device: { ...settled, last_seen_time: toSeconds(device.lastUpdated) },
      enrichments,
    },
    deciding: [settled, enrichments],
    signIn: undefined,
  };
}

/** Devices as the reference writes them. */
export const SEKOIA_DEVICES: EventForm<DeviceFacts> = {
  name: 'sekoia',
  schemaVersion: SEKOIA_VERSION,
  settings: '',
  schema,
  normalise,
  stamp: (body) => body,
};
