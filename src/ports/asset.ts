/** The names of things that events are about. */

/** Add a new kind of asset here. */
export const ASSET_KINDS = ['user', 'device'] as const;
export type AssetKind = (typeof ASSET_KINDS)[number];

/** One asset of the org. Together with the name of a sink it is the key of an event, of what was delivered, and of a dead letter. */
export interface AssetRef {
  readonly kind: AssetKind;
  /** Okta's id, or a made-up key where Okta's record has no id. */
  readonly id: string;
}
