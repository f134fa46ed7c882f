/** The org as entities and relationships (org-graph section 3): what every export prints. */

export type PropertyValue = string | number | boolean | null | readonly string[];
/** A property that is absent is not known; `null` is for the few that JupiterOne's model requires. */
export type Properties = Readonly<Record<string, PropertyValue>>;

export interface Entity {
  readonly _type: string;
  readonly _class: readonly string[];
  readonly _key: string;
  readonly properties: Properties;
}

export interface Relationship {
  readonly _type: string;
  readonly _class: string;
  readonly _key: string;
  readonly _fromEntityKey: string;
  readonly _toEntityKey: string;
  readonly properties: Properties;
}

/** A part of the graph: all entities, or all relationships, of one type, in the order of their keys. */
export interface Part<T> {
  readonly type: string;
  readonly all: () => Iterable<T>;
}

/** Leaves out what is not known. */
export function known(properties: Readonly<Record<string, PropertyValue | undefined>>): Properties {
  const kept: Record<string, PropertyValue> = {};
  for (const [name, value] of Object.entries(properties)) if (value !== undefined) kept[name] = value;
  return kept;
}
