import { execFileSync, spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { ConfigError } from '../ports/errors.ts';
import { createTestWorld } from '../process/world.fixture.ts';
import { prepareCommand } from './prepare.ts';

function start(tokenFile?: string) {
  const folder = mkdtempSync(join(tmpdir(), 'okta-ocsf-live-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const token = tokenFile ?? join(folder, 'token');
  const config = join(folder, 'settings');
  if (tokenFile === undefined) writeFileSync(token, '00first-token');
  writeFileSync(config, 'OKTA_BASE_URL: https://acme.okta.com\nLOG_LEVEL: info\n');
  const { world, stderr } = createTestWorld({ env: { OKTA_API_TOKEN_FILE: token } });
  const prepared = prepareCommand(world, { configFile: config, requireSink: false });
  const { live, settings } = prepared;
  const followed = live.follow(settings, ['oktaBaseUrl'], (now) => now.oktaApiToken?.reveal());
  return { ...prepared, token, config, stderr, followed };
}

test('compose, live settings: a secret read again is followed at once, and neither it nor the old one is printed', () => {
  const { live, log, token, stderr, followed, world } = start();
  const before = followed();
  writeFileSync(token, '00second-token');

  live.readSecretsAgain(log);
  log.info({}, 'sent 00first-token and 00second-token');
  world.err.write('00second-token\n');

  expect([before, followed()]).toEqual(['00first-token', '00second-token']);
  expect(stderr()).toContain('its file holds another one now');
  expect(stderr()).toContain('sent [hidden] and [hidden]');
  expect(stderr()).not.toMatch(/00(first|second)/);
});

test('compose, live settings: an unchanged, empty or missing file changes nothing and says nothing', () => {
  const { live, log, token, stderr, followed } = start();

  live.readSecretsAgain(log);
  writeFileSync(token, '');
  live.readSecretsAgain(log);
  rmSync(token);
  live.readSecretsAgain(log);

  expect([followed(), stderr()]).toEqual(['00first-token', '']);
});

test('compose, live settings: only the file of the secret is read after a refusal, not the settings', () => {
  const { live, log, config, token } = start();
  writeFileSync(config, 'neither: settings');
  writeFileSync(token, '00second-token');

  live.readSecretsAgain(log);

  expect(live.loaded.settings.oktaApiToken?.reveal()).toBe('00second-token');
  expect(() => live.readAgain()).toThrow(ConfigError);
  expect(live.loaded.settings.oktaApiToken?.reveal()).toBe('00second-token');
});

test('compose, live settings: the secret of another org is not sent to this one', () => {
  const { live, config, token, followed } = start();
  writeFileSync(config, 'OKTA_BASE_URL: https://other.okta.com\n');
  writeFileSync(token, '00second-token');

  live.readAgain();

  expect(followed()).toBe('00first-token');
});

test('compose, live settings: a secret that a run still sends is not printed, however often others follow it', () => {
  const { live, log, config, token, stderr, followed } = start();
  writeFileSync(config, 'OKTA_BASE_URL: https://other.okta.com\n');
  for (const secret of ['00second-token', '00third-token']) {
    writeFileSync(token, secret);
    live.readAgain();
  }

  log.info({}, `sent ${followed()}`);

  expect(stderr()).toContain('sent [hidden]');
});

test('compose, live settings: a pipe that has given its secret is not waited for', () => {
  const folder = mkdtempSync(join(tmpdir(), 'okta-ocsf-live-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const pipe = join(folder, 'pipe');
  execFileSync('sh', ['-c', `mkfifo ${pipe}`]);
  spawn('sh', ['-c', `printf 00first-token > ${pipe}`]);
  const { live, log, followed } = start(pipe);

  live.readSecretsAgain(log);

  expect(followed()).toBe('00first-token');
});
