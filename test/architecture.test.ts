import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { areaOf, FORBIDDEN_FOLDERS, LAYERS } from './layers.ts';

const SOURCE = join(import.meta.dirname, '../src');
const IMPORT = /^\s*(?:import|export)\b[^'"`;]*?['"]([^'"]+)['"]|\bimport\(\s*['"]([^'"]+)['"]/gm;
const COMMENT = /\/\*[\s\S]*?\*\/|^\s*\/\/.*$/gm;
const LOCK_FILE = join(import.meta.dirname, '../package-lock.json');
const LONGEST_JOB_LINES = 80;
const LONG_FILE_LINES = 250;

const lockSchema = z.object({
  packages: z.record(
    z.string(),
    z.object({
      version: z.string().optional(),
      integrity: z.string().optional(),
      resolved: z.string().optional(),
      optionalDependencies: z.record(z.string(), z.string()).optional(),
    }),
  ),
});

const files = listSourceFiles();

describe('architecture', () => {
  test('every import goes the way the layers allow', () => {
    const wrong = files.flatMap((file) => listForbiddenImports(file, readSource(file)));

    expect(wrong).toEqual([]);
  });

  test.each([
    ['okta/source.ts', "import { push } from '../intake/client.ts';"],
    ['okta/listing/users.ts', "import type { Store } from '../../inventory/store.ts';"],
    ['intake/client.ts', "import { OktaClient } from '../../src/okta/client.ts';"],
    ['inventory/store.ts', "import got from 'got';"],
    ['simulator/org.ts', "export { decide } from '../enrich/decide.ts';"],
    ['enrich/decide.ts', "import { readFileSync } from 'node:fs';"],
    ['enrich/decide.ts', "const { request } = await import('node:http');"],
    ['ocsf/event.ts', "import { readSettings } from '../config.ts';"],
    ['intake/client.ts', "import {\n  DatabaseSync,\n} from 'node:sqlite';"],
    ['sync.ts', "import { openInventory } from './inventory/open.ts';"],
    ['sync/lookups.ts', "import { compose } from '../compose.ts';"],
    ['okta/source.ts', "import { Tally } from '../sync/tally.ts';"],
    ['ports.ts', "import type { Page } from './okta/schema.ts';"],
    ['worker.ts', "import { startOrg } from './simulator/org.ts';"],
    ['report.ts', "import got from 'got';"],
    ['cli.ts', "import process from 'node:process';"],
  ])('%s may not contain %j', (file, source) => {
    expect(listForbiddenImports(file, source)).toHaveLength(1);
  });

  test.each([
    ['okta/source.ts', "import { ConfigError } from '../errors.ts';\nimport got from 'got';"],
    ['simulator/intake/server.ts', "import { org } from '../okta/org.ts';"],
    ['compose.ts', "import { openInventory } from './inventory/open.ts';"],
    ['demo.ts', "import { startOrg } from './simulator/org.ts';"],
    ['commands/demo.ts', "import { startOrg } from '../simulator/org.ts';"],
    ['ocsf/event.ts', "import schema from '../../schemas/sekoia/event.json' with { type: 'json' };"],
  ])('%s may contain %j', (file, source) => {
    expect(listForbiddenImports(file, source)).toEqual([]);
  });

  test('the pure folders have no clock', () => {
    const pure = files.filter((file) => /^(enrich|ocsf|shaping)\//.test(file));

    expect(pure.filter((file) => /new Date\(\s*\)/.test(withoutComments(readSource(file))))).toEqual([]);
  });

  test('no folder has a name behind which anything fits', () => {
    const names = files.flatMap((file) => dirname(file).split('/'));

    expect(names.filter((name) => FORBIDDEN_FOLDERS.includes(name))).toEqual([]);
  });

  test('the job fits on one screen', () => {
    if (!existsSync(join(SOURCE, 'sync.ts'))) return;

    const lines = readSource('sync.ts').trimEnd().split('\n');

    expect(lines.length).toBeLessThanOrEqual(LONGEST_JOB_LINES);
  });

  test('files over 250 lines are named, as a warning: a split follows an idea, not a count', () => {
    const lines = (file: string): number => readSource(file).trimEnd().split('\n').length;

    for (const file of files.filter((name) => lines(name) > LONG_FILE_LINES)) {
      process.stderr.write(`src/${file} has ${lines(file)} lines: does it hold more than one idea?\n`);
    }

    expect(files.filter((file) => lines(file) === 0)).toEqual([]);
  });

  test("the lock file names every platform's packages and no host", () => {
    const { packages } = lockSchema.parse(JSON.parse(readFileSync(LOCK_FILE, 'utf8')));
    const locked = Object.entries(packages).filter(([path]) => path !== '');
    const optional = locked.flatMap(([, entry]) => Object.keys(entry.optionalDependencies ?? {}));

    // npm writes such a lock file without a word and then refuses it in `npm ci`, on every machine.
    expect(optional.filter((name) => packages[`node_modules/${name}`] === undefined)).toEqual([]);
    expect(
      locked.filter(([, entry]) => entry.version === undefined || entry.integrity === undefined),
    ).toEqual([]);
    expect(locked.filter(([, entry]) => entry.resolved !== undefined)).toEqual([]);
  });

  test('only main.ts says process', () => {
    const sayers = files.filter((file) =>
      /(?<![\w$.'"`-])process\s*(\.|\[)/.test(withoutComments(readSource(file))),
    );

    expect(sayers.filter((file) => file !== 'main.ts')).toEqual([]);
  });
});

/** Paths below `src`, with forward slashes; tests and what only tests use are left out. */
function listSourceFiles(): string[] {
  if (!existsSync(SOURCE)) return [];
  return readdirSync(SOURCE, { recursive: true, encoding: 'utf8' })
    .map((path) => path.replaceAll('\\', '/'))
    .filter((path) => path.endsWith('.ts') && !/\.(test|fixture)\.ts$/.test(path));
}

function readSource(file: string): string {
  return readFileSync(join(SOURCE, file), 'utf8');
}

function withoutComments(source: string): string {
  return source.replaceAll(COMMENT, '');
}

function listForbiddenImports(file: string, source: string): string[] {
  const rule = LAYERS[areaOf(file)];
  const imports = [...withoutComments(source).matchAll(IMPORT)].map((match) => match[1] ?? match[2] ?? '');
  return imports
    .filter((target) =>
      target.startsWith('.') ? !mayImportFile(file, target) : rule.packages.includes(target),
    )
    .map((target) => `src/${file} imports ${target}: ${rule.because}`);
}

function mayImportFile(file: string, target: string): boolean {
  const rule = LAYERS[areaOf(file)];
  const path = relative(SOURCE, resolve(SOURCE, dirname(file), target)).replaceAll('\\', '/');
  const [folder = ''] = path.split('/');
  return !rule.folders.some((name) => name === folder) && !rule.files.some((name) => path === `${name}.ts`);
}
