#!/usr/bin/env node
// Plain JavaScript without newer syntax, so that an old Node can still say what it lacks.
import { existsSync } from 'node:fs';

const OLDEST_NODE = 24;

if (Number(process.versions.node.split('.')[0]) < OLDEST_NODE) {
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
  silenceSqliteWarning();
  // A checkout runs its sources, so that a build left behind never runs in their place; packages hold none.
  const source = new URL('../src/main.ts', import.meta.url);
  const main = existsSync(source) ? source : new URL('../dist/main.js', import.meta.url);
  import(main.href).catch(reportCrash);
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
