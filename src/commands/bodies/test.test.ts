import { generateKeyPairSync } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, onTestFinished, test } from 'vitest';
import { prepareCommand } from '../../compose/prepare.ts';
import { createTestWorld, type TestWorld } from '../../process/world.fixture.ts';
import type { World } from '../../process/world.ts';
import { runTest } from './test.ts';

/** Port 9 on loopback: nobody answers there. */
const ENV = {
  OKTA_BASE_URL: 'http://127.0.0.1:9',
  OKTA_API_TOKEN: '00token-that-nobody-may-see',
  SEKOIA_BASE_URL: 'http://127.0.0.1:9',
  SEKOIA_API_KEY: 'key-that-nobody-may-see',
  SEKOIA_CONNECTOR_UUID: 'id-1',
  STATE_DIR: '/dev/null/key-that-nobody-may-see',
  LOG_LEVEL: 'silent',
};

const EC_KEY = generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey.export({
  type: 'pkcs8',
  format: 'pem',
});

function pathOf(name: string): string {
  return fileURLToPath(new URL(`../../../test/private-ca/${name}`, import.meta.url));
}

async function run(given: Partial<World> = {}, json = false): Promise<TestWorld & { readonly code: number }> {
  const testWorld = createTestWorld({ env: ENV, ...given });
  const prepared = prepareCommand(testWorld.world, { requireSink: true });
  const code = await runTest(prepared, { json });
  return { ...testWorld, code };
}

test('the command test: colours the word on a terminal, and only there', async () => {
  const coloured = await run({ isOutputTerminal: true });
  const plain = await run();
  const unwanted = await run({ isOutputTerminal: true, env: { ...ENV, NO_COLOR: '1' } });

  expect(coloured.stdout()).toContain('\u001B[32mpassed \u001B[0m  Settings');
  expect(coloured.stdout()).toContain('\u001B[31mfailed \u001B[0m  Okta org');
  expect(plain.stdout() + unwanted.stdout()).not.toContain('\u001B');
});

test('the command test: JSON is never coloured, and nothing shows a secret', async () => {
  const { code, stdout } = await run({ isOutputTerminal: true }, true);

  expect([code, JSON.parse(stdout()).ok]).toEqual([1, false]);
  expect(stdout()).not.toContain('\u001B');
  expect(stdout()).not.toContain('nobody-may-see');
});

test('the command test: a setting without effect is a warning of the first check', async () => {
  const { stdout } = await run({ env: { ...ENV, RISK: 'true' } }, true);

  expect(JSON.parse(stdout()).checks[0]).toMatchObject({
    code: 'settings',
    status: 'warning',
    detail: expect.stringContaining('RISK has no effect'),
  });
});

test('the command test: tells of a certificate for hooks what the worker would find', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'okta-ocsf-tls-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const other = join(folder, 'other.pem');
  writeFileSync(other, EC_KEY);
  const { clock } = createTestWorld().world;
  const found = async (cert: string, key: string, instant = clock.now()): Promise<unknown> => {
    const env = { ...ENV, HOOK_PORT: '0', HOOK_SECRET: 'x'.repeat(32) };
    const tls = { HOOK_TLS_CERT_FILE: cert, HOOK_TLS_KEY_FILE: key };
    const world = { env: { ...env, ...tls }, clock: { ...clock, now: () => instant } };
    const { stdout } = await run(world, true);
    const checks: readonly { readonly code: string }[] = JSON.parse(stdout()).checks;
    return checks.find(({ code }) => code === 'hooks');
  };
  const [cert, key] = [pathOf('server.pem'), pathOf('server-key.pem')];
  const says = (status: string, detail: string) => ({ status, detail: expect.stringContaining(detail) });

  expect([
    await found(cert, key, Date.parse('2027-01-01')),
    await found(cert, key, Date.parse('2026-01-01')),
    await found(cert, key, Date.parse('2127-01-01')),
    await found(cert, join(folder, 'none')),
    await found(cert, other),
    await found(cert, cert),
  ]).toMatchObject([
    says('passed', 'path /okta/events, by https'),
    says('warning', 'is not valid before 2026-11-22'),
    says('warning', 'has expired on 2126-10-29'),
    says('failed', 'HOOK_TLS_KEY_FILE: names a file that cannot be read'),
    says('failed', 'HOOK_TLS_CERT_FILE: begins with a certificate that is not that of the key'),
    says('failed', 'HOOK_TLS_KEY_FILE: holds no private key'),
  ]);
});
