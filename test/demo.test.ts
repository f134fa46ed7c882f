import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import { once } from 'node:events';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test, vi } from 'vitest';
import { launch } from './whole-job/launch.fixture.ts';

/** An empty folder that the demo takes for the place of temporary files. */
function makeTemporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'okta-ocsf-test-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/** Settings of a real org and intake, which must never be asked. */
async function listenAsRealOrg() {
  const asked: string[] = [];
  const server = createServer((request, response) => {
    asked.push(`${request.method} ${request.url}`);
    response.writeHead(500).end();
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => void server.close());
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  const url = `http://127.0.0.1:${address.port}`;
  const env = {
    OKTA_BASE_URL: url,
    OKTA_API_TOKEN: '00tokentokentoken',
    SEKOIA_BASE_URL: url,
    SEKOIA_API_KEY_FILE: '/nowhere',
    LOOKUPS: 'nonsense',
    STATE_DIR: '/nowhere',
    HTTPS_PROXY: url,
  };
  return { asked, env };
}

describe('demo', () => {
  test('tells the four stories, the report and the answers to two questions, whatever the environment says', async () => {
    const { asked, env } = await listenAsRealOrg();
    const TMPDIR = makeTemporaryFolder();

    const { code, stdout, stderr } = await launch(['demo'], { env: { ...env, TMPDIR } }).ended;

    expect([code, stderr, asked, readdirSync(TMPDIR)]).toEqual([0, '', [], []]);
    expect(stdout.split('\n').filter((line) => line.length > 100 || /\p{Cc}/u.test(line))).toEqual([]);
    expect(stdout).toMatch(/An administrator through a group: (.+)\n +\1 holds no role\. The group/);
    expect(stdout).toMatch(/\n > +"type": "Admin",\n/);
    expect(stdout).toMatch(/\n > +"privileges": \["Super Organization Administrator"\]\n/);
    expect(stdout).toMatch(/A user without MFA: .+\n[^]*?\n > +user\.has_mfa {2}false\n/);
    expect(stdout).toMatch(/could not be read: .+\n[^]*?\n > +user\.has_mfa {2}\(not there\)\n/);
    expect(stdout).toMatch(
      /how can (.+) open Payroll\?\n[^]*\n > +okta_user "\1" +ASSIGNED okta_application "Payroll", via ".+"\n/,
    );
    expect(stdout).toMatch(/\noutcome +completed with gaps [^]*\nusers +291 {2}listed\n/);
    expect(stdout).toMatch(/\ngaps +1 {2}factors: .*\n +2 {2}factors: /);
    expect(stdout).toMatch(/\nintake +291 {2}events confirmed\n +12 {2}batches, 1 sent again\n/);
    expect(stdout).toMatch(
      /query admins-without-mfa\n\n +uid +login +display_name +status\n +00u[^]*query groups-with-roles\n\n +uid +name +members +roles\n +00g/,
    );
    expect(stdout).toMatch(/\n +export OKTA_API_TOKEN=.+\n[^]*dry-run --limit 5 --pretty\n[^]* sync\n/);
  });

  test('says in one line that it was told to stop, and leaves nothing behind', async () => {
    const TMPDIR = makeTemporaryFolder();
    const { ended, kill } = launch(['demo'], { env: { TMPDIR } });
    const inState = () => readdirSync(TMPDIR, { recursive: true }).map(String);
    await vi.waitUntil(() => inState().some((name) => name.endsWith('-wal')), { timeout: 18_000 });

    kill('SIGINT');
    const { code, stderr } = await ended;

    const said = 'demo stopped by SIGINT before its end; nothing is left behind\n';
    expect([code, stderr, readdirSync(TMPDIR)]).toEqual([130, said, []]);
  });

  test.each([
    ['TMPDIR', '/nowhere'],
    ['LOG_LEVEL', 'loud'],
  ])('says what is wrong with %s=%s, and nothing on stdout', async (name, value) => {
    const TMPDIR = makeTemporaryFolder();

    const { code, stdout, stderr } = await launch(['demo'], { env: { TMPDIR, [name]: value } }).ended;

    expect([code, stdout, readdirSync(TMPDIR)]).toEqual([2, '', []]);
    expect(stderr).toMatch(new RegExp(`^error: ${name} .* - .*\n$`));
  });
});
