import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { expect, test } from 'vitest';
import { cli } from '../../src/cli.ts';
import { createFolder, type Scene } from '../../src/inventory/sqlite/inventory.fixture.ts';
import { createTestWorld } from '../../src/process/world.fixture.ts';
import { HOST, plantAll, plantUsers } from './planted.fixture.ts';

/** As a user would: with nothing but the folder of the inventory. */
async function exportOf({ folder }: Scene, ...options: readonly string[]) {
  const { world, stdout, stderr } = createTestWorld({ env: { STATE_DIR: folder, LOG_LEVEL: 'silent' } });
  const code = await cli(['graph', 'export', ...options], world);
  return { code, stdout: stdout(), stderr: stderr() };
}

test('needs no credential, and prints data alone on stdout', async () => {
  const { code, stdout, stderr } = await exportOf(await plantAll());

  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  const lines = stdout.trimEnd().split('\n');
  expect(JSON.parse(lines[0] ?? '')).toMatchObject({ _meta: { host: HOST, selection: null } });
  expect(lines.length).toBeGreaterThan(50);
});

test('says which lists no run has read', async () => {
  const { code, stderr } = await exportOf(await plantUsers(), '--format', 'opengraph');

  expect(code).toBe(0);
  expect(stderr).toContain('ASSETS=apps,devices,org,rules');
});

test('refuses to print a database or a folder', async () => {
  const { code, stdout, stderr } = await exportOf(await plantUsers(), '--format', 'sqlite');

  expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
  expect(stderr).toContain('--out');
});

test('replaces a database by one that any program reads, for its owner alone, with the same bytes each time', async () => {
  const scene = await plantAll();
  const [out, again] = [join(createFolder(), 'okta.db'), join(createFolder(), 'okta.db')];
  writeFileSync(out, 'old', { mode: 0o644 });

  const made = await exportOf(scene, '--format', 'sqlite', '--out', out);
  await exportOf(scene, '--format', 'sqlite', '--out', again);

  expect(made).toEqual({ code: 0, stdout: '', stderr: '' });
  expect(statSync(out).mode & 0o777).toBe(0o600);
  expect(readFileSync(out).equals(readFileSync(again))).toBe(true);
  const database = new DatabaseSync(out, { readOnly: true });
  const ways = database.prepare('SELECT how, count(*) AS count FROM access GROUP BY how ORDER BY how').all();
  const [meta] = database.prepare("SELECT value FROM meta WHERE name = 'host'").all();
  const [unknown] = database.prepare('SELECT count(*) AS count FROM users WHERE has_mfa IS NULL').all();
  database.close();
  expect(ways.map((row) => ({ ...row }))).toEqual([
    { how: 'direct', count: 4 },
    { how: 'group', count: expect.any(Number) },
    { how: 'okta-says-group', count: expect.any(Number) },
  ]);
  expect(meta?.['value']).toBe(HOST);
  expect(unknown?.['count']).toBeGreaterThan(0);
});

test('leaves nothing of another name behind', async () => {
  const folder = join(createFolder(), 'csv');

  const { code } = await exportOf(await plantUsers(), '--format', 'neo4j', '--out', folder);

  expect(code).toBe(0);
  expect(readdirSync(folder).filter((name) => !/^(nodes|relationships)-\w+\.csv$/u.test(name))).toEqual([]);
  expect(existsSync(join(folder, 'nodes-okta_rule.csv'))).toBe(true);
});
