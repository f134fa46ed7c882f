import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test, vi } from 'vitest';
import { faultsOf } from './output-faults.ts';
import { launch, reportOf, type Launched } from './whole-job/launch.fixture.ts';

const NAMES = [
  'OKTA_BASE_URL',
  'OKTA_API_TOKEN',
  'SEKOIA_BASE_URL',
  'SEKOIA_API_KEY',
  'SEKOIA_CONNECTOR_UUID',
];
/** Limits that nobody reaches: the client learns of them at its first call. */
const FAST = ['--window', '1', '--rate-limit', '100000'];

interface Simulator extends Launched {
  /** The text that it printed once it listened. */
  readonly settings: string;
}

async function simulate(...options: readonly string[]): Promise<Simulator> {
  const launched = launch(['simulator', ...FAST, ...options], { env: {} });
  onTestFinished(async () => {
    launched.kill('SIGKILL');
    await launched.ended;
  });
  await vi.waitUntil(() => launched.stdout().endsWith('\n'), { timeout: 10_000 });
  return { ...launched, settings: launched.stdout() };
}

function makeFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'okta-ocsf-test-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/** The variables that a shell sets from lines to paste. */
function pasted(lines: string): Record<string, string> {
  return Object.fromEntries(
    [...lines.matchAll(/^export (\w+)=(\S+)$/gm)].map(([, name = '', value = '']) => [name, value]),
  );
}

describe('simulator', () => {
  test('prints settings to paste, with which the product reads its org, until it is stopped', async () => {
    const { settings, ended, kill } = await simulate('--users', '40', '--groups', '6', '--odd-users');
    const env = pasted(settings);

    const dryRun = await launch(['dry-run', '--limit', '3'], { env }).ended;
    kill('SIGTERM');
    const { code, stdout, stderr } = await ended;

    expect(Object.keys(env)).toEqual(NAMES);
    expect([dryRun.code, dryRun.stdout.trimEnd().split('\n')]).toEqual([
      0,
      Array(3).fill(expect.any(String)),
    ]);
    expect(JSON.parse(dryRun.stdout.split('\n')[0] ?? '')).toMatchObject({ class_uid: 5003 });
    expect([code, stdout]).toEqual([143, settings]);
    expect(stderr).toMatch(/^simulator: \d+ calls to Okta; 0 of them over a rate limit.*\n$/);
  });

  test('prints the same as one line of JSON for --config, and its intake takes what is pushed', async () => {
    const options = ['--json', '--users', '30', '--deprovisioned-share', '0', '--latency', '1-3'];
    const { settings, ended, kill } = await simulate(...options, '--intake-fault-rate', '1');
    const folder = makeFolder();
    const config = join(folder, 'settings.json');
    writeFileSync(config, settings);

    const env = { STATE_DIR: join(folder, 'state'), BATCH_SIZE: '15', LOG_LEVEL: 'error' };
    const synced = await launch(['sync', '--config', config], { env, fastClock: 'timeouts' }).ended;
    kill('SIGINT');
    const { code, stderr } = await ended;

    expect(settings.trimEnd().split('\n')).toHaveLength(1);
    expect(Object.keys(JSON.parse(settings))).toEqual(NAMES);
    expect(faultsOf('simulator', JSON.parse(settings))).toEqual([]);
    expect(reportOf(synced)).toMatchObject({ outcome: 'completed', intake: { accepted: 30, pending: 0 } });
    expect(reportOf(synced).intake.retries).toBeGreaterThan(0);
    expect(code).toBe(130);
    expect(stderr).toMatch(/; \d+ events in \d+ batches taken\n$/);
  });

  test('says which port cannot be had', async () => {
    const { settings } = await simulate('--users', '1');
    const port = new URL(pasted(settings)['SEKOIA_BASE_URL'] ?? '').port;

    const { code, stdout, stderr } = await launch(['simulator', '--intake-port', port], { env: {} }).ended;

    expect([code, stdout]).toEqual([2, '']);
    expect(stderr).toMatch(/^error: --intake-port cannot be had: .*EADDRINUSE.* - choose another port/);
  });
});
