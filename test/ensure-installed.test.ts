import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test, vi } from 'vitest';

const SCRIPT = join(import.meta.dirname, '../bin/ensure-installed.js');
const PATIENCE = { timeout: 15_000, interval: 20 };

/** Notes its beginning and end, and ends once the file `go` is there; a signal that asks it to stop takes as long. */
const FAKE_NPM = `
const fs = require('node:fs');
const { join } = require('node:path');
const note = (word) => fs.appendFileSync('log', word + '\\n');
process.on('SIGTERM', () => note('told'));
note('begin');
const timer = setInterval(() => {
  if (!fs.existsSync('go')) return;
  clearInterval(timer);
  fs.mkdirSync('node_modules/a', { recursive: true });
  fs.mkdirSync('node_modules/.bin', { recursive: true });
  fs.writeFileSync('node_modules/a/package.json', '{}');
  fs.writeFileSync('node_modules/.bin/node', '');
  fs.copyFileSync('package-lock.json', 'node_modules/.package-lock.json');
  note('end');
}, 10);
`;

/** A checkout with nothing installed, and an npm that installs when it is let. */
function makeCheckout() {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), 'okta-ocsf-install-')));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  mkdirSync(join(folder, 'bin'));
  mkdirSync(join(folder, 'tmp'));
  cpSync(SCRIPT, join(folder, 'bin/ensure-installed.js'));
  writeFileSync(join(folder, 'package.json'), '{"type":"module"}');
  writeFileSync(
    join(folder, 'package-lock.json'),
    '{"packages":{"":{},"node_modules/a":{"version":"1.0.0"}}}',
  );
  writeFileSync(join(folder, 'npm.cjs'), FAKE_NPM);
  writeFileSync(join(folder, 'log'), '');
  const start = () => {
    const child = spawn(process.execPath, [join(folder, 'bin/ensure-installed.js')], {
      env: { PATH: '', TMPDIR: join(folder, 'tmp'), npm_execpath: join(folder, 'npm.cjs') },
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    let stderr = '';
    child.stderr.on('data', (part: Buffer) => (stderr += part.toString()));
    return { child, stderr: () => stderr, exited: once(child, 'exit').then(([code]: unknown[]) => code) };
  };
  const log = (): string => readFileSync(join(folder, 'log'), 'utf8');
  const letGo = (): void => writeFileSync(join(folder, 'go'), '');
  return { start, log, letGo };
}

test('ensure installed: an install that is told to stop is waited for, and the next start waits too', async () => {
  const { start, log, letGo } = makeCheckout();
  const first = start();
  await vi.waitUntil(() => log() === 'begin\n', PATIENCE);

  first.child.kill('SIGTERM');
  await vi.waitUntil(() => log() === 'begin\ntold\n', PATIENCE);
  const second = start();
  await vi.waitUntil(() => second.stderr().includes('waiting for another install'), PATIENCE);
  letGo();

  expect([await first.exited, await second.exited]).toEqual([143, 0]);
  expect(log()).toBe('begin\ntold\nend\n');
});

test('ensure installed: an install whose starter was killed is waited for', async () => {
  const { start, log, letGo } = makeCheckout();
  const first = start();
  await vi.waitUntil(() => log() === 'begin\n', PATIENCE);

  first.child.kill('SIGKILL');
  await first.exited;
  const second = start();
  await vi.waitUntil(() => second.stderr().includes('waiting for another install'), PATIENCE);
  letGo();

  expect(await second.exited).toBe(0);
  expect(log()).toBe('begin\nend\n');
});
