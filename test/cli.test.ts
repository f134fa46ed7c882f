import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';

const LAUNCHER = join(import.meta.dirname, '../bin/okta-ocsf.js');
const TOKEN = '00tokentokentoken';

interface Ended {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

interface Launched {
  readonly child: ReturnType<typeof launch>;
  readonly ended: Promise<Ended>;
}

function launch(argv: readonly string[], env: Record<string, string>) {
  return spawn(process.execPath, [LAUNCHER, ...argv], { env, stdio: 'pipe' });
}

/** The real launcher in a process of its own, with no settings but those given. */
function start(argv: readonly string[], env: Record<string, string> = {}): Launched {
  const child = launch(argv, env);
  const ended = new Promise<Ended>((resolve, reject) => {
    let stdout = '';
    let stderr = '';
    child.stdout.on('data', (part) => (stdout += String(part)));
    child.stderr.on('data', (part) => (stderr += String(part)));
    child.on('error', reject);
    child.on('close', (code) => resolve({ code, stdout, stderr }));
  });
  return { child, ended };
}

function okta(argv: readonly string[], env: Record<string, string> = {}): Promise<Ended> {
  return start(argv, env).ended;
}

/** An org on loopback that says the same to every request, or nothing; `asked` resolves at the first one. */
async function listen(answer?: { readonly status: number; readonly body: unknown }) {
  const server = createServer((_request, response) => {
    if (answer === undefined) return;
    response
      .writeHead(answer.status, { 'content-type': 'application/json' })
      .end(JSON.stringify(answer.body));
  });
  const asked = once(server, 'request');
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  return { url: `http://127.0.0.1:${address.port}`, asked };
}

describe('the launched program', () => {
  test.each([['--help'], ['sync', '--help'], ['dry-run', '--help'], ['--version']])(
    '%s %s prints to stdout alone and exits 0',
    async (...argv) => {
      const { code, stdout, stderr } = await okta(argv);

      expect([code, stderr]).toEqual([0, '']);
      expect(stdout).not.toBe('');
    },
  );

  test.each([
    [[]],
    [['nope']],
    [['sync', '--nope']],
    [['dry-run', '--limit', '0']],
    [['sync', '--config', '/nowhere']],
  ])('%j exits 2 with nothing on stdout', async (argv) => {
    const { code, stdout, stderr } = await okta(argv);

    expect([code, stdout]).toEqual([2, '']);
    expect(stderr).toMatch(/^error: /);
    expect(stderr).not.toContain('    at ');
  });

  test('settings are read once: a file that can be read only once, such as a pipe, is enough', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'okta-ocsf-pipe-'));
    const pipe = join(folder, 'settings');
    execFileSync('sh', ['-c', 'mkfifo "$0"', pipe]);
    const argv = ['explain', 'ada@acme.example', '--config', pipe];
    const { child, ended } = start(argv, { STATE_DIR: join(folder, 'state') });
    onTestFinished(() => {
      child.kill('SIGKILL');
      rmSync(folder, { recursive: true });
    });
    await writeFile(pipe, 'OKTA_BASE_URL: https://acme.okta.com\nRISK: true\n');

    const { code, stderr } = await ended;

    expect(code).toBe(1);
    expect(stderr).toContain('"setting":"RISK","problem":"has no effect');
    expect(stderr).toContain('there is no inventory');
  });

  test('wrong settings exit 2, one line each, without the secret', async () => {
    const env = {
      OKTA_BASE_URL: 'https://acme-admin.okta.com',
      OKTA_API_TOKEN: `SSWS ${TOKEN}`,
      LOG_LEVEL: 'loud',
    };

    const { code, stdout, stderr } = await okta(['dry-run'], env);

    expect([code, stdout]).toEqual([2, '']);
    expect(
      stderr
        .trimEnd()
        .split('\n')
        .map((line) => line.split(' ')[1]),
    ).toEqual(['OKTA_BASE_URL', 'OKTA_API_TOKEN', 'LOG_LEVEL']);
    expect(stderr).toContain('write https://acme.okta.com');
    expect(stderr).not.toContain(TOKEN);
  });

  test('a reader that leaves early is no error', async () => {
    const { child, ended } = start(['--help']);
    child.stdout.destroy();
    const { code, stderr } = await ended;

    expect([code, stderr]).toEqual([0, '']);
  });

  test('a refused token exits 3, says what to do and does not show it', async () => {
    const body = { errorCode: 'E0000011', errorSummary: `Invalid token provided: ${TOKEN}` };
    const { url } = await listen({ status: 401, body });

    const env = { OKTA_BASE_URL: url, OKTA_API_TOKEN: TOKEN, LOG_LEVEL: 'trace' };
    const { code, stdout, stderr } = await okta(['dry-run'], env);

    expect([code, stdout]).toEqual([3, '']);
    expect(stderr).toMatch(/^error: .*\nhint: .*OKTA_API_TOKEN/m);
    expect(stderr).not.toContain(TOKEN);
  });

  test('an address of a host that is slow to connect is given five seconds, not a quarter of one', async () => {
    const tell =
      "import net from 'node:net'; process.on('exit', () => console.error(net.getDefaultAutoSelectFamilyAttemptTimeout()))";

    const { code, stderr } = await okta(['--version'], {
      NODE_OPTIONS: `--import=data:text/javascript,${encodeURIComponent(tell)}`,
    });

    expect([code, stderr.trim()]).toEqual([0, '5000']);
  });

  test('a second signal ends it at once', async () => {
    const { url, asked } = await listen();
    const { child, ended } = start(['dry-run'], { OKTA_BASE_URL: url, OKTA_API_TOKEN: TOKEN });

    await asked;
    child.kill('SIGTERM');
    child.kill('SIGINT');

    expect([130, 143]).toContain((await ended).code);
  });
});

describe('cli, compiled code', () => {
  function makeFolder(): string {
    const folder = mkdtempSync(join(tmpdir(), 'okta-ocsf-cache-'));
    onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
    return folder;
  }
  const version = { code: 0, stdout: expect.stringMatching(/^\d/), stderr: '' };

  test("is kept in the user's folder for such things, and nowhere else", async () => {
    const [cache, home] = [makeFolder(), makeFolder()];

    expect(await okta(['--version'], { XDG_CACHE_HOME: cache, HOME: home })).toEqual(version);
    expect(readdirSync(cache)).toEqual(['okta-ocsf']);
    expect(readdirSync(join(cache, 'okta-ocsf'))).not.toEqual([]);
    expect(readdirSync(home)).toEqual([]);

    expect(await okta(['--version'], { HOME: home })).toEqual(version);
    expect(readdirSync(home)).toEqual(['.cache']);
    expect(readdirSync(join(home, '.cache'))).toEqual(['okta-ocsf']);
  });

  test('is not kept where everybody may write, where there is no folder, or where it is a file', async () => {
    const open = makeFolder();
    chmodSync(open, 0o777);
    const missing = join(makeFolder(), 'missing');
    const taken = makeFolder();
    writeFileSync(join(taken, 'okta-ocsf'), '');

    for (const folder of [open, missing, taken])
      expect(await okta(['--version'], { XDG_CACHE_HOME: folder })).toEqual(version);

    expect(readdirSync(open)).toEqual([]);
    expect(existsSync(missing)).toBe(false);
    expect(readdirSync(taken)).toEqual(['okta-ocsf']);
  });
});
