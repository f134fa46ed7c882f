import { openGraph } from '../../compose/graph.ts';
import type { Prepared } from '../../compose/prepare.ts';
import type { Graph } from '../../graph/graph.ts';
import { ndjson } from '../../graph/ndjson.ts';
import { neo4jFiles } from '../../graph/neo4j.ts';
import { opengraph } from '../../graph/opengraph.ts';
import { ConfigError } from '../../ports/errors.ts';
import { EXIT_DONE } from '../../process/failure.ts';
import type { World } from '../../process/world.ts';
import { makeNewFile, makeNewFolder, writeNewFile } from './new-files.ts';

export interface GraphOptions {
  readonly format: 'ndjson' | 'opengraph' | 'sqlite' | 'neo4j';
  /** Absent: stdout. */
  readonly out: string | undefined;
  readonly access: 'direct' | 'effective';
  /** Of properties in opengraph. */
  readonly names: 'snake' | 'camel';
  /** In opengraph. */
  readonly adminEdges: boolean;
}

/** So many characters leave at once. */
const CHUNK = 65_536;

/** Exports the graph of the inventory. Resolves with the exit code. */
export async function runGraph({ settings, world }: Prepared, options: GraphOptions): Promise<number> {
  const { format, out, access } = options;
  const target = format === 'sqlite' || format === 'neo4j' ? placeFor(format, out) : out;
  const { graph, snapshot, close } = openGraph(settings, { ...world, access });
  try {
    if (format === 'sqlite') makeNewFile(target ?? '', (file) => snapshot(file, asTexts(graph)));
    else if (format === 'neo4j') makeNewFolder(target ?? '', neo4jFiles(graph));
    else await print(format === 'ndjson' ? ndjson(graph) : opengraph(graph, options), target, world);
    const unread = graph.unread().join(',');
    if (unread !== '')
      world.err.write(
        `hint: the graph is without ${unread}: no run has read them; ASSETS=${unread} lets runs\n`,
      );
    return EXIT_DONE;
  } finally {
    close();
  }
}

/** A database and a set of files have no place on stdout. */
function placeFor(format: 'sqlite' | 'neo4j', out: string | undefined): string {
  if (out !== undefined) return out;
  const what = format === 'sqlite' ? 'a file for the database' : 'a folder for the CSV files';
  throw new ConfigError([
    { name: '--out', problem: `is needed with --format ${format}`, hint: `give the path of ${what}` },
  ]);
}

async function print(texts: Iterable<string>, out: string | undefined, world: World): Promise<void> {
  if (out !== undefined) return writeNewFile(out, texts);
  let chunk = '';
  for (const text of texts) {
    chunk += text;
    if (chunk.length < CHUNK) continue;
    await world.out(chunk);
    if (world.stopping.aborted) return;
    chunk = '';
  }
  await world.out(chunk);
}

function asTexts({ meta }: Graph): Readonly<Record<string, string>> {
  return Object.fromEntries(
    Object.entries(meta()).map(([name, value]) => [
      name,
      typeof value === 'string' ? value : JSON.stringify(value),
    ]),
  );
}
