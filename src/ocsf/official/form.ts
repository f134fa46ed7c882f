import type { EventClass } from '../ids.ts';
import type { EventForm } from '../event-form.ts';
import { rowsIn, type AttributeRow, type OfficialOptions, type SaidOfAny } from './row.ts';
import { schemaFrom } from './schema.ts';
import { stampEvent } from './stamp.ts';
import type { Version } from './versions.ts';
import { createWriter } from './write.ts';

/** The input of the rows of a class beside users. */
export interface SaidOf<Facts> extends SaidOfAny {
  readonly facts: Facts;
}

/** The form of a class in the official schema of a version, by the rows of its mapping. */
export function createOfficialForm<Facts>(
  of: EventClass,
  mapping: readonly AttributeRow<SaidOf<Facts>>[],
  version: Version,
  options: OfficialOptions,
): EventForm<Facts> {
  const rows = rowsIn(mapping, version);
  const write = createWriter(rows);
  return {
    name: `ocsf-${version}`,
    schemaVersion: version,
    settings: '',
    schema: schemaFrom(of, version, rows),
    normalise: (facts) => write({ version, options, facts }),
    stamp: stampEvent,
  };
}
