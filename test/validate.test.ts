import { spawn } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { aUser, someFacets } from '../src/enrich/facets.fixture.ts';
import { officialEvent } from '../src/ocsf/official/official.fixture.ts';

const LAUNCHER = join(import.meta.dirname, '../bin/okta-ocsf.js');
const good = `${JSON.stringify(officialEvent(someFacets(), '1.8.0'))}\n`;
const bad = `${JSON.stringify({ ...officialEvent(someFacets()), type_uid: 5_003_002, time: 1 })}\n`;

interface Ended {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** With no settings at all. */
function run(argv: readonly string[], input = ''): Promise<Ended> {
  const child = spawn(process.execPath, [LAUNCHER, 'validate', ...argv], { env: { PATH: '' } });
  const said = { stdout: '', stderr: '' };
  child.stdout.on('data', (part: Buffer) => (said.stdout += part.toString()));
  child.stderr.on('data', (part: Buffer) => (said.stderr += part.toString()));
  child.stdin.end(input);
  return new Promise((resolve) => {
    child.on('close', (code) => resolve({ code, ...said }));
  });
}

describe('the command validate', () => {
  let folder = '';
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'okta-ocsf-validate-'));
    await writeFile(join(folder, 'good.ndjson'), good);
  });
  afterAll(() => rm(folder, { recursive: true }));

  test('finds nothing wrong with a file of right events, and needs no settings', async () => {
    expect(await run([join(folder, 'good.ndjson')])).toEqual({
      code: 0,
      stdout: '',
      stderr: '1 event, 0 at fault\n',
    });
  });

  test.each([[[]], [['-']]])('tells from stdin (%j) each fault with its line, and exits 4', async (argv) => {
    expect(await run(argv, good + bad)).toEqual({
      code: 4,
      stdout:
        'line 2: type_uid must be 500302\nline 2: time must be at least 100000000000: Unix epoch in milliseconds\n',
      stderr: '2 events, 1 at fault\n',
    });
  });

  test('takes an event with the line separators of Unicode in a name for one line', async () => {
    const facets = someFacets({ user: aUser({ displayName: 'Ana\u2028Ruiz\u2029' }) });

    expect(await run([], `${JSON.stringify(officialEvent(facets, '1.8.0'))}\n${good}`)).toMatchObject({
      code: 0,
      stderr: '2 events, 0 at fault\n',
    });
  });

  test('exits 2 when the file cannot be read', async () => {
    const { code, stdout, stderr } = await run([join(folder, 'nowhere')]);

    expect([code, stdout]).toEqual([2, '']);
    expect(stderr).toContain('nowhere cannot be read: ENOENT');
  });

  test('exits 2 for a dialect that there is not', async () => {
    const { code, stderr } = await run(['--dialect', 'ocsf-9']);

    expect(code).toBe(2);
    expect(stderr).toContain('ocsf-1.8.0');
  });
});
