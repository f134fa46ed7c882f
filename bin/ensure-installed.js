// Installs what package-lock.json asks for, when it is not there yet. The `pre` scripts run it, so that
// `npm run demo` and `npm test` are all a fresh machine needs. Runs on Node 20; says everything on stderr.
import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { constants, tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';

const PRODUCT_NODE = 24;
const WAIT_STEP_MS = 200;
const STDERR = 2;

/** @type {('SIGHUP' | 'SIGINT' | 'SIGTERM')[]} */
const STOP_SIGNALS = ['SIGHUP', 'SIGINT', 'SIGTERM'];
/** @type {'SIGHUP' | 'SIGINT' | 'SIGTERM' | undefined} */
let stoppedBy;

const root = fileURLToPath(new URL('..', import.meta.url));

if (!isInstalled()) await withLock(installUnlessInstalled);

/** @param {string} lock */
async function installUnlessInstalled(lock) {
  if (isInstalled()) return;
  console.error('okta-ocsf: installing what package-lock.json asks for (npm ci) ...');
  const { status, signal, error } = await runNpm(lock, [
    'ci',
    '--include=dev',
    '--loglevel=error',
    '--no-progress',
  ]);
  if (stoppedBy !== undefined) process.exitCode = 128 + constants.signals[stoppedBy];
  else if (error !== undefined) fail(error.message);
  else if (status !== 0) fail('npm ci ended with ' + (signal ?? status));
  else if (!isInstalled()) fail('something is still missing');
}

/** @param {string} reason */
function fail(reason) {
  console.error(
    'okta-ocsf: installing failed: ' +
      reason +
      '. Check that npm reaches its registry and may run the install script of `node`, then run `npm ci`.',
  );
  process.exitCode = 1;
}

/** True when every package of the lock file is there in its version, and a Node that runs the product. */
function isInstalled() {
  const wanted = readPackages('package-lock.json');
  const installed = readPackages('node_modules/.package-lock.json');
  if (wanted === undefined || installed === undefined) return false;
  const fits = Object.entries(wanted).every(([path, { version, integrity, optional }]) => {
    const found = installed[path];
    if (path === '' || (optional && !found)) return true; // optional: another platform's binary
    if (!found || found.version !== version || found.integrity !== integrity) return false;
    return existsSync(join(root, path, 'package.json'));
  });
  return fits && hasProductNode();
}

/**
 * npm keeps what it installed in `node_modules/.package-lock.json`, in the form of the lock file.
 *
 * @typedef {{ version?: string, integrity?: string, optional?: boolean }} LockedPackage
 * @param {string} path
 * @returns {Record<string, LockedPackage> | undefined}
 */
function readPackages(path) {
  try {
    return JSON.parse(readFileSync(join(root, path), 'utf8')).packages;
  } catch {
    return undefined;
  }
}

function hasProductNode() {
  if (Number(process.versions.node.split('.')[0]) >= PRODUCT_NODE) return true;
  return ['node', 'node.cmd'].some((name) => existsSync(join(root, 'node_modules/.bin', name)));
}

/**
 * A signal is passed on, and npm's end waited for: an install that runs on alone would meet the next one.
 *
 * @param {string} lock
 * @param {string[]} args
 * @returns {Promise<{ status: number | null, signal: NodeJS.Signals | null, error?: Error }>}
 */
function runNpm(lock, args) {
  // npm's stdout joins our stderr: the stdout of `npm run --silent okta-ocsf` carries data only.
  /** @type {import('node:child_process').SpawnOptions} */
  const options = { cwd: root, stdio: ['ignore', STDERR, STDERR] };
  const npm = process.env.npm_execpath;
  const child =
    npm !== undefined && basename(npm).startsWith('npm')
      ? spawn(process.execPath, [npm, ...args], options)
      : spawn('npm', args, { ...options, shell: process.platform === 'win32' });
  // Should this process be killed, npm itself holds the lock until it has ended.
  if (child.pid !== undefined) writeFileSync(lock, process.pid + ' ' + child.pid);
  for (const signal of STOP_SIGNALS) {
    process.on(signal, () => {
      stoppedBy ??= signal;
      child.kill(signal);
    });
  }
  return new Promise((resolve) => {
    child.on('error', (error) => resolve({ status: null, signal: null, error }));
    child.on('close', (status, signal) => resolve({ status, signal }));
  });
}

/**
 * One install at a time: a second `npm ci` would delete what the first has just written.
 * The lock is a file with the ids of its owner's processes, outside node_modules, which `npm ci` removes.
 *
 * @param {(lock: string) => Promise<void>} install
 */
async function withLock(install) {
  const lock = join(
    tmpdir(),
    'okta-ocsf-install-' + createHash('sha256').update(root).digest('hex').slice(0, 16),
  );
  let isAnnounced = false;
  while (!mayTake(lock)) {
    if (!isAnnounced)
      console.error('okta-ocsf: waiting for another install of this checkout (' + lock + ') ...');
    isAnnounced = true;
    await sleep(WAIT_STEP_MS);
  }
  try {
    await install(lock);
  } finally {
    rmSync(lock, { force: true });
  }
}

/** @param {string} lock */
function mayTake(lock) {
  try {
    writeFileSync(lock, String(process.pid), { flag: 'wx' });
    return true;
  } catch (error) {
    if (!hasCode(error, 'EEXIST')) throw error;
  }
  if (isOwnerAlive(lock)) return false;
  rmSync(lock, { force: true }); // left behind by an install that was killed
  return mayTake(lock);
}

/** @param {string} lock */
function isOwnerAlive(lock) {
  try {
    const owners = readFileSync(lock, 'utf8');
    return owners === '' || owners.split(' ').some(isAlive); // empty: about to be written
  } catch {
    return false;
  }
}

/** @param {string} id */
function isAlive(id) {
  try {
    return process.kill(Number(id), 0);
  } catch (error) {
    return hasCode(error, 'EPERM');
  }
}

/**
 * @param {unknown} error
 * @param {string} code
 */
function hasCode(error, code) {
  return error instanceof Error && 'code' in error && error.code === code;
}
