import { expect, test } from 'vitest';
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
