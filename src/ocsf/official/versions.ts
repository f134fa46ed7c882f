/** The versions of OCSF that events can be written in, oldest first. A new one is added here. */
export const VERSIONS = ['1.3.0', '1.4.0', '1.5.0', '1.6.0', '1.7.0', '1.8.0'] as const;
export type Version = (typeof VERSIONS)[number];

/** Is `version` this one or a newer one? */
export function isSince(version: Version, first: Version): boolean {
  return VERSIONS.indexOf(version) >= VERSIONS.indexOf(first);
}
