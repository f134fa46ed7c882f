/** The form of BloodHound's OpenGraph, with the kinds of its Okta extension (org-graph section 3.4). */
import type { Graph } from './graph.ts';
import { aboutOf, type PropertyNames } from './opengraph-about.ts';
import { edgesOf, type OpenEdge } from './opengraph-edges.ts';
import { nodesOf, type OpenNode } from './opengraph-nodes.ts';

interface OpenGraphWishes {
  readonly names: PropertyNames;
  /** Edges too from administrators to all that they may change: many. */
  readonly adminEdges?: boolean;
}

/** The whole file as text, piece by piece. */
export function* opengraph(graph: Graph, wishes: OpenGraphWishes): Generator<string> {
  const about = aboutOf(graph, wishes.names);
  yield '{"metadata":{"source_kind":"Okta"},"graph":{"nodes":[';
  yield* joined(nodesOf(graph, about), nodeText);
  yield '],"edges":[';
  yield* joined(edgesOf(graph, about, wishes.adminEdges === true), edgeText);
  yield ']}}\n';
}

function* joined<T>(all: Iterable<T>, toText: (one: T) => string): Generator<string> {
  let separator = '\n';
  for (const one of all) {
    yield `${separator}${toText(one)}`;
    separator = ',\n';
  }
}

function nodeText({ id, kinds, properties }: OpenNode): string {
  return JSON.stringify({ id: idOf(id), kinds, properties });
}

function edgeText({ kind, from, to }: OpenEdge): string {
  const end = (key: string) => ({ match_by: 'id', value: idOf(key) });
  return JSON.stringify({ kind, start: end(from), end: end(to) });
}

/** BloodHound takes no colon in an id. */
function idOf(key: string): string {
  return key.replaceAll(':', '_');
}
