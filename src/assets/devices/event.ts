import type { EventForm } from '../../ocsf/event-form.ts';
import { officialVersion, type DialectName } from '../../ocsf/names.ts';
import type { OfficialOptions } from '../../ocsf/official/row.ts';
import type { DeviceFacts } from '../../ports/asset-facts.ts';
import { officialDevices } from './official.ts';
import { SEKOIA_DEVICES } from './sekoia.ts';

/** How devices are said in a dialect. Each of them has one. */
export function deviceForm(name: DialectName, options: OfficialOptions): EventForm<DeviceFacts> {
  const version = officialVersion(name);
  return version === undefined ? SEKOIA_DEVICES : officialDevices(version, options);
}
