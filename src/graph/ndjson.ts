import type { Graph } from './graph.ts';

/** One JSON a line: `_meta` first, then the entities, then the relationships. */
export function* ndjson({ entities, relationships, meta }: Graph): Generator<string> {
  yield line({ _meta: meta() });
  for (const part of entities)
    for (const { _type, _class, _key, properties } of part.all())
      yield line({ _type, _class, _key, ...properties });
  for (const part of relationships)
    for (const { properties, ...edge } of part.all()) yield line({ ...edge, ...properties });
}

function line(value: unknown): string {
  return `${JSON.stringify(value)}\n`;
}
