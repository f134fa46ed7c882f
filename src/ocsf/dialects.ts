import sekoiaSchema from '../../schemas/sekoia/user-inventory.schema.json' with { type: 'json' };
import type { Dialect } from './dialect.ts';
import { officialVersion, type DialectName } from './names.ts';
import { createOfficialDialect } from './official/dialect.ts';
import type { OfficialOptions } from './official/row.ts';
import { schemaOf } from './official/schema.ts';
import { sekoia } from './sekoia.ts';

/** The JSON schema of a dialect's events, as it is in `schemas/`. */
export function dialectSchema(name: DialectName): unknown {
  const version = officialVersion(name);
  return version === undefined ? sekoiaSchema : schemaOf(version);
}

/** A dialect by its name, and the JSON schema of its events. `sekoia` ignores the options. */
export function dialectNamed(
  name: DialectName,
  options: OfficialOptions,
): { readonly dialect: Dialect; readonly schema: unknown } {
  const version = officialVersion(name);
  const dialect = version === undefined ? sekoia : createOfficialDialect(version, options);
  return { dialect, schema: dialectSchema(name) };
}
