/**
 * Preloaded into a measured process: tells on descriptor 3, when it ends, which statements and transactions took longer
 * than 50 ms, the longest time for which the event loop stood still, and the CPU time.
 */
import { writeSync } from 'node:fs';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { DatabaseSync, StatementSync } from 'node:sqlite';

const LEAST_MS = 50;
const RESOLUTION_MS = 10;

interface Slow {
  count: number;
  longestMs: number;
}

const slow = new Map<string, Slow>();
const delay = monitorEventLoopDelay({ resolution: RESOLUTION_MS });
let transactionStartedAt: number | undefined;

function note(what: string, startedAt: number): void {
  const ms = Math.round(performance.now() - startedAt);
  if (ms < LEAST_MS) return;
  const key = what.replaceAll(/\s+/g, ' ').trim().slice(0, 240);
  const { count, longestMs } = slow.get(key) ?? { count: 0, longestMs: 0 };
  slow.set(key, { count: count + 1, longestMs: Math.max(longestMs, ms) });
}

/** Calls the method as before, and hands its text and start on to `note`. */
function time(
  prototype: object,
  name: string,
  nameOf: (self: object, first: unknown) => string | undefined,
): void {
  const value: unknown = Reflect.get(prototype, name);
  if (typeof value !== 'function') throw new Error(`there is no method ${name}`);
  Reflect.set(prototype, name, function timed(this: object, ...given: unknown[]): unknown {
    const startedAt = performance.now();
    try {
      return Reflect.apply(value, this, given);
    } finally {
      const what = nameOf(this, given[0]);
      if (what !== undefined) note(what, startedAt);
    }
  });
}

function noteTransaction(sql: string): void {
  if (sql.startsWith('BEGIN')) transactionStartedAt = performance.now();
  if (sql !== 'COMMIT' || transactionStartedAt === undefined) return;
  note('a transaction', transactionStartedAt);
  transactionStartedAt = undefined;
}

for (const name of ['run', 'get', 'all'])
  time(StatementSync.prototype, name, (self) => String(Reflect.get(self, 'sourceSQL')));
time(DatabaseSync.prototype, 'exec', (_, sql) => {
  noteTransaction(String(sql));
  return String(sql);
});
time(DatabaseSync.prototype, 'close', () => 'close');
delay.enable();

process.on('exit', () => {
  const longestStandstillMs = Math.round(delay.max / 1e6);
  const { user, system } = process.cpuUsage();
  const cpuSeconds = Number(((user + system) / 1e6).toFixed(2));
  writeSync(3, JSON.stringify({ cpuSeconds, longestStandstillMs, slow: Object.fromEntries(slow) }));
});
