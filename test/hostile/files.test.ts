import { chmod, mkdtemp, readdir, readFile, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect } from 'vitest';
import { DEFAULT_TOKEN } from '../../src/simulator/index.ts';
import { toldLines } from '../whole-job/launch.fixture.ts';
import { SOON, test as staged } from '../whole-job/stage.fixture.ts';

const modeOf = async (path: string): Promise<string> => ((await stat(path)).mode & 0o777).toString(8);

async function modesIn(folder: string): Promise<Record<string, string>> {
  const names = await readdir(folder);
  const modes = await Promise.all(names.map((name) => modeOf(join(folder, name))));
  return Object.fromEntries(names.map((name, at) => [name, modes[at] ?? '']));
}

/** A folder that everybody may pass, as /run is. */
const test = staged.extend('open', async ({ onTestFinished }) => {
  const folder = await mkdtemp(join(tmpdir(), 'okta-ocsf-open-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  await chmod(folder, 0o755);
  return folder;
});

describe('hostile input, files: what is written', () => {
  test('is for its owner alone, also where the umask allows everything', async ({
    makeStage,
    onTestFinished,
  }) => {
    const { intake, stateDir, start } = await makeStage({ intake: { delayMs: 500 } });
    const before = process.umask(0);
    onTestFinished(() => void process.umask(before));
    const folder = join(stateDir, 'made', 'by us');
    const report = join(stateDir, 'report.json');

    const { ended } = start(['sync', '--report', report], { env: { STATE_DIR: folder } });
    process.umask(before);
    await expect.poll(() => intake.requests.length, SOON).toBeGreaterThan(0);
    const during = await modesIn(folder);
    const { code } = await ended;

    expect(code).toBe(0);
    expect(Object.keys(during)).toEqual(
      expect.arrayContaining([
        'inventory.db',
        'inventory.db-wal',
        'inventory.db-shm',
        'lock.db',
        'lock.holder',
      ]),
    );
    expect(new Set([...Object.values(during), ...Object.values(await modesIn(folder))])).toEqual(
      new Set(['600']),
    );
    expect([await modeOf(folder), await modeOf(join(stateDir, 'made')), await modeOf(report)]).toEqual([
      '700',
      '700',
      '600',
    ]);
  });
});

describe('hostile input, files: a symbolic link', () => {
  test('in the place of the report is refused before anything is asked, and its target stays', async ({
    makeStage,
    open,
  }) => {
    const { okta, run } = await makeStage();
    const [target, link] = [join(open, 'precious'), join(open, 'report.json')];
    await writeFile(target, 'precious');
    await symlink(target, link);

    const ended = await run(['sync', '--report', link]);

    expect([ended.code, okta.tally.total]).toEqual([2, 0]);
    expect(toldLines(ended)).toEqual([
      expect.stringMatching(/^error: --report .*report\.json is a symbolic link/),
    ]);
    expect(await readFile(target, 'utf8')).toBe('precious');
  });

  test.for(['lock.holder', 'inventory.db'])(
    'named %s in STATE_DIR ends the run before anything is asked, and its target stays',
    async (name, { makeStage, open }) => {
      const { okta, stateDir, run } = await makeStage();
      const target = join(open, 'precious');
      await writeFile(target, 'precious');
      await symlink(target, join(stateDir, name));

      const ended = await run(['sync']);

      expect([ended.code, okta.tally.total]).toEqual([1, 0]);
      expect(toldLines(ended)[0]).toContain(`${join(stateDir, name)} is a symbolic link`);
      expect(await readFile(target, 'utf8')).toBe('precious');
    },
  );
});

describe('hostile input, files: a warning', () => {
  const WARNING = 'every user of this machine can read a file that holds a secret';

  function warnings(stderr: string): unknown[] {
    return stderr
      .split('\n')
      .filter((line) => line.includes(WARNING))
      .map((line): unknown => JSON.parse(line));
  }

  test('names a file with a secret that others can read, once, and what to do', async ({
    makeStage,
    open,
  }) => {
    const { run } = await makeStage();
    const [token, config] = [join(open, 'token'), join(open, 'settings.yaml')];
    const key = join(open, 'tls.key');
    await writeFile(key, 'a key', { mode: 0o644 });
    await writeFile(token, DEFAULT_TOKEN, { mode: 0o644 });
    await writeFile(config, 'SEKOIA_API_KEY: simulated-key\nHTTPS_PROXY: ""\n', { mode: 0o644 });

    const hooks = { HOOK_PORT: '8443', HOOK_TLS_KEY_FILE: key };
    const env = { OKTA_API_TOKEN: '', OKTA_API_TOKEN_FILE: token, SEKOIA_API_KEY: '', ...hooks };
    const { stderr } = await run(['--config', config, 'dry-run', '--limit', '1'], { env });

    expect(warnings(stderr)).toMatchObject([
      { level: 'warn', file: token, hint: expect.stringContaining(`chmod 600 ${token}`) },
      { level: 'warn', file: config },
      { level: 'warn', file: key },
    ]);
  });

  test.for([
    ['only its owner can read it', 0o600, 0o755],
    ['its group can read it', 0o640, 0o755],
    ['the folder lets nobody pass', 0o644, 0o700],
  ] as const)('is not given where %s', async ([, mode, ofFolder], { makeStage, open }) => {
    const { run } = await makeStage();
    const token = join(open, 'token');
    await writeFile(token, DEFAULT_TOKEN, { mode });
    await chmod(open, ofFolder);

    const env = { OKTA_API_TOKEN: '', OKTA_API_TOKEN_FILE: token };
    const { code, stderr } = await run(['dry-run', '--limit', '1'], { env });

    expect([code, warnings(stderr)]).toEqual([0, []]);
  });

  test('is not given over a file of settings without secrets', async ({ makeStage, open }) => {
    const { run } = await makeStage();
    const config = join(open, 'settings.yaml');
    await writeFile(config, 'BATCH_SIZE: 10\nOKTA_API_TOKEN: overruled\n', { mode: 0o644 });

    const { stderr } = await run(['--config', config, 'dry-run', '--limit', '1']);

    expect(warnings(stderr)).toEqual([]);
  });
});
