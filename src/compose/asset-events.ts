import { assetForms } from '../assets/events.ts';
import type { EventForm } from '../ocsf/event-form.ts';
import { createAssetEventMaker } from '../ocsf/make-event.ts';
import type { EventKind, FactsOfKind } from '../ports/asset-facts.ts';
import type { Asset } from '../ports/assets.ts';
import { ConfigError } from '../ports/errors.ts';
import type { Job } from '../sync/job.ts';
import { officialOptions } from './events.ts';
import type { LastingParts } from './lasting-parts.ts';
import type { Prepared } from './prepare.ts';

/** The asset that must be read for the events of a kind. */
const ASSET_OF: Readonly<Record<EventKind, Asset>> = {
  devices: 'devices',
  groups: 'groups',
  apps: 'apps',
  rules: 'rules',
  roles: 'org',
  org: 'org',
};

/**
 * The same command, but it reads what the events of these kinds need besides what `ASSETS` has; without a kind only
 * devices, which users' events name. With `readsAll`, all that `ASSETS` has is read. Throws `ConfigError` where the dialect has no class for a kind.
 */
export function readingFor<P extends Prepared>(
  prepared: P,
  kinds: readonly EventKind[],
  readsAll = kinds.length > 0,
): P {
  const { settings } = prepared;
  const forms = assetForms(settings.dialect);
  const homeless = kinds.filter((kind) => forms[kind] === undefined);
  if (homeless.length > 0) {
    const problem = `${settings.dialect} has no class for ${homeless.join(', ')}`;
    throw new ConfigError([
      { name: 'DIALECT', problem, hint: 'set one from ocsf-1.4.0 on, e.g. ocsf-1.6.0' },
    ]);
  }
  const named = [...settings.assets].filter((asset) => readsAll || asset === 'devices');
  return {
    ...prepared,
    settings: { ...settings, assets: new Set([...named, ...kinds.map((kind) => ASSET_OF[kind])]) },
  };
}

/** An event of an asset as JSON text, or the reasons why there is none. */
type AssetEvent<K> = { readonly kind: K } & (
  { readonly body: string } | { readonly reasons: readonly string[] }
);

/** The events of a kind of assets that a run has read. */
export async function* assetEvents<K extends EventKind>(
  { settings, world }: Prepared,
  { validators }: LastingParts,
  { runId, inventory }: Pick<Job, 'runId' | 'inventory'>,
  kind: K,
): AsyncGenerator<AssetEvent<K>> {
  const form: EventForm<FactsOfKind[K]> | undefined = assetForms(settings.dialect, officialOptions(settings))[
    kind
  ];
  if (form === undefined) return;
  const makeEvent = createAssetEventMaker(form, validators.of(form.schema));
  for await (const facts of inventory.assetEvents.facts(kind)) {
    const made = makeEvent(facts);
    const stamp = { uid: world.newId(), runId, loggedAt: world.clock.now() };
    yield made.kind === 'event'
      ? { kind, body: form.stamp(made.body, stamp) }
      : { kind, reasons: made.reasons };
  }
}
