/**
 * The rooms of `src`, in the order in which they may know each other, and what each may reach. The architecture test,
 * the lint configuration and the table in `docs/architecture.md` are made from this list.
 */

/** A folder of `src`, or a file directly in it. */
export interface Room {
  readonly name: string;
  /** The purpose of the room, in one line. */
  readonly concern: string;
  /** Rooms, or single files, that its files may reach: by any chain of imports, types included. */
  readonly reaches: readonly string[];
  /** Rooms within reach that it may not import itself. */
  readonly notDirectly: readonly string[];
  /** Of the packages in `GUARDED`, those that it may import itself. */
  readonly packages: readonly string[];
}

/** Packages that have an owner: every other room goes through it. */
export const GUARDED = [
  'got',
  'bottleneck',
  'pino',
  'pino-pretty',
  'prom-client',
  'standardwebhooks',
  'commander',
  'hono',
  'hono/html',
  'hono/streaming',
  '@hono/node-server',
  'd3-scale',
  'd3-shape',
  'node:http',
  'node:https',
  'node:http2',
  'node:net',
  'node:tls',
  'node:sqlite',
  'node:fs',
  'node:fs/promises',
  'node:vm',
  'node:process',
  'process',
] as const;

const PURE = ['ports', 'enrich', 'shaping', 'ocsf'];
/** A value that prints as [hidden]: it knows nothing, and everything that holds a secret knows it. */
const SECRET = 'settings/secret.ts';
/** Files that are ours alone: opened without following links. */
const OWN_FILE = 'process/own-file.ts';
/** The table of Okta's endpoints: values that import only names, for any room that names or counts a call. */
const ENDPOINTS = 'okta/endpoints.ts';
/** The one client for requests that are no GET and no delivery. */
const WRITES = 'http/write.ts';
/** The command `hooks` alone may call it. */
const REGISTRATION = 'compose/hooks/registration.ts';
const ADAPTERS = ['okta', 'inventory', 'sinks'];
const APPLICATION = [
  ...PURE,
  'assets',
  'inspect',
  'plan',
  'status',
  'notices',
  'graph',
  'query',
  'alerts',
  'http',
  'hooks',
  'process',
  'settings',
  ...ADAPTERS,
  'sync',
];

export const ROOMS: readonly Room[] = [
  room('ports', 'contracts between the rooms, one file a seam: types and prose', []),
  room('enrich', 'PURE: which lookups are needed; known or unknown; rules for MFA, Admin and risk', [
    'ports',
  ]),
  room('shaping', 'PURE: which users count, what is taken out, what is mapped', ['ports', 'enrich'], {
    packages: ['node:vm'],
  }),
  room('ocsf', 'PURE: ids, dialects, one folder a class, validation', ['ports', 'enrich', 'shaping']),
  room('assets', 'PURE: one folder for each kind of asset beside users: how it is read and said', PURE),
  room('inspect', 'PURE: explain, compare, validate', [...PURE, 'assets', ENDPOINTS]),
  room('graph', 'PURE: the org as entities and relationships, and how each export prints them', ['ports']),
  room('query', 'PURE: saved questions: what the head of their file says', ['ports']),
  room('alerts', 'PURE: rules over saved questions, what becomes of their rows, and what is told of it', [
    ...PURE,
    'query',
  ]),
  room('plan', 'PURE: what a run will ask, before it asks', ['ports', 'enrich', ENDPOINTS]),
  room(
    'http',
    'the only door to HTTP: clients, proxies, faults by kind, dates; and the server',
    ['ports', SECRET],
    {
      packages: ['got', 'hono', '@hono/node-server', 'node:http', 'node:https', 'node:net', 'node:tls'],
    },
  ),
  room('hooks', 'the receiver of event hooks: who is answered what, and when a run takes them', [
    'ports',
    'http',
    SECRET,
  ]),
  room(
    'process',
    'the world (clock, randomness, streams), log, progress, failures in words',
    ['ports', SECRET],
    {
      packages: ['pino', 'pino-pretty', 'node:fs', 'node:fs/promises'],
    },
  ),
  room('settings', 'the table of settings, where their values come from, secrets', PURE, {
    packages: ['node:fs'],
  }),
  room(
    'okta',
    'SOURCE: an Okta org over HTTP, at the pace that it can spare',
    ['ports', 'enrich', 'assets', 'http', SECRET],
    {
      notDirectly: ['okta/hooks', WRITES],
      packages: ['bottleneck', 'node:http'],
    },
  ),
  room(
    'okta/hooks',
    'event hooks of the org, for one command: the only requests that change something at Okta',
    ['okta', 'ports', 'enrich', 'assets', 'http', SECRET],
    { packages: ['node:net'] },
  ),
  room('inventory', 'what is known of the org, on disk', ['ports', 'enrich', 'plan', ENDPOINTS, OWN_FILE], {
    packages: ['node:sqlite', 'node:fs'],
  }),
  room(
    'inventory/questions',
    'questions in SQL over the public views, asked in a process of their own',
    ['ports', 'inventory', 'enrich', 'plan', ENDPOINTS, OWN_FILE],
    { packages: ['node:sqlite', 'node:process'] },
  ),
  room('inventory/policy', 'PURE: what an answer changes, what is overtaken, unchanged, gone', [
    'ports',
    'enrich',
  ]),
  room('sinks', 'SINK: delivery, and where events and notices go', ['ports', 'http', SECRET], {
    notDirectly: [WRITES],
    packages: ['standardwebhooks'],
  }),
  room('sync', 'THE JOB: one run', [
    'ports',
    'enrich',
    'shaping',
    'plan',
    'query',
    'alerts',
    'inventory/policy',
    ENDPOINTS,
  ]),
  room('compose', 'constructs the adapters, and nothing else does', APPLICATION, { packages: ['node:fs'] }),
  room(
    'worker',
    'when the next run is due; health, metrics and the status page',
    [...APPLICATION, 'compose'],
    {
      notDirectly: [...ADAPTERS, WRITES, REGISTRATION],
      packages: ['prom-client', 'hono', 'hono/streaming'],
    },
  ),
  room('status', 'PURE: the state of a worker as one value, and as a page', ['ports'], {
    packages: ['hono/html', 'd3-scale', 'd3-shape'],
  }),
  room('notices', 'PURE: of which trouble operators are told, when, and in which words', ['ports']),
  room('simulator', 'an Okta org and an intake on loopback', [], { packages: ['node:http'] }),
  room(
    'demo',
    'the scenes of `okta-ocsf demo`',
    [...PURE, 'graph', 'process', 'settings', 'simulator', ENDPOINTS],
    {
      packages: ['node:fs'],
    },
  ),
  room('commands', 'one file a command', [...APPLICATION, 'compose', 'worker', 'simulator', 'demo'], {
    notDirectly: [...ADAPTERS, WRITES],
    packages: ['commander', 'node:fs', 'node:fs/promises'],
  }),
  room('cli.ts', 'the list of commands', everythingBut('main.ts'), {
    notDirectly: [...ADAPTERS, 'compose'],
    packages: ['commander'],
  }),
  room('main.ts', 'process edge: argv, environment and signals in, exit code out', everythingBut(), {
    notDirectly: [...ADAPTERS, 'compose'],
    packages: ['node:process', 'node:net', 'node:vm'],
  }),
];

/** Folder names behind which arrows turn round: everything imports them and they import everything. */
export const FORBIDDEN_FOLDERS = ['utils', 'util', 'helpers', 'common', 'shared', 'types', 'constants'];

/** Rooms without I/O and without a clock: the same values in always give the same out. */
export const PURE_ROOMS = [
  'enrich',
  'shaping',
  'ocsf',
  'assets',
  'inspect',
  'plan',
  'query',
  'alerts',
  'inventory/policy',
  'status',
  'notices',
];

/** Files that the rules leave out: tests, and the builders and fakes that only tests use. */
export const TEST_FILES = ['**/*.test.ts', '**/*.fixture.ts', 'test/**'];

/**
 * The room of a file, by its path below `src`; `undefined` for a folder or file that is no room. A room within a room
 * has its own files, and stands after it in the list, so that its lint rules win.
 */
export function roomOf(path: string): Room | undefined {
  const around = ROOMS.filter(({ name }) => isWithin(path, name));
  return around.toSorted((left, right) => right.name.length - left.name.length)[0];
}

export function mayReach(room: Room, path: string): boolean {
  return [room.name, ...room.reaches].some((name) => isWithin(path, name));
}

export function mayImport(room: Room, path: string): boolean {
  return mayReach(room, path) && !room.notDirectly.some((name) => isWithin(path, name));
}

function isWithin(path: string, name: string): boolean {
  return path === name || path.startsWith(`${name}/`);
}

export function mayUse(room: Room, packageName: string): boolean {
  return !GUARDED.some((guarded) => guarded === packageName) || room.packages.includes(packageName);
}

/** The rules as a Markdown table. */
export function roomsTable(): string {
  const rows = ROOMS.map(({ name, concern, reaches, notDirectly, packages }) => {
    const isFile = name.endsWith('.ts');
    const through = notDirectly.length === 0 ? '' : ` (${notDirectly.join(', ')}: only through others)`;
    const words = [isFile ? name : `${name}/`, concern, `${namesOf(reaches)}${through}`, namesOf(packages)];
    return `| ${words.join(' | ')} |`;
  });
  return ['| room | is for | may reach | owns |', '| --- | --- | --- | --- |', ...rows].join('\n');
}

function namesOf(names: readonly string[]): string {
  return names.length === 0 ? '-' : names.join(', ');
}

export interface LintedRoom {
  readonly room: Room;
  readonly files: readonly string[];
  /** How a file of this depth reaches `src`: the start of its relative imports, as a regular expression. */
  readonly toSource: string;
  /** Rooms that its files may not import. */
  readonly forbidden: readonly string[];
}

/** The rules for lint, which sees the text of an import and not the file it names: one entry a depth. */
export function lintedRooms(): LintedRoom[] {
  return ROOMS.flatMap((room) => {
    const { name, reaches, notDirectly } = room;
    const firstOf = (path: string): string => path.split('/')[0] ?? '';
    const within = new Set([name, ...reaches].map(firstOf));
    const forbidden = [
      ...ROOMS.map((other) => other.name).filter((other) => !within.has(firstOf(other))),
      ...notDirectly,
    ];
    if (name.endsWith('.ts'))
      return [{ room, files: [`src/${name}`], toSource: String.raw`^\./`, forbidden }];
    return [0, 1, 2].map((depth) => ({
      room,
      files: [`src/${name}/${'*/'.repeat(depth)}*.ts`],
      toSource: String.raw`^(\./)?` + String.raw`\.\./`.repeat(depth + name.split('/').length),
      forbidden,
    }));
  });
}

function everythingBut(...names: readonly string[]): string[] {
  const above = ['compose', 'worker', 'simulator', 'demo', 'commands', 'cli.ts', 'main.ts'];
  return [...APPLICATION, ...above].filter((name) => !names.includes(name));
}

function room(
  name: string,
  concern: string,
  reaches: readonly string[],
  {
    notDirectly = [],
    packages = [],
  }: { readonly notDirectly?: readonly string[]; readonly packages?: readonly string[] } = {},
): Room {
  return { name, concern, reaches, notDirectly, packages };
}
