#!/usr/bin/env node
// Plain JavaScript without newer syntax, so that an old Node can still say what it lacks.
import { existsSync, statSync } from 'node:fs';
// An old Node lacks some of its names, which is an error in a list of names.
import * as nodeModule from 'node:module';
import { isAbsolute, join } from 'node:path';
import { setFlagsFromString } from 'node:v8';

// Before 24.5 an agent ignores its proxy and goes straight.
const OLDEST_NODE = '24.5';

if (isOlder(process.versions.node, OLDEST_NODE)) {
  console.error(
    'okta-ocsf needs Node ' +
      OLDEST_NODE +
      ' or newer and this is Node ' +
      process.versions.node +
      '. ' +
      'From a checkout, `npm run --silent okta-ocsf -- <command>` brings its own.',
  );
  process.exitCode = 2;
} else {
  stopAtEarlySignals();
  silenceSqliteWarning();
  keepHeapSmall();
  keepCompiledCode();
  // A checkout runs its sources, so that a build left behind never runs in their place; packages hold none.
  const source = new URL('../src/main.ts', import.meta.url);
  const main = existsSync(source) ? source : new URL('../dist/main.js', import.meta.url);
  import(main.href).catch(reportCrash);
}

/**
 * @param {string} version
 * @param {string} than
 */
function isOlder(version, than) {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  const [oldestMajor = 0, oldestMinor = 0] = than.split('.').map(Number);
  return major < oldestMajor || (major === oldestMajor && minor < oldestMinor);
}

/**
 * Until src/main.ts is loaded and listens itself, a signal ends the process at once: as process 1 of a container it
 * would be lost otherwise. `worker` counts a stop as done (0), and SIGHUP only makes it read settings, as it is about to.
 */
function stopAtEarlySignals() {
  const isWorker = ['worker', 'user_okta_asset_connector'].includes(commandName() ?? '');
  for (const [signal, code] of [
    ['SIGHUP', 129],
    ['SIGINT', 130],
    ['SIGTERM', 143],
  ]) {
    process.on(String(signal), () => {
      if (!isWorker) process.exit(Number(code));
      if (signal !== 'SIGHUP') process.exit(0);
    });
  }
  // Node would open its debugger, and with it the tokens that this process holds.
  if (process.platform !== 'win32') process.on('SIGUSR1', () => {});
  // A worker is asked to look for requests, which it does anyway when it has started.
  if (process.platform !== 'win32') process.on('SIGUSR2', () => {});
}

function commandName() {
  const args = process.argv.slice(2);
  return args.find((arg, at) => !arg.startsWith('-') && args[at - 1] !== '--config');
}

/** @param {unknown} error */
function reportCrash(error) {
  console.error(error);
  process.exitCode = 1;
}

/** node:sqlite is dependable in Node 24 and still announces itself as experimental. Other warnings stay. */
function silenceSqliteWarning() {
  const emitWarning = process.emitWarning.bind(process);
  /**
   * @param {string | Error} warning
   * @param {...any} details
   */
  process.emitWarning = function emitAllButSqlite(warning, ...details) {
    const type = typeof details[0] === 'object' && details[0] !== null ? details[0].type : details[0];
    if (type === 'ExperimentalWarning' && String(warning).startsWith('SQLite')) return;
    emitWarning(warning, ...details);
  };
}

/**
 * V8 lets garbage pile up to several times of what is in use before it clears: 300 MB for a run that needs 40. A run waits
 * for Okta nearly all the time, so that clearing earlier costs nothing (docs/decisions/0007-keep-the-heap-small.md).
 */
function keepHeapSmall() {
  setFlagsFromString('--semi-space-growth-factor=1');
  setFlagsFromString('--heap-growing-percent=50');
  // Code is compiled in less memory, and cleared when it no longer runs.
  setFlagsFromString('--no-maglev-inlining');
  setFlagsFromString('--flush-baseline-code');
}

/**
 * Compiling takes half the time of a start, so its result is kept where users keep such things. That is code, so it is
 * read only from a folder of this very user that nobody else may write: not from a shared /tmp, and not by root from the
 * home of the user who called sudo. Where there is no such folder, or it cannot be written, nothing is kept.
 */
function keepCompiledCode() {
  const { XDG_CACHE_HOME, LOCALAPPDATA, HOME = '' } = process.env;
  const base = process.platform === 'win32' ? (LOCALAPPDATA ?? '') : (XDG_CACHE_HOME ?? HOME);
  if (!isAbsolute(base) || !isOnlyOurs(base)) return;
  nodeModule.enableCompileCache(join(base, base === HOME ? '.cache' : '', 'okta-ocsf'));
}

/** @param {string} folder */
function isOnlyOurs(folder) {
  try {
    const { uid, mode } = statSync(folder);
    return process.getuid === undefined || (uid === process.getuid() && (mode & 0o002) === 0);
  } catch {
    return false;
  }
}
