import { mkdtempSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { loadSettings } from './load.ts';
import { givenSecrets, secretAges } from './secret-ages.ts';

const STARTED_AT = Date.parse('2026-08-01T10:00:00Z');
const CHANGED_AT = Date.parse('2026-07-01T10:00:00Z');

test('settings, secret ages: a secret is as old as its file, else as the process, and one whose file is gone has no age', () => {
  const folder = mkdtempSync(join(tmpdir(), 'okta-ocsf-secret-ages-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const [token, config] = [join(folder, 'token'), join(folder, 'config.json')];
  writeFileSync(token, '00token-that-nobody-may-see');
  writeFileSync(config, JSON.stringify({ REDACT_KEY: 'k'.repeat(32), REDACT: 'email=hash' }));
  for (const path of [token, config]) utimesSync(path, CHANGED_AT / 1000, CHANGED_AT / 1000);
  const { given } = loadSettings(
    {
      OKTA_BASE_URL: 'https://acme.okta.com',
      OKTA_API_TOKEN_FILE: token,
      SEKOIA_API_KEY: 'another-key-that-nobody-may-see',
      SEKOIA_CONNECTOR_UUID: 'b2e2e2c7-1a3e-4b7a-9c2d-8e4f3a6b7c9d',
    },
    { configFile: config, requireSink: true },
  );

  const secrets = givenSecrets(given);
  expect(
    secretAges(secrets, STARTED_AT).toSorted((one, other) => (one.setting < other.setting ? -1 : 1)),
  ).toEqual([
    { setting: 'OKTA_API_TOKEN', since: 'file', at: CHANGED_AT },
    { setting: 'REDACT_KEY', since: 'file', at: CHANGED_AT },
    { setting: 'SEKOIA_API_KEY', since: 'start', at: STARTED_AT },
  ]);

  rmSync(token);
  expect(secretAges(secrets, STARTED_AT).map(({ setting }) => setting)).not.toContain('OKTA_API_TOKEN');
});
