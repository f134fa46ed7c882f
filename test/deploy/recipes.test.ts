import { cpSync, globSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { parse } from 'yaml';
import * as z from 'zod';
import { loadSettings } from '../../src/settings/load.ts';
import { SETTING_ROWS } from '../../src/settings/table.ts';
import { run } from './programs.fixture.ts';
import { hasProgram } from './prometheus.fixture.ts';

const FOLDER = join(import.meta.dirname, '../../deploy');
const LAUNCHER = join(import.meta.dirname, '../../bin/okta-ocsf.js');

const Compose = z.object({
  services: z.object({
    'okta-ocsf': z.object({
      env_file: z.string(),
      environment: z.undefined().optional(),
      volumes: z.array(z.object({ type: z.string(), target: z.string(), read_only: z.boolean().optional() })),
      ports: z.array(z.string()),
      healthcheck: z.object({ test: z.array(z.string()) }),
      read_only: z.literal(true),
      cap_drop: z.tuple([z.literal('ALL')]),
    }),
  }),
});

function scratch(): string {
  const folder = mkdtempSync(join(tmpdir(), 'okta-ocsf-deploy-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

function read(name: string): string {
  return readFileSync(join(FOLDER, name), 'utf8');
}

/** The lines `NAME=value` of an example of settings; those that are commented out too. */
function exampleSettings({ isCommentedOut }: { isCommentedOut: boolean }): [string, string][] {
  return read('okta-ocsf.env.example')
    .split('\n')
    .flatMap((line): [string, string][] => {
      const [, mark = '', name = '', value = ''] = /^(#?)([A-Z_]+)=(.*)$/.exec(line) ?? [];
      return name !== '' && (mark === '#') === isCommentedOut ? [[name, value]] : [];
    });
}

test('deploy, compose: secrets are files of a read-only folder, state is a volume, and only this machine may look', () => {
  const service = Compose.parse(parse(read('compose.yaml'))).services['okta-ocsf'];

  expect(service.volumes).toEqual([
    { type: 'volume', target: '/var/lib/okta-ocsf' },
    { type: 'bind', target: '/run/secrets', read_only: true },
  ]);
  expect(service.ports.every((port) => port.startsWith('127.0.0.1:'))).toBe(true);
  expect(service.healthcheck.test[0]).toBe('CMD');
});

test('deploy, compose: the settings of its example are accepted, and hold no secret', () => {
  const folder = scratch();
  const settings = exampleSettings({ isCommentedOut: false });
  const secrets = new Set<string>(SETTING_ROWS.filter(({ isSecret }) => isSecret).map(({ name }) => name));
  const inPlace = settings.map(([name, value]): [string, string] => {
    if (!value.startsWith('/run/secrets/')) return [name, value];
    writeFileSync(join(folder, name), '00aBcDeFgHiJkLmNoPqRsTuVwXyZ0123456789-_ab', { mode: 0o600 });
    return [name, join(folder, name)];
  });

  expect(loadSettings(Object.fromEntries(inPlace), { requireSink: true }).settings.oktaBaseUrl).toBe(
    'https://acme.okta.com',
  );
  const known = new Set(SETTING_ROWS.map(({ name }) => name));
  for (const [name] of [...settings, ...exampleSettings({ isCommentedOut: true })]) {
    expect(secrets).not.toContain(name);
    expect([name, name.replace(/_FILE$/, '')].some((each) => known.has(each))).toBe(true);
  }
});

test.skipIf(!hasProgram('docker-compose'))(
  'deploy, compose: docker-compose reads it (skipped without docker-compose)',
  async () => {
    const folder = scratch();
    cpSync(join(FOLDER, 'compose.yaml'), join(folder, 'compose.yaml'));
    cpSync(join(FOLDER, 'okta-ocsf.env.example'), join(folder, 'okta-ocsf.env'));

    expect(await run('docker-compose', ['-f', join(folder, 'compose.yaml'), 'config', '-q'])).toEqual({
      code: 0,
      output: '',
    });
  },
);

/** The units in a folder, with the launcher of this checkout in place of the installed one, which is not there. */
function units(): string[] {
  const folder = scratch();
  return readdirSync(join(FOLDER, 'systemd')).map((name) => {
    const path = join(folder, name);
    writeFileSync(path, read(`systemd/${name}`).replace('/opt/okta-ocsf/bin/okta-ocsf', LAUNCHER));
    return path;
  });
}

test.skipIf(!hasProgram('systemd-analyze'))(
  'deploy, systemd: systemd-analyze finds no fault in the units, and little exposure (skipped without systemd)',
  async () => {
    const paths = units();

    expect(await run('systemd-analyze', ['verify', ...paths])).toEqual({ code: 0, output: '' });

    // The threshold is in tenths: 1.5 of 10.
    const services = paths.filter((path) => path.endsWith('.service'));
    const score = await run('systemd-analyze', ['security', '--offline=yes', '--threshold=15', ...services]);
    expect(score).toMatchObject({ code: 0 });
  },
);

test('deploy, systemd: the two services are hardened alike, and secrets come as credentials alone', () => {
  const [worker = '', sync = ''] = ['okta-ocsf', 'okta-ocsf-sync'].map((name) =>
    read(`systemd/${name}.service`).replace(/[^]*(?=# A user for this service alone)/, ''),
  );

  expect(sync.trim()).toBe(worker.replace(/\[Install\][^]*/, '').trim());
  expect(worker).toContain('LoadCredential=okta_api_token:');
  for (const { name } of SETTING_ROWS.filter(({ isSecret }) => isSecret)) {
    expect(worker).not.toContain(`Environment=${name}=`);
  }
});

test('deploy, docs: each recipe that the page of operations names is there', () => {
  const page = readFileSync(join(FOLDER, '../docs/operations.md'), 'utf8');
  const named = [...page.matchAll(/(?:^|[^\w/-])deploy\/([\w./*-]*[\w*/])/gm)].map(([, path = '']) => path);

  expect(named).toContain('compose.yaml');
  expect(named.filter((pattern) => globSync(pattern, { cwd: FOLDER }).length === 0)).toEqual([]);
});
