import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { format, resolveConfig } from 'prettier';
import { expect, test } from 'vitest';
import { cli } from '../src/cli.ts';
import { createTestWorld } from '../src/process/world.fixture.ts';
import { codesTable, fieldsTable, jsonSchemaOf, OUTPUTS } from './reference.ts';

/** All are made from the schemas in the code: `npx vitest run test/reference.test.ts -u` writes them anew. */
const PAGE = fileURLToPath(new URL('../docs/reference.md', import.meta.url));
const TABLES: readonly (readonly [name: string, table: string])[] = [
  ...Object.entries(OUTPUTS).map(([name, output]) => [name, fieldsTable(output)] as const),
  ['codes', codesTable()],
];

test.each(Object.entries(OUTPUTS))(
  'reference: schemas/%s.schema.json is as the code has it',
  async (name, output) => {
    const file = fileURLToPath(new URL(`../schemas/${name}.schema.json`, import.meta.url));

    await expect(`${JSON.stringify(jsonSchemaOf(output), undefined, 2)}\n`).toMatchFileSnapshot(file);
  },
);

test('reference: docs/reference.md tells every field of each output and every code of test, each with its meaning', async () => {
  const page = readFileSync(PAGE, 'utf8');
  let fresh = page;
  for (const [name, table] of TABLES) {
    const place = new RegExp(`(<!-- ${name}(?::[^>]*)? -->)[^]*(<!-- /${name} -->)`, 'u');
    expect(page).toMatch(place);
    expect(table).not.toMatch(/\|\s*\|$/mu);
    fresh = fresh.replace(place, (_, begin: string, end: string) => `${begin}\n\n${table}\n\n${end}`);
  }

  await expect(await format(fresh, { ...(await resolveConfig(PAGE)), filepath: PAGE })).toMatchFileSnapshot(
    PAGE,
  );
});

test('reference: docs/reference.md has every command that prints JSON when asked', async () => {
  const page = readFileSync(PAGE, 'utf8');
  const help = async (...argv: string[]): Promise<string> => {
    const { world, stdout } = createTestWorld();
    await cli([...argv, '--help'], world);
    return stdout();
  };
  const names = [...(await help()).matchAll(/^ {2}([a-z][a-z-]+)/gmu)].map(([, name = '']) => name);
  const printing: string[] = [];
  for (const name of names) if ((await help(name)).includes('--json')) printing.push(name);
  const told = [...page.matchAll(/`([a-z-]+)[^`|]* --json`/gu)].map(([, name = '']) => name);
  expect(new Set(told)).toEqual(new Set(printing));
});

test('reference: an output says the version of its format, but where it is a file of settings', () => {
  const without = Object.entries(OUTPUTS)
    .filter(([, output]) => !jsonSchemaOf(output).required?.includes('version'))
    .map(([name]) => name);

  expect(without).toEqual(['simulator']);
});
