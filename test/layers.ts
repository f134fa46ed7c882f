/**
 * Who may import what, in one table. The lint configuration and `architecture.test.ts` are both made from it:
 * lint tells the author at once, the test resolves every path exactly.
 */

/** Folders of `src` that have rules of their own. Any other file or folder is an `application` file. */
const FOLDERS = ['okta', 'enrich', 'ocsf', 'shaping', 'intake', 'inventory', 'simulator'] as const;

/** Files of `src` itself that have rules of their own; a folder of the same name follows the same rule. */
const ROOT_FILES = ['main', 'cli', 'worker', 'sync', 'compose'] as const;

/** Folders that go with such a file. */
const COMMANDS = ['commands'] as const;
const JOB = ['sync', 'worker', ...COMMANDS] as const;
const ADAPTERS = ['okta', 'intake', 'inventory', 'simulator'] as const;

const NETWORK = ['got', 'node:http', 'node:https', 'node:http2', 'node:net', 'node:tls'];
const PURE_FORBIDS = [...NETWORK, 'pino', 'bottleneck', 'node:sqlite', 'node:fs', 'node:fs/promises'];
const PROCESS = ['node:process', 'process'];

type Folder = (typeof FOLDERS)[number];
type RootFile = (typeof ROOT_FILES)[number];
type Area = Folder | RootFile | 'simulator-command' | 'application';

interface LayerRule {
  /** Folders of `src`, by name. */
  readonly folders: readonly string[];
  /** Files directly in `src`, by name without `.ts`. */
  readonly files: readonly string[];
  readonly packages: readonly string[];
  readonly because: string;
}

const ADAPTER_BECAUSE =
  'adapters know ports.ts, errors.ts, log.ts and the pure folders, never each other nor the job';
const PURE_BECAUSE = 'enrich/, ocsf/ and shaping/ are pure: no I/O, no clock, no adapter';
const APPLICATION_BECAUSE =
  'only compose.ts (and the demo and simulator commands, for simulator/) knows an adapter';

export const LAYERS: Readonly<Record<Area, LayerRule>> = {
  okta: adapter(['intake', 'inventory', 'simulator'], ['node:sqlite']),
  intake: adapter(['okta', 'inventory', 'simulator'], ['node:sqlite']),
  inventory: adapter(['okta', 'intake', 'simulator'], ['got']),
  simulator: adapter(['okta', 'intake', 'inventory', 'enrich', 'ocsf'], ['got', 'node:sqlite']),
  enrich: pure(),
  ocsf: pure(),
  shaping: pure(),
  main: application([], { processPackages: [] }),
  cli: application(['main']),
  worker: application(['main', 'cli'], { folders: [...COMMANDS] }),
  sync: application(['main', 'cli', 'worker', 'compose'], { folders: [...COMMANDS, 'worker'] }),
  compose: {
    folders: [...COMMANDS, 'worker'],
    files: ['main', 'cli', 'worker'],
    packages: ['got', 'node:sqlite', ...PROCESS],
    because: 'compose.ts constructs the adapters and knows nothing of who asks for them',
  },
  'simulator-command': {
    folders: ['okta', 'intake', 'inventory'],
    files: ['main', 'cli'],
    packages: ['got', 'node:sqlite', ...PROCESS],
    because: APPLICATION_BECAUSE,
  },
  application: application(['main', 'cli']),
};

/** Folder names behind which arrows turn round: everything imports them and they import everything. */
export const FORBIDDEN_FOLDERS = ['utils', 'util', 'helpers', 'common', 'shared', 'types', 'constants'];

/** What is exempt from the layers: tests, and the builders and fakes that only tests use. */
export const TEST_FILES = ['**/*.test.ts', '**/*.fixture.ts', 'test/**'];

/** The area of a file, by its path below `src`. */
export function areaOf(path: string): Area {
  const [first = '', ...rest] = path.split('/');
  const isInFolder = rest.length > 0;
  const folder = isInFolder ? FOLDERS.find((name) => name === first) : undefined;
  if (folder !== undefined) return folder;
  const rootFile = ROOT_FILES.find((name) => (isInFolder ? first === name : path === `${name}.ts`));
  if (rootFile !== undefined) return rootFile;
  return /(^|\/)(demo|simulator)[^/]*(\/|$)/.test(path) ? 'simulator-command' : 'application';
}

export interface LintedFiles {
  readonly files: readonly string[];
  /** How a file of this depth reaches `src`: the start of its relative imports, as a regular expression. */
  readonly toSource: string;
  readonly rule: LayerRule;
}

/**
 * The table as lint overrides, the widest first, since the last one that matches a file counts.
 * One entry per depth: lint sees the import's text, not the file it names.
 */
export function lintedFiles(): LintedFiles[] {
  const globs: [Area, string][] = [
    ['application', ''],
    ['simulator-command', '{demo,simulator}*'],
    ...ROOT_FILES.map((name): [Area, string] => [name, name]),
    ...FOLDERS.map((name): [Area, string] => [name, name]),
  ];
  return globs.flatMap(([area, name]) => [0, 1, 2, 3].flatMap((depth) => atDepth(area, name, depth)));
}

function atDepth(area: Area, name: string, depth: number): LintedFiles[] {
  if (depth === 0 && FOLDERS.some((folder) => folder === area)) return [];

  const toSource = depth === 0 ? String.raw`^\./` : String.raw`^(\./)?` + String.raw`\.\./`.repeat(depth);
  const isOwnFolder = depth > 0 && area !== 'application';
  const inFolder = `src/${name}/${'*/'.repeat(Math.max(0, depth - 1))}*.ts`;
  const files = isOwnFolder ? [inFolder] : [`src/${'*/'.repeat(depth)}${name === '' ? '*' : name}.ts`];
  if (area === 'simulator-command' && depth > 0) files.push(`src/${'*/'.repeat(depth)}${name}.ts`);
  return [{ files, toSource, rule: LAYERS[area] }];
}

function adapter(folders: readonly Folder[], packages: readonly string[]): LayerRule {
  return {
    folders: [...folders, ...JOB],
    files: ROOT_FILES,
    packages: [...packages, ...PROCESS],
    because: ADAPTER_BECAUSE,
  };
}

function pure(): LayerRule {
  return {
    folders: [...ADAPTERS, ...JOB, 'settings'],
    files: [...ROOT_FILES, 'config'],
    packages: [...PURE_FORBIDS, ...PROCESS],
    because: PURE_BECAUSE,
  };
}

function application(
  files: readonly RootFile[],
  { processPackages = PROCESS, folders = [] }: { processPackages?: string[]; folders?: string[] } = {},
): LayerRule {
  return {
    folders: [...ADAPTERS, ...folders],
    files,
    packages: ['got', 'node:sqlite', ...processPackages],
    because: APPLICATION_BECAUSE,
  };
}
