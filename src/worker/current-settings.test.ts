import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { prepareCommand } from '../compose/prepare.ts';
import { createTestWorld } from '../process/world.fixture.ts';
import { CurrentSettings } from './current-settings.ts';

function start(env: (folder: string) => Record<string, string> = () => ({})) {
  const folder = mkdtempSync(join(tmpdir(), 'okta-ocsf-current-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const [config, token] = [join(folder, 'settings'), join(folder, 'token')];
  writeFileSync(config, 'FREQUENCY: 60\n');
  writeFileSync(token, '00first-token');
  const { world, stderr } = createTestWorld({
    env: {
      OKTA_BASE_URL: 'https://acme.okta.com',
      OKTA_API_TOKEN_FILE: token,
      SEKOIA_API_KEY: 'key-key-key',
      SEKOIA_CONNECTOR_UUID: 'id-1',
      ...env(folder),
    },
  });
  const current = new CurrentSettings(
    prepareCommand(world, { configFile: config, requireSink: true }),
    config,
  );
  return { current, config, token, stderr };
}

test('worker, current settings: what has changed in a file of settings or of a secret counts after SIGHUP', () => {
  const { current, config, token, stderr } = start();
  writeFileSync(config, 'FREQUENCY: 30\n');
  writeFileSync(token, '00second-token');

  current.hangUp();

  expect(current.timetable.nextAfter(0)).toBe(30_000);
  expect(current.read().settings.oktaApiToken?.reveal()).toBe('00second-token');
  expect(stderr()).toContain(
    '"frequency_seconds":30,"msg":"settings read again: LOG_LEVEL and credentials count at once',
  );
});

test('worker, current settings: after SIGHUP the log says which settings are probably a mistake, and before a run it does not', () => {
  const { current, config, stderr } = start();
  writeFileSync(config, 'FREQUENCY: 30\nRISK: true\n');

  current.read();
  const before = stderr();
  current.hangUp();

  expect(before).toBe('');
  expect(stderr()).toMatch(/"level":"warn".*"setting":"RISK".*check the settings/);
});

test('worker, current settings: FREQUENCY is read again before each run, too', () => {
  const { current, config } = start();
  writeFileSync(config, 'FREQUENCY: 45\n');

  current.read();

  expect(current.timetable.nextAfter(0)).toBe(45_000);
});

test('worker, current settings: a mistake is logged, and the old settings stay', () => {
  const { current, config, stderr } = start();
  writeFileSync(config, 'FREQUENCY: often\n');

  current.hangUp();

  expect(current.timetable.nextAfter(0)).toBe(60_000);
  expect(current.read().settings.oktaApiToken?.reveal()).toBe('00first-token');
  expect(stderr()).toMatch(/"level":"error".*FREQUENCY: must be a whole number.*the old ones stay/);
  expect(stderr()).not.toContain('read again');
});

test('worker, current settings: SCHEDULE in its time zone says when runs start, and may come instead of FREQUENCY', () => {
  const { current, config, stderr } = start();
  writeFileSync(config, 'SCHEDULE: "0 3 * * *"\nSCHEDULE_TIME_ZONE: Europe/Paris\n');

  current.hangUp();

  const instant = Date.parse('2026-08-01T00:00:00Z');
  expect(new Date(current.timetable.nextAfter(instant)).toISOString()).toBe('2026-08-01T01:00:00.000Z');
  expect(current.waitsAtFirst).toBe(true);
  expect(stderr()).toContain(
    '"schedule":"0 3 * * *","msg":"settings read again: LOG_LEVEL and credentials count at once',
  );
});

test('worker, current settings: the mark changes when a file of settings or of a secret does, and with SIGHUP', () => {
  const { current, config, token } = start();
  const marks = [current.changeMark(), current.changeMark()];
  writeFileSync(token, '00another');
  marks.push(current.changeMark());
  writeFileSync(config, 'FREQUENCY: 61\n# longer\n');
  marks.push(current.changeMark());
  rmSync(token);
  marks.push(current.changeMark());
  current.hangUp();
  marks.push(current.changeMark());

  expect(current.files).toEqual([config, token]);
  expect(new Set(marks).size).toBe(5);
  expect(marks[0]).toBe(marks[1]);
});

test('worker, current settings: where systemd hands out a secret, the hint says that the file is a copy', () => {
  const other = start(() => ({ CREDENTIALS_DIRECTORY: '/run/credentials/another.service' }));
  const ours = start((folder) => ({ CREDENTIALS_DIRECTORY: folder }));

  expect(start().current.filesToChange.hint).toBeUndefined();
  expect(other.current.filesToChange.hint).toBeUndefined();
  expect(ours.current.filesToChange.hint).toMatch(/holds copies: .* LoadCredential of the unit names/);
});
