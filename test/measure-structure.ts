/**
 * The shape of the code in figures: `node test/measure-structure.ts [FOLDER]`, where the folder holds a `src`. Functions
 * are counted by their first lines, which is near enough to compare two trees.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';

const root = process.argv[2] ?? join(import.meta.dirname, '..');
const source = join(root, 'src');
const IMPORT = /^\s*(?:import|export)\b[^'"`;]*?['"]([^'"]+)['"]|\bimport\(\s*['"]([^'"]+)['"]/gm;
const COMMENT = /\/\*[\s\S]*?\*\/|^\s*\/\/.*$/gm;
const FUNCTION =
  /^\s*(?:export )?(?:default )?(?:async )?function\*? |(?:=|:|\(|,)\s*(?:async )?(?:\([^()]*\)|\w+)(?::[^=]+)? =>|^\s{2}(?:static |async |get |\*|#)*#?\w+\([^)]*\)(?:: [^={]+)? \{$/gm;
const TAKES_RUN =
  /^(?:export )?(?:async )?function\*? \w+\(\s*(?:\w+|\{[^}]*\}): (?:Run|Job)\b(?!Settings)/gm;

const files = readdirSync(source, { recursive: true, encoding: 'utf8' })
  .filter((path) => path.endsWith('.ts') && !/\.(test|fixture)\.ts$/.test(path))
  .toSorted();
const texts = new Map(files.map((file) => [file, readFileSync(join(source, file), 'utf8')]));
const lines = [...texts.values()].map((text) => text.trimEnd().split('\n').length).toSorted((a, b) => a - b);
const folders = Map.groupBy(files, (file) => dirname(file));
const roomsOf = (name: string) => [...folders].filter(([folder]) => folder.split('/')[0] === name);

function count(pattern: RegExp): number {
  return [...texts.values()].reduce((sum, text) => sum + (text.match(pattern)?.length ?? 0), 0);
}

function reachOf(start: string): number {
  const reached = new Set<string>();
  const waiting = [start];
  for (let file = waiting.pop(); file !== undefined; file = waiting.pop()) {
    if (reached.has(file)) continue;
    reached.add(file);
    const text = (texts.get(file) ?? '').replaceAll(COMMENT, '');
    for (const match of text.matchAll(IMPORT)) {
      const target = match[1] ?? match[2] ?? '';
      const path = relative(source, resolve(source, dirname(file), target));
      if (target.startsWith('.') && texts.has(path)) waiting.push(path);
    }
  }
  return reached.size - 1;
}

function namesDeclaredTwice(): string[] {
  const declared = [...texts].flatMap(([file, text]) =>
    [...text.matchAll(/^(?:export )?(?:interface|type|(?:abstract )?class) (\w+)/gm)].map(
      ([, name = '']) => ({
        name,
        file,
      }),
    ),
  );
  return [...Map.groupBy(declared, ({ name }) => name)]
    .filter(([, found]) => new Set(found.map(({ file }) => file)).size > 1)
    .map(([name, found]) => `${name} (${found.length})`)
    .toSorted();
}

const first = (...names: string[]): string => names.find((name) => texts.has(name)) ?? '';
const middle = (at: number): number => lines[Math.floor((lines.length - 1) * at)] ?? 0;
const twice = namesDeclaredTwice();

process.stdout.write(
  `${JSON.stringify(
    {
      files: files.length,
      rooms: new Set(files.filter((file) => file.includes('/')).map((file) => file.split('/')[0])).size,
      folders: [...folders.keys()].length,
      lines: lines.reduce((sum, each) => sum + each, 0),
      lines_a_file: { median: middle(0.5), p90: middle(0.9), longest: middle(1) },
      functions: count(FUNCTION),
      files_at_root: folders.get('.')?.length ?? 0,
      files_in_largest_folder_of_okta: Math.max(...roomsOf('okta').map(([, found]) => found.length)),
      modules_that_sync_reaches: reachOf(first('sync/sync.ts', 'sync.ts')),
      modules_that_okta_client_reaches: reachOf(first('okta/client.ts')),
      functions_that_take_the_run_or_job: count(TAKES_RUN),
      type_names_declared_twice: twice.length,
      which: twice,
      comment_lines_beginning_with_who_or_what: count(
        /^\s*(?:\/\*\*|\*|\/\/) (?:Who|What|Whom|Whose) (?![^\n]*\?)/gm,
      ),
    },
    undefined,
    2,
  )}\n`,
);
