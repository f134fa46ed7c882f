import { chmodSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { cli } from './cli.ts';
import type { StandIn } from './commands/define.ts';
import { OktaAuthError } from './ports/errors.ts';
import { createTestWorld, type TestWorld } from './process/world.fixture.ts';
import type { World } from './process/world.ts';

const TOKEN = '00tokentokentoken';
const ENV = {
  OKTA_BASE_URL: 'https://acme.okta.com',
  OKTA_API_TOKEN: TOKEN,
  SEKOIA_API_KEY: 'key-key-key',
  SEKOIA_CONNECTOR_UUID: 'id-1',
};

interface Ran extends TestWorld {
  readonly code: number;
  /** The calls of the bodies, with their options. */
  readonly asked: unknown[];
}

/** The lines of the log. */
function logged(stderr: string): unknown[] {
  const lines = stderr.split('\n').filter((line) => line.startsWith('{'));
  return lines.map((line): unknown => JSON.parse(line));
}

interface Given {
  readonly world?: Partial<World>;
  readonly body?: (world: World, testWorld: TestWorld) => Promise<number> | number;
}

async function run(argv: readonly string[], { world = {}, body = () => 0 }: Given = {}): Promise<Ran> {
  const testWorld = createTestWorld({ env: ENV, ...world });
  const asked: unknown[] = [];
  const standIn: StandIn = {
    body: async ({ world: given }, options) => {
      asked.push(options);
      return body(given, testWorld);
    },
    loneBody: async (given) => body(given, testWorld),
  };
  const code = await cli(argv, testWorld.world, standIn);
  return { ...testWorld, code, asked };
}

describe('cli: options become what the command asks for', () => {
  test.each([
    [['sync'], { strict: false }],
    [['sync', '--full', '--strict'], { mode: 'full', strict: true }],
    [['sync', '--alerts-strict'], { strict: false, alertsStrict: true }],
    [
      ['sync', '--incremental', '--report', 'r.json'],
      { mode: 'incremental', report: 'r.json', strict: false },
    ],
    [['dry-run'], { pretty: false }],
    [['dry-run', '--limit', '5', '--pretty'], { limit: 5, pretty: true }],
    [['dry-run', '--user=ada@acme.com'], { user: 'ada@acme.com', pretty: false }],
    [['worker'], {}],
    // The command line that starts the reference connector's image.
    [['user_okta_asset_connector'], {}],
    [['test'], { json: false }],
    [['test', '--json'], { json: true }],
    [['explain', 'ada@acme.com', '--json'], { user: 'ada@acme.com', json: true }],
    [['report'], { last: false, json: false }],
    [['report', 'run-1', '--json'], { runId: 'run-1', last: false, json: true }],
    [['compare', 'theirs.ndjson'], { file: 'theirs.ndjson', json: false }],
    [['dead-letters'], { action: 'list', json: false }],
    [['dead-letters', 'replay', '--json'], { action: 'replay', json: true }],
  ])('%j', async (argv, options) => {
    const { asked, code } = await run(argv);

    expect([code, asked]).toEqual([0, [options]]);
  });
});

describe('cli: usage errors', () => {
  test.each([
    [[], 'no command given'],
    [['nope'], "unknown command 'nope'"],
    [['sync', '--ful'], 'Did you mean --full?'],
    [['sync', 'extra'], 'too many arguments'],
    [['sync', '--full', '--incremental'], 'cannot be used with'],
    [['sync', '--report', ''], 'It is empty'],
    [['sync', '--limit', '3'], "unknown option '--limit'"],
    [['dry-run', '--limit', '0'], 'whole number from 1'],
    [['dry-run', '--limit', '-1'], 'whole number from 1'],
    [['dry-run', '--limit', '1.5'], 'whole number from 1'],
    [['dry-run', '--limit', 'ten'], 'whole number from 1'],
    [['dry-run', '--limit'], 'argument missing'],
    [['dry-run', '--user', ' '], 'It is empty'],
    [['dry-run', '--config'], 'argument missing'],
    [['demo', '--config', 'acme.json'], 'leave --config out'],
    [['demo', 'now'], 'too many arguments'],
    [['dead-letters', 'burn'], 'Allowed choices are list, replay'],
    [['simulator', '--users', '0'], 'whole number from 1 to 100000'],
    [['simulator', '--users', '100001'], 'whole number from 1 to 100000'],
    [['simulator', '--fault-rate', '2'], 'from 0 to 1'],
    [['simulator', '--fault-rate', '2%'], 'from 0 to 1'],
    [['simulator', '--latency', 'slow'], 'such as 20 or 20-80'],
    [['simulator', '--latency', '80-20'], 'such as 20 or 20-80'],
    [['simulator', '--okta-port', '65536'], 'whole number from 0 to 65535'],
    [['simulator', '--window', '0'], 'whole number from 1'],
  ])('%j exits 2 with one line and a hint, and says nothing on stdout', async (argv, message) => {
    const { code, asked, stdout, stderr } = await run(argv);

    expect([code, asked, stdout()]).toEqual([2, [], '']);
    expect(stderr()).toMatch(/^error: .*\nhint: .*\n$/);
    expect(stderr()).toContain(message);
  });
});

describe('cli: help', () => {
  test.each([
    [['--help'], 'dry-run'],
    [['sync', '--help'], '--incremental'],
    [['dry-run', '-h'], '--config <file>'],
    [['--version'], '0.0.0-test'],
  ])('%j goes to stdout and needs no settings', async (argv, text) => {
    const { code, stdout, stderr } = await run(argv, { world: { env: {} } });

    expect([code, stderr()]).toEqual([0, '']);
    expect(stdout()).toContain(text);
  });
});

test('cli: every command has a file of its name, and every file is in the list', async () => {
  const files = readdirSync(join(import.meta.dirname, 'commands'))
    .filter((file) => file.endsWith('.ts') && !/\.test\.ts$|^define\.ts$/.test(file))
    .map((file) => file.replace(/\.ts$/, ''));

  const { stdout } = await run(['--help']);
  const [, listed = ''] = stdout().split('Commands:\n');
  const names = [...listed.matchAll(/^ {2}([a-z-]+) /gm)].map(([, name = '']) => name);

  expect(names.toSorted()).toEqual(files.toSorted());
});

describe('cli: settings', () => {
  test('all mistakes are told, one line each, and nothing runs', async () => {
    const { code, asked, stdout, stderr } = await run(['sync'], { world: { env: { BATCH_SIZE: '0' } } });

    expect([code, asked, stdout()]).toEqual([2, [], '']);
    expect(
      stderr()
        .trimEnd()
        .split('\n')
        .map((line) => line.split(' ').slice(0, 2).join(' ')),
    ).toEqual([
      'error: OKTA_BASE_URL',
      'error: OKTA_API_TOKEN',
      'error: SEKOIA_API_KEY',
      'error: SEKOIA_CONNECTOR_UUID',
      'error: BATCH_SIZE',
    ]);
  });

  test('dry-run needs nothing of the intake', async () => {
    const { OKTA_BASE_URL, OKTA_API_TOKEN } = ENV;

    expect((await run(['dry-run'], { world: { env: { OKTA_BASE_URL, OKTA_API_TOKEN } } })).code).toBe(0);
  });

  test("of a reference connector's checkpoint in STATE_DIR it says that it is not used", async () => {
    const stateDir = mkdtempSync(join(tmpdir(), 'okta-ocsf-cli-'));
    writeFileSync(join(stateDir, 'context.json'), '{"most_recent_date_seen": null}');

    const { code, stderr } = await run(['sync'], { world: { env: { ...ENV, STATE_DIR: stateDir } } });
    rmSync(stateDir, { recursive: true });

    expect(code).toBe(0);
    expect(stderr()).toContain("the reference connector's checkpoint is not used");
  });

  test('without effect, or with a name that is nearly one, are warned of in the log', async () => {
    const env = { ...ENV, RISK: 'true', INCLUDE_GROUP: 'Sales' };

    const { code, stderr } = await run(['sync'], { world: { env } });

    expect(code).toBe(0);
    expect(logged(stderr())).toMatchObject([
      { level: 'warn', setting: 'RISK', problem: expect.stringContaining('has no effect') },
      { level: 'warn', setting: 'INCLUDE_GROUP', hint: 'write INCLUDE_GROUPS if that is meant' },
    ]);
  });

  test('whose inventory every user of this machine may change are warned of', async () => {
    const stateDir = mkdtempSync(join(tmpdir(), 'okta-ocsf-cli-'));
    writeFileSync(join(stateDir, 'inventory.db'), '');
    chmodSync(stateDir, 0o777);
    chmodSync(join(stateDir, 'inventory.db'), 0o666);

    const { code, stderr } = await run(['sync'], { world: { env: { ...ENV, STATE_DIR: stateDir } } });
    rmSync(stateDir, { recursive: true });

    expect(code).toBe(0);
    expect(logged(stderr())).toMatchObject(
      [stateDir, join(stateDir, 'inventory.db')].map((path) => ({
        level: 'warn',
        path,
        hint: `take the right away: chmod o-w ${path}`,
      })),
    );
  });

  test.each([
    [['--config', '/nowhere.yaml', 'sync']],
    [['sync', '--config', '/nowhere.yaml']],
    [['sync', '--strict', '--config=/nowhere.yaml']],
  ])('--config is read wherever it stands: %j', async (argv) => {
    const { code, stderr } = await run(argv);

    expect(code).toBe(2);
    expect(stderr()).toContain('cannot read /nowhere.yaml');
  });
});

describe('cli: the end of a command', () => {
  test("its exit code is the process's", async () => {
    expect((await run(['sync'], { body: () => 4 })).code).toBe(4);
  });

  test('what it throws is told without secrets and becomes the exit code', async () => {
    const { code, stdout, stderr } = await run(['sync'], {
      body: () => {
        throw new OktaAuthError(`Okta refused ${TOKEN}`, { hint: 'set another OKTA_API_TOKEN' });
      },
    });

    expect([code, stdout()]).toEqual([3, '']);
    expect(stderr()).toBe('error: Okta refused [hidden]\nhint: set another OKTA_API_TOKEN\n');
  });

  test('what it writes to stderr itself shows no secret either', async () => {
    const { stderr } = await run(['sync'], {
      body: (world) => {
        world.err.write(`error: ${TOKEN}\n`);
        return 1;
      },
    });

    expect(stderr()).toBe('error: [hidden]\n');
  });

  test('details come at debug level, with the label of the org', async () => {
    const { stderr } = await run(['sync'], {
      world: { env: { ...ENV, LOG_LEVEL: 'debug', ORG_LABEL: 'acme-test' } },
      body: () => {
        throw new TypeError(`odd ${TOKEN}`);
      },
    });

    expect(stderr()).toContain('"type":"TypeError"');
    expect(stderr()).toContain('"org":"acme-test"');
    expect(stderr()).not.toContain(TOKEN);
  });

  test('stopped by a signal in the middle of a call, it says nothing and leaves with its code', async () => {
    const { code, stderr } = await run(['sync'], {
      body: (world, testWorld) => {
        testWorld.stop('SIGTERM');
        world.stopping.throwIfAborted();
        return 0;
      },
    });

    expect([code, stderr()]).toEqual([143, '']);
  });

  test('an exception that nobody caught is told without secrets', async () => {
    const { stderr } = await run(['sync'], {
      body: (_world, testWorld) => {
        testWorld.crash(new Error(`broken ${TOKEN}`));
        return 1;
      },
    });

    expect(stderr()).toContain('error: okta-ocsf broke: broken [hidden]');
  });

  test('a stdout that cannot be written to is a failure', async () => {
    const { code, stderr } = await run(['--help'], {
      world: { out: () => Promise.reject(new Error('disk full')) },
    });

    expect(code).toBe(1);
    expect(stderr()).toContain('disk full');
  });
});

describe('cli: the word help', () => {
  test.each([
    [
      ['help', 'sync'],
      ['sync', '--help'],
    ],
    [['help'], ['--help']],
  ])('%j prints what %j prints', async (asked, flagged) => {
    const byWord = await run(asked);
    const byFlag = await run(flagged);

    expect([byWord.code, byWord.stdout()]).toEqual([0, byFlag.stdout()]);
    expect(byWord.stdout()).toContain('Usage: okta-ocsf');
  });

  test('with an unknown name it is a wrong call', async () => {
    const { code, stdout, stderr } = await run(['help', 'snyc']);

    expect([code, stdout()]).toEqual([2, '']);
    expect(stderr()).toContain("unknown command 'snyc'");
  });
});
