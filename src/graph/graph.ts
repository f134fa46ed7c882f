import type { GraphSource } from '../ports/graph.ts';
import { key } from './cells.ts';
import { entityParts } from './entities.ts';
import { metaOf, type Meta } from './meta.ts';
import type { Entity, Part, Relationship } from './model.ts';
import { relationshipParts, type Access } from './relationships.ts';

/** The org as a graph: entities and relationships by type, each in the order of their keys, made row by row. */
export interface Graph {
  readonly entities: readonly Part<Entity>[];
  readonly relationships: readonly Part<Relationship>[];
  readonly meta: () => Meta;
  /** Lists that no run has asked for, by their names in `ASSETS`. */
  readonly unread: () => readonly string[];
  /** The org's id, or its host where Okta does not tell it, and its host. */
  readonly about: () => { readonly org: string; readonly host: string };
}

export interface GraphWishes extends Pick<Meta, 'version'> {
  readonly access: Access;
}

export function graphOf(source: GraphSource, options: GraphWishes): Graph {
  const { access } = options;
  const entities = entityParts(source);
  const relationships = relationshipParts(source, access);
  const counts = (): Record<string, number> =>
    Object.fromEntries([...entities, ...relationships].map((part) => [part.type, sizeOf(part)]));
  const { org, host } = source.facts;
  return {
    entities,
    relationships,
    unread: () => unreadIn(source),
    meta: () => metaOf(source, { ...options, counts: counts() }),
    about: () => ({ org: org ?? host, host }),
  };
}

function unreadIn(source: GraphSource): readonly string[] {
  const unread: string[] = [];
  for (const row of source.rows('unknown', ['lookup', 'subject']))
    if (row['subject'] === 'org' && row['reason'] === 'not-asked') unread.push(key(row, 'lookup'));
  return unread;
}

function sizeOf({ all }: Part<unknown>): number {
  let size = 0;
  for (const _ of all()) size += 1;
  return size;
}
