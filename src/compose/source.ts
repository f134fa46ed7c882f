import type { OktaClient } from '../okta/client.ts';
import { findGroups } from '../okta/read/group-finder.ts';
import { OktaAssetSource } from '../okta/read/asset-source.ts';
import { OktaSource } from '../okta/read/source.ts';
import type { AssetSource } from '../ports/assets.ts';
import type { Inventory } from '../ports/inventory.ts';
import type { Log } from '../ports/log.ts';
import type { Source } from '../ports/source.ts';
import type { Settings } from '../settings/load.ts';
import { AssignmentEvents } from '../sync/assets/assignment-events.ts';
import { selectingSource } from '../sync/selecting-source.ts';
import type { Tally } from '../sync/tally.ts';
import { redactedAssets } from '../sync/redacted-assets.ts';
import { createRecordShaper, createRedactorFor, hasSelection, wantsDeprovisioned } from './shaping.ts';

export interface SourceParts {
  readonly client: OktaClient;
  readonly inventory: Inventory;
  readonly tally: Tally;
  readonly log: Log;
  readonly usedCpuMs: () => number;
  readonly freeMemory: () => void;
  /** Is the selection read only once somebody asks for it? */
  readonly isLate: boolean;
  /** Called with the hosts that the org names as its own. */
  readonly onHosts: (hosts: ReadonlySet<string>) => void;
}

export interface Sources {
  readonly source: Source;
  /** Absent: nothing but users is read. */
  readonly assets: AssetSource | undefined;
  /** Fills up while the log is read. */
  readonly assignments: AssignmentEvents;
}

/** The org as far as the settings select it, with its users as far as they may be stored. */
export async function createSource(settings: Settings, parts: SourceParts): Promise<Sources> {
  const { client, inventory } = parts;
  const redaction = createRedactorFor(settings).assets;
  const org = new OktaSource({
    client,
    host: new URL(settings.oktaBaseUrl).host,
    userSearch: settings.oktaUserSearch,
    includeDeprovisioned: wantsDeprovisioned(settings),
    refusedBefore: await inventory.runs.refusedLookups(),
    keepsRaw: settings.rawData,
    assets: settings.assets,
    shape: createRecordShaper(settings, parts),
    shapeFactor: redaction.factor,
    onHosts: parts.onHosts,
    freeMemory: parts.freeMemory,
  });
  return {
    source: hasSelection(settings) ? createSelectedSource(settings, org, parts) : org,
    assets:
      settings.assets.size === 0
        ? undefined
        : redactedAssets(new OktaAssetSource({ client, org }), redaction),
    assignments: new AssignmentEvents(),
  };
}

function createSelectedSource(
  settings: Settings,
  source: Source,
  { client, inventory, tally, isLate }: SourceParts,
): Source {
  return selectingSource({
    source,
    include: settings.includeGroups,
    exclude: settings.excludeGroups,
    isLate,
    statuses: settings.statuses,
    findGroups: (nameOrId) => findGroups(client, nameOrId),
    isKnown: async (id) => (await inventory.users.find(id)) !== undefined,
    onCount: (listed, chosen) =>
      tally.notes.set('selection', `${chosen} of the ${listed} users listed are selected`),
  });
}
