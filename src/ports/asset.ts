/** What is sent, by its name. */

/** A new kind of asset is added here. */
export const ASSET_KINDS = ['user'] as const;
export type AssetKind = (typeof ASSET_KINDS)[number];

/** One asset of the org. Together with the name of a sink it is the key of an event, of what was delivered, and of a dead letter. */
export interface AssetRef {
  readonly kind: AssetKind;
  /** Okta's id, or what stands for one where Okta's record has none. */
  readonly id: string;
}
