import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { rowsOf } from '../src/ocsf/official/mapping.ts';
import { schemaOf } from '../src/ocsf/official/schema.ts';
import { VERSIONS } from '../src/ocsf/official/versions.ts';

/**
 * `schemas/ocsf/` is made from the mapping in `src/ocsf/official`: `vitest run test/official-schemas.test.ts -u` writes
 * it anew.
 */
const FOLDER = new URL('../schemas/ocsf/', import.meta.url);
const readme = readFileSync(new URL('../README.md', FOLDER), 'utf8');

/** Every object schema in it, but for the org's own attributes, whose names are the org's. */
function objectsIn(part: unknown, key = ''): object[] {
  if (typeof part !== 'object' || part === null || key === 'custom') return [];
  const isObject = Reflect.get(part, 'type') === 'object';
  return [
    ...(isObject ? [part] : []),
    ...Object.entries(part).flatMap(([name, each]) => objectsIn(each, name)),
  ];
}

describe.each(VERSIONS)('official schemas: the schema of dialect ocsf-%s', (version) => {
  const name = `${version}/user-inventory.schema.json`;

  it('is in the repository as the mapping has it', async () => {
    const text = `${JSON.stringify(schemaOf(version), undefined, 2)}\n`;

    await expect(text).toMatchFileSnapshot(fileURLToPath(new URL(name, FOLDER)));
  });

  it('is closed at every level', () => {
    const objects = objectsIn(schemaOf(version));

    expect(objects.length).toBeGreaterThan(12);
    expect(objects.filter((part) => Reflect.get(part, 'additionalProperties') !== false)).toEqual([]);
  });

  it('has a line in the README', () => {
    expect(readme).toContain(`| \`ocsf/${name}\``);
  });

  it('has one place for each attribute', () => {
    const paths = rowsOf(version).map(({ path }) => path);

    expect(paths.filter((path, at) => paths.indexOf(path) < at)).toEqual([]);
  });
});

it('official schemas: there is no schema of a version that cannot be written', () => {
  expect(readdirSync(FOLDER).toSorted()).toEqual([...VERSIONS]);
});
