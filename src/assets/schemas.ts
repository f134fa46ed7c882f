import { findingForm } from '../ocsf/finding.ts';
import { DETECTION_FINDING, DEVICE_INVENTORY, RESOURCE_INVENTORY } from '../ocsf/ids.ts';
import { dialectSchema } from '../ocsf/dialects.ts';
import type { DialectName } from '../ocsf/names.ts';
import { deviceForm } from './devices/event.ts';
import { resourcesForm } from './events.ts';

/** The JSON schema of a dialect's events of a class, as it is in `schemas/`; of a class that it has not, that of users. */
export function eventSchema(name: DialectName, classUid: number | undefined): unknown {
  if (classUid === DETECTION_FINDING.class_uid) return findingForm(name)?.schema ?? dialectSchema(name);
  const ofResources = classUid === RESOURCE_INVENTORY.class_uid ? resourcesForm(name)?.schema : undefined;
  if (ofResources !== undefined) return ofResources;
  return classUid === DEVICE_INVENTORY.class_uid ? deviceForm(name, {}).schema : dialectSchema(name);
}
