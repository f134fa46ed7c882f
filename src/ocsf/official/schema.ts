import { USER_INVENTORY, type EventClass } from '../ids.ts';
import { rowsOf } from './mapping.ts';
import type { AttributeRow } from './row.ts';
import type { Shape } from './shapes.ts';
import { growTree, type Step } from './tree.ts';
import { isSince, type Version } from './versions.ts';

/** The longest text, where a version limits it. A field that is not mapped has no limit. */
const LONGEST_TEXT_BEFORE_1_4 = 65_535;

function withLongest(part: unknown, longest: number): unknown {
  if (Array.isArray(part)) return part.map((item) => withLongest(item, longest));
  if (typeof part !== 'object' || part === null) return part;
  const entries = Object.entries(part).map(([key, value]) => [key, withLongest(value, longest)]);
  const isText = 'type' in part && part.type === 'string';
  return { ...Object.fromEntries(entries), ...(isText ? { maxLength: longest } : {}) };
}

function shapeOf({ shape, path }: Shaped, version: Version): unknown {
  const found = typeof shape === 'function' ? shape(version) : shape;
  const isBounded = !isSince(version, '1.4.0') && !path.startsWith('unmapped.');
  return isBounded ? withLongest(found, LONGEST_TEXT_BEFORE_1_4) : found;
}

/** A row as far as a schema needs it. */
type Shaped = Pick<AttributeRow, 'path' | 'shape' | 'isRequired' | 'goesWith'>;

interface Built {
  readonly schema: unknown;
  /** Must its object have it? */
  readonly isRequired: boolean;
  /** Must every event have it? */
  readonly isAlways: boolean;
  readonly goesWith: readonly string[];
}

function buildStep(step: Step, rows: readonly Shaped[], version: Version): Built {
  if ('steps' in step) {
    const object = buildObject(step.steps, rows, version);
    return { ...object, isRequired: object.isAlways, goesWith: [] };
  }
  const row = rows[step.at];
  if (row === undefined) throw new Error(`no row for ${step.key}`);
  const isAlways = row.isRequired === 'always';
  return {
    schema: shapeOf(row, version),
    isRequired: row.isRequired !== undefined,
    isAlways,
    goesWith: row.goesWith ?? [],
  };
}

function buildObject(
  steps: readonly Step[],
  rows: readonly Shaped[],
  version: Version,
): { readonly schema: Shape; readonly isAlways: boolean } {
  const built = steps.map((step): [string, Built] => [step.key, buildStep(step, rows, version)]);
  const required = built.filter(([, { isRequired }]) => isRequired).map(([key]) => key);
  const together = built.filter(([, { goesWith }]) => goesWith.length > 0);
  const schema = {
    type: 'object',
    additionalProperties: false,
    ...(required.length === 0 ? { minProperties: 1 } : { required }),
    ...(together.length === 0
      ? {}
      : { dependentRequired: Object.fromEntries(together.map(([key, { goesWith }]) => [key, goesWith])) }),
    properties: Object.fromEntries(built.map(([key, each]) => [key, each.schema])),
  };
  return { schema, isAlways: built.some(([, { isAlways }]) => isAlways) };
}

/** The schema of exactly what rows of a version say. */
export function schemaFrom<Of>(
  { class_name: title }: EventClass,
  version: Version,
  rows: readonly AttributeRow<Of>[],
): Shape {
  const { schema } = buildObject(growTree(rows.map(({ path }) => path)), rows, version);
  const name = title
    .replace(/ Info$/u, '')
    .toLowerCase()
    .replaceAll(' ', '-');
  return {
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    $id: `urn:okta-ocsf:schema:ocsf-${version}:${name}`,
    title: `${title} of OCSF ${version}, as dialect ocsf-${version} of okta-ocsf emits it`,
    ...schema,
  };
}

/** The schema of users' events. `schemas/ocsf/` has the same text; a test compares them. */
export function schemaOf(version: Version): Shape {
  return schemaFrom(USER_INVENTORY, version, rowsOf(version));
}
