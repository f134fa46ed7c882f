import { OktaResponseError } from '../../ports/errors.ts';
import type { RecordKind } from '../../ports/assets.ts';
import { doubtOfAssets } from '../../inventory/policy/removal-limit.ts';
import type { Run } from '../job.ts';

type AssetRemovalParts = Pick<Run, 'inventory' | 'settings' | 'tally' | 'log' | 'delivery'> & {
  /** The number of assets that were removed so far, by kind. */
  readonly removed: Map<RecordKind, number>;
};

const HINT =
  'none of them was removed, and everything else was delivered; check in the Admin Console that they are deleted and that the credential may see all of them; if so, run `okta-ocsf sync --accept-removals` once';

/** Removes assets for which Okta answers 404, unless they are too many of their kind over one whole run. */
export class AssetRemovals {
  readonly #parts: AssetRemovalParts;
  readonly #doubts = new Map<RecordKind, string>();

  constructor(parts: AssetRemovalParts) {
    this.#parts = parts;
  }

  async remove(kind: RecordKind, ids: readonly string[]): Promise<void> {
    const { inventory, settings, tally, log, delivery, removed } = this.#parts;
    const gone: string[] = [];
    for (const id of ids) if ((await inventory.assets.find(kind, id)) !== undefined) gone.push(id);
    if (gone.length === 0) return;
    const before = removed.get(kind) ?? 0;
    const known = (await inventory.assets.count(kind)) + before;
    const doubt = settings.acceptsRemovals
      ? undefined
      : doubtOfAssets(kind, { known, gone: gone.length + before }, settings.maxRemovals);
    if (doubt !== undefined) {
      this.#doubts.set(kind, doubt);
      return;
    }
    removed.set(kind, before + gone.length);
    for (const id of gone) {
      await inventory.assets.remove(kind, id);
      tally.assets(kind).removed += 1;
      log.info({ kind, id }, 'Okta answers 404 for an asset: removed');
    }
    delivery.wake();
  }

  /** Throws when this run kept assets that Okta does not know any more. Comes last, when everything else is stored. */
  refuseMany(): void {
    if (this.#doubts.size > 0)
      throw new OktaResponseError([...this.#doubts.values()].join('; '), { hint: HINT });
  }
}
