import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { rowsOf } from '../src/ocsf/official/mapping.ts';
import { schemaOf } from '../src/ocsf/official/schema.ts';
import { findingForm } from '../src/ocsf/finding.ts';
import { assetForms } from '../src/assets/events.ts';
import { VERSIONS, type Version } from '../src/ocsf/official/versions.ts';

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

/** The schemas of a version, by the names of their files. */
function schemasOf(version: Version): readonly (readonly [name: string, schema: unknown])[] {
  const forms = assetForms(`ocsf-${version}`);
  return [
    ['user-inventory', schemaOf(version)] as const,
    ['device-inventory', forms.devices?.schema] as const,
    ['cloud-resources-inventory', forms.groups?.schema] as const,
    ['detection-finding', findingForm(`ocsf-${version}`)?.schema] as const,
  ].filter(([, schema]) => schema !== undefined);
}

const SCHEMAS = VERSIONS.flatMap((version) =>
  schemasOf(version).map(([name, schema]) => ({ name: `${version}/${name}.schema.json`, schema })),
);

describe.each(SCHEMAS)('official schemas: the schema ocsf/$name', ({ name, schema }) => {
  it('is in the repository as the mapping has it', async () => {
    const text = `${JSON.stringify(schema, undefined, 2)}\n`;

    await expect(text).toMatchFileSnapshot(fileURLToPath(new URL(name, FOLDER)));
  });

  it('is closed at every level', () => {
    const objects = objectsIn(schema);

    expect(objects.length).toBeGreaterThan(5);
    expect(objects.filter((part) => Reflect.get(part, 'additionalProperties') !== false)).toEqual([]);
  });

  it('has a line in the README', () => {
    expect(readme).toContain(`| \`ocsf/${name}\``);
  });
});

describe.each(VERSIONS)('official schemas: the mapping of users in ocsf-%s', (version) => {
  it('has one place for each attribute', () => {
    const paths = rowsOf(version).map(({ path }) => path);

    expect(paths.filter((path, at) => paths.indexOf(path) < at)).toEqual([]);
  });
});

it('official schemas: there is no schema of a version that cannot be written', () => {
  expect(readdirSync(FOLDER).toSorted()).toEqual([...VERSIONS]);
  const files = VERSIONS.flatMap((version) =>
    readdirSync(new URL(`${version}/`, FOLDER)).map((name) => `${version}/${name}`),
  );
  expect(files.toSorted()).toEqual(SCHEMAS.map(({ name }) => name).toSorted());
});
