import { graphOf, type Graph } from '../graph/graph.ts';
import { openGraphSource } from '../inventory/sqlite/views/graph-source.ts';
import type { GraphSource } from '../ports/graph.ts';
import type { World } from '../process/world.ts';
import type { Settings } from '../settings/load.ts';

/** The graph of the inventory in `STATE_DIR`. Throws `InventoryError`. */
export function openGraph(
  settings: Settings,
  {
    access,
    version,
    freeMemory,
  }: Pick<World, 'version' | 'freeMemory'> & {
    readonly access: 'direct' | 'effective';
  },
): { readonly graph: Graph } & Pick<GraphSource, 'snapshot' | 'close'> {
  const source = openGraphSource(settings.stateDir, settings.maxAnswerAgeSeconds * 1000, freeMemory);
  const graph = graphOf(source, { access, version });
  return { graph, snapshot: (file, meta) => source.snapshot(file, meta), close: () => source.close() };
}
