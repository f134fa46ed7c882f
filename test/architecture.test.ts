import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import * as prettier from 'prettier';
import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import {
  FORBIDDEN_FOLDERS,
  GUARDED,
  mayImport,
  mayReach,
  mayUse,
  PURE_ROOMS,
  roomOf,
  ROOMS,
  roomsTable,
} from './layers.ts';

const SOURCE = join(import.meta.dirname, '../src');
const ARCHITECTURE = fileURLToPath(new URL('../docs/architecture.md', import.meta.url));
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
const imports = new Map(files.map((file) => [file, importsOf(file, readSource(file))]));

describe('architecture: rooms', () => {
  test('every file stands in a room', () => {
    expect(files.filter((file) => roomOf(file) === undefined)).toEqual([]);
  });

  test('every room has a file', () => {
    const filled = new Set(files.map((file) => roomOf(file)?.name));

    expect(ROOMS.filter(({ name }) => !filled.has(name))).toEqual([]);
  });

  test('no file reaches a room that its own room may not reach, by any chain of imports', () => {
    const wrong = files.flatMap((file) => forbiddenWithin(file, reachOf(file, imports)));

    expect(wrong).toEqual([]);
  });

  test('no file imports a room or a package that is not for its own room', () => {
    const wrong = files.flatMap((file) => forbiddenImports(file, imports.get(file) ?? []));

    expect(wrong).toEqual([]);
  });

  test.each([
    ['okta/read/source.ts', "import { push } from '../../sinks/delivery.ts';"],
    ['okta/read/users.ts', "import type { Store } from '../../inventory/sqlite/user-store.ts';"],
    ['sinks/sekoia/client.ts', "import { OktaClient } from '../../okta/client.ts';"],
    ['sinks/sekoia/client.ts', "import got from 'got';"],
    ['inventory/sqlite/store.ts', "import got from 'got';"],
    ['simulator/org.ts', "export { decide } from '../enrich/admin.ts';"],
    ['enrich/decide.ts', "import { readFileSync } from 'node:fs';"],
    ['enrich/decide.ts', "const { request } = await import('node:http');"],
    ['ocsf/event.ts', "import { readSettings } from '../settings/load.ts';"],
    ['inspect/trace.ts', "import { sync } from '../sync/sync.ts';"],
    ['plan/plan.ts', "import {\n  DatabaseSync,\n} from 'node:sqlite';"],
    ['settings/table.ts', "import { sync } from '../sync/sync.ts';"],
    ['sync/sync.ts', "import { openInventory } from '../inventory/sqlite/open.ts';"],
    ['sync/users.ts', "import { compose } from '../compose/compose.ts';"],
    ['process/log.ts', "import type { Settings } from '../settings/load.ts';"],
    ['ports/source.ts', "import type { Page } from '../okta/read/schema.ts';"],
    ['worker/worker.ts', "import { startOrg } from '../simulator/index.ts';"],
    ['commands/sync.ts', "import { OktaClient } from '../okta/client.ts';"],
    ['cli.ts', "import process from 'node:process';"],
    ['inventory/policy/gone.ts', "import type { Row } from '../sqlite/rows.ts';"],
    ['inventory/policy/gone.ts', "import { pagesOf } from '../../plan/endpoints.ts';"],
    ['sync/full/removals.ts', "import { reading } from '../../inventory/sqlite/transaction.ts';"],
  ])('%s may not contain %j', (file, source) => {
    expect(forbiddenImports(file, importsOf(file, source))).toHaveLength(1);
  });

  test.each([
    ['okta/read/source.ts', "import { ConfigError } from '../../ports/errors.ts';\nimport { z } from 'zod';"],
    ['simulator/intake/server.ts', "import { org } from '../org/org.ts';"],
    ['compose/compose.ts', "import { openInventory } from '../inventory/sqlite/open.ts';"],
    ['commands/demo.ts', "import { startOrg } from '../simulator/index.ts';"],
    ['inventory/sqlite/outbox.ts', "import { isUnchanged } from '../policy/unchanged.ts';"],
    ['sync/full/removals.ts', "import { doubtOf } from '../../inventory/policy/removal-limit.ts';"],
    ['ocsf/event.ts', "import schema from '../../schemas/sekoia/event.json' with { type: 'json' };"],
  ])('%s may contain %j', (file, source) => {
    expect(forbiddenImports(file, importsOf(file, source))).toEqual([]);
  });

  test('a chain of two allowed imports that ends in a forbidden room is found', () => {
    const chain = new Map([
      ['process/log.ts', ['settings/secret.ts']],
      ['settings/secret.ts', ['ocsf/names.ts']],
      ['ocsf/names.ts', []],
    ]);

    expect(forbiddenWithin('process/log.ts', reachOf('process/log.ts', chain))).toHaveLength(1);
  });

  test('only the command hooks reaches the client that can change something at Okta', () => {
    const reaching = files.filter((file) => reachOf(file, imports).has('http/write.ts'));
    const ways = ['okta/hooks/', 'compose/hooks/registration.ts', 'commands/', 'cli.ts', 'main.ts'];
    const ofCommand = reaching.filter((file) => file.startsWith('commands/'));

    expect(
      reaching.filter((file) => file !== 'http/write.ts' && !ways.some((way) => file.startsWith(way))),
    ).toEqual([]);
    expect(ofCommand.filter((file) => !/^commands\/(bodies\/)?hooks/.test(file))).toEqual([]);
  });

  test('docs/architecture.md shows the rules as they are', async () => {
    const page = readFileSync(ARCHITECTURE, 'utf8');
    const fresh = page.replace(
      /(<!-- rooms[^>]*-->)[^]*(<!-- \/rooms -->)/u,
      (_whole, start: string, end: string) => `${start}\n\n${roomsTable()}\n\n${end}`,
    );
    const options = await prettier.resolveConfig(ARCHITECTURE);

    expect(page).toContain('<!-- /rooms -->');
    await expect(await prettier.format(fresh, { ...options, filepath: ARCHITECTURE })).toMatchFileSnapshot(
      ARCHITECTURE,
    );
  });
});

describe('architecture: files', () => {
  test('the pure rooms have no clock', () => {
    const pure = files.filter((file) => PURE_ROOMS.some((room) => file.startsWith(`${room}/`)));

    expect(pure.filter((file) => /new Date\(\s*\)/.test(withoutComments(readSource(file))))).toEqual([]);
  });

  test('no folder has a name behind which anything fits', () => {
    const names = files.flatMap((file) => dirname(file).split('/'));

    expect(names.filter((name) => FORBIDDEN_FOLDERS.includes(name))).toEqual([]);
  });

  test('the job fits on one screen', () => {
    const lines = readSource('sync/sync.ts').trimEnd().split('\n');

    expect(lines.length).toBeLessThanOrEqual(LONGEST_JOB_LINES);
  });

  test('files over 250 lines are named, as a warning: a split follows an idea, not a count', () => {
    const lines = (file: string): number => readSource(file).trimEnd().split('\n').length;

    for (const file of files.filter((name) => lines(name) > LONG_FILE_LINES)) {
      process.stderr.write(`src/${file} has ${lines(file)} lines: does it hold more than one idea?\n`);
    }

    expect(files.length).toBeGreaterThan(0);
  });

  test('no type name is declared twice, exported or not', () => {
    const declared = files.flatMap((file) => typeNamesOf(readSource(file)).map((name) => ({ name, file })));
    const twice = [...Map.groupBy(declared, ({ name }) => name)].filter(([, found]) => found.length > 1);

    expect(twice.map(([name, found]) => [name, ...found.map(({ file }) => file)])).toEqual([]);
  });

  test.each([
    ['export interface Answer {', ['Answer']],
    ['interface Answer<T> {', ['Answer']],
    ['export type Answer<T> = Known<T> | Unknown;', ['Answer']],
    ['export abstract class Answer extends Known {', ['Answer']],
    ['import type { Answer } from "./answer.ts";\nexport type { Answer } from "./answer.ts";', []],
    ['  type Answer = string;', []],
  ])('in %j the type names declared are %j', (source, names) => {
    expect(typeNamesOf(source)).toEqual(names);
  });

  test('only main.ts, and the process that answers questions, say process', () => {
    const sayers = files.filter((file) =>
      /(?<![\w$.'"`-])process\s*(\.|\[)/.test(withoutComments(readSource(file))),
    );

    const edges = ['main.ts', 'inventory/questions/asking-process.ts'];
    expect(sayers.filter((file) => !edges.includes(file))).toEqual([]);
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
});

describe('architecture: words', () => {
  test('no comment begins with "Who" or "What" and is no question', () => {
    const wrong = ['src', 'test'].flatMap((folder) =>
      listTypeScript(join(SOURCE, '..', folder)).flatMap((path) =>
        headless(readFileSync(path, 'utf8')).map((line) => `${relative(join(SOURCE, '..'), path)}: ${line}`),
      ),
    );

    expect(wrong).toEqual([]);
  });

  test.each([
    ['/** Who is being read is waited for. */', 1],
    [' * What came of one read.', 1],
    ['  // Whose roles are read again.', 1],
    ['/** What does a gap cost? */', 0],
    ['/** Whatever the log says. */', 0],
    ["const question = 'What is it';", 0],
  ])('%j counts %i', (line, count) => {
    expect(headless(line)).toHaveLength(count);
  });
});

/** Paths below `src`, with forward slashes; tests and what only tests use are left out. */
function listSourceFiles(): string[] {
  return readdirSync(SOURCE, { recursive: true, encoding: 'utf8' })
    .map((path) => path.replaceAll('\\', '/'))
    .filter((path) => path.endsWith('.ts') && !/\.(test|fixture)\.ts$/.test(path));
}

function readSource(file: string): string {
  return readFileSync(join(SOURCE, file), 'utf8');
}

function listTypeScript(folder: string): string[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((path) => path.endsWith('.ts'))
    .map((path) => join(folder, path));
}

/** Comment lines that begin with a relative clause in place of a subject. */
function headless(source: string): string[] {
  return source.match(/^\s*(?:\/\*\*|\*|\/\/) (?:Who|What|Whom|Whose) (?![^\n]*\?).*$/gm) ?? [];
}

/** Types inside a function belong to it alone; they do not count. */
function typeNamesOf(source: string): string[] {
  const declarations = /^(?:export )?(?:declare )?(?:interface|type|(?:abstract )?class) (\w+)/gm;
  return [...source.matchAll(declarations)].map(([, name = '']) => name);
}

function withoutComments(source: string): string {
  return source.replaceAll(COMMENT, '');
}

/** Files below `src` by their path there, packages by their names; JSON and other files beside `src` are left out. */
function importsOf(file: string, source: string): string[] {
  return [...withoutComments(source).matchAll(IMPORT)]
    .map((match) => match[1] ?? match[2] ?? '')
    .map((target) => (target.startsWith('.') ? pathOf(file, target) : target))
    .filter((target) => !target.startsWith('..'));
}

function pathOf(file: string, target: string): string {
  return relative(SOURCE, resolve(SOURCE, dirname(file), target)).replaceAll('\\', '/');
}

/** Every file that a file reaches, itself included. */
function reachOf(file: string, graph: ReadonlyMap<string, readonly string[]>): Set<string> {
  const reached = new Set<string>();
  const waiting = [file];
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    if (reached.has(next)) continue;
    reached.add(next);
    waiting.push(...(graph.get(next) ?? []).filter((target) => target.endsWith('.ts')));
  }
  return reached;
}

function forbiddenWithin(file: string, reached: ReadonlySet<string>): string[] {
  const room = roomOf(file);
  if (room === undefined) return [];
  return [...reached]
    .filter((target) => !mayReach(room, target))
    .map((target) => `src/${file} reaches src/${target}, which ${room.name} may not`);
}

function forbiddenImports(file: string, targets: readonly string[]): string[] {
  const room = roomOf(file);
  if (room === undefined) return [];
  return targets
    .filter((target) => (target.endsWith('.ts') ? !mayImport(room, target) : !mayUse(room, target)))
    .map((target) => `src/${file} imports ${target}, which ${room.name} may not`);
}

test('every guarded package is owned by a room, or by nobody on purpose', () => {
  const owned = new Set(ROOMS.flatMap(({ packages }) => packages));
  const nobody = ['node:http2', 'process'];

  expect(GUARDED.filter((name) => !owned.has(name) && !nobody.includes(name))).toEqual([]);
  expect(existsSync(SOURCE)).toBe(true);
});
