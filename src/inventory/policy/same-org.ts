/** Is an inventory that of this org? */

export interface NamedOrg {
  readonly id: string | undefined;
  readonly host: string;
}

/** The id decides where both are known; the host alone where the org does not give its id. */
export function isSameOrg(known: NamedOrg, other: NamedOrg): boolean {
  return known.id !== undefined && other.id !== undefined ? known.id === other.id : known.host === other.host;
}
