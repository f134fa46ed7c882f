import type { CheckCode } from '../../ports/checks.ts';

/** An asset connector of the intake. Users and devices each have one. */
export interface Connector {
  /** The sink's name in the inventory's keys, and as `refused_by` of a dead letter. */
  readonly key: string;
  /** Its name in messages. */
  readonly words: string;
  /** The setting that has its id. */
  readonly setting: string;
  /** Its check in `test`. */
  readonly check: CheckCode;
}

export const USERS: Connector = {
  key: 'intake',
  words: 'intake',
  setting: 'SEKOIA_CONNECTOR_UUID',
  check: 'intake',
};
export const DEVICES: Connector = {
  key: 'sekoia-devices',
  words: 'intake of devices',
  setting: 'SEKOIA_DEVICES_CONNECTOR_UUID',
  check: 'intake_devices',
};

/** The sinks of an inventory, that of users first. */
export const INTAKES = [USERS.key, DEVICES.key] as const;
