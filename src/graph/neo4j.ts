import type { Graph } from './graph.ts';
import type { Entity, Part, Properties, PropertyValue, Relationship } from './model.ts';

/** A file of the export by its name. */
export interface GraphFile {
  readonly name: string;
  readonly lines: Iterable<string>;
}

/**
 * Two kinds of CSV files with the headers of `neo4j-admin database import`: nodes and relationships, one file for each
 * type. A relationship to something that is not in the graph is left out, since the import refuses it.
 */
export function* neo4jFiles({ entities, relationships }: Graph): Generator<GraphFile> {
  for (const part of entities) yield { name: `nodes-${part.type}.csv`, lines: nodes(part) };
  for (const part of relationships) yield { name: `relationships-${part.type}.csv`, lines: edges(part) };
}

/** Names and types of properties, in the order of their names: a column of a file has one type. */
function columnsOf(all: Iterable<{ readonly properties: Properties }>): ReadonlyMap<string, string> {
  const columns = new Map<string, string>();
  for (const { properties } of all) {
    for (const [name, value] of Object.entries(properties)) {
      if (value === null) continue;
      const [before, type] = [columns.get(name), typeOf(value)];
      columns.set(name, before === undefined || before === type ? type : 'string');
    }
  }
  return new Map([...columns].toSorted(([left], [right]) => (left < right ? -1 : 1)));
}

function typeOf(value: Exclude<PropertyValue, null>): string {
  if (typeof value === 'number') return Number.isInteger(value) ? 'long' : 'double';
  if (typeof value === 'boolean') return 'boolean';
  return typeof value === 'string' ? 'string' : 'string[]';
}

function* nodes({ all }: Part<Entity>): Generator<string> {
  const columns = columnsOf(all());
  yield line([':ID', ...headers(columns), ':LABEL']);
  for (const { _key, _type, _class, properties } of all())
    yield line([_key, ...cells(columns, properties), [_type, ..._class].join(';')]);
}

function* edges({ all }: Part<Relationship>): Generator<string> {
  const columns = columnsOf(withEnds(all()));
  yield line([':START_ID', '_type:string', ...headers(columns), ':END_ID', ':TYPE']);
  for (const { _fromEntityKey: from, _toEntityKey: to, _type, _class, properties } of withEnds(all()))
    yield line([from, _type, ...cells(columns, properties), to, _class]);
}

function* withEnds(edges: Iterable<Relationship>): Generator<Relationship> {
  for (const edge of edges) if (edge.properties['_dangling'] !== true) yield edge;
}

function headers(columns: ReadonlyMap<string, string>): readonly string[] {
  return [...columns].map(([name, type]) => `${name}:${type}`);
}

function cells(columns: ReadonlyMap<string, string>, properties: Properties): readonly string[] {
  return [...columns.keys()].map((name) => cell(properties[name]));
}

/** An array is parted by semicolons, which its own texts must not contain. */
function cell(value: PropertyValue | undefined): string {
  if (value === undefined || value === null) return '';
  return typeof value === 'object' ? value.map((each) => each.replaceAll(';', ',')).join(';') : String(value);
}

function line(values: readonly string[]): string {
  return `${values.map(quoted).join(',')}\n`;
}

/** RFC 4180: quotes are doubled, and what holds a comma, a quote or a line break stands in quotes. */
function quoted(value: string): string {
  return /[",\n\r]/u.test(value) ? `"${value.replaceAll('"', '""')}"` : value;
}
