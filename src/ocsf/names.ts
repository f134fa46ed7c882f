import { VERSIONS, type Version } from './official/versions.ts';

/** The name, as in the setting `DIALECT`. */
export type DialectName = 'sekoia' | `ocsf-${Version}`;

const OFFICIAL = new Map(VERSIONS.map((version): [DialectName, Version] => [`ocsf-${version}`, version]));

export const DIALECT_NAMES: readonly DialectName[] = ['sekoia', ...OFFICIAL.keys()];

/** The OCSF version of an official dialect; `undefined` for the reference's own. */
export function officialVersion(name: DialectName): Version | undefined {
  return OFFICIAL.get(name);
}
