/** A real worker that a script measures, and how what it delivered differs from the truth. */
import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { isDeepStrictEqual } from 'node:util';
import * as z from 'zod';
import type { IntakeServer, SimulatedOrg } from '../src/simulator/index.ts';
import { expectedSekoiaEvent } from './truth.ts';

export const LAUNCHER = join(import.meta.dirname, '../bin/okta-ocsf.js');

type Line = Readonly<Record<string, unknown>>;
const record = z.record(z.string(), z.unknown());

export interface MeasuredWorker {
  readonly pid: number;
  readonly kill: (signal: NodeJS.Signals) => void;
  readonly ended: Promise<number | null>;
  /** Its address, once it listens. */
  readonly url: () => Promise<string>;
  /** Everything it logged so far. */
  readonly lines: () => readonly Line[];
  readonly linesOf: (message: string) => readonly Line[];
  readonly rssMegabytes: () => number;
}

export function startMeasuredWorker(
  env: Record<string, string>,
  args: readonly string[] = [],
): MeasuredWorker {
  const child = spawn(process.execPath, [LAUNCHER, 'worker', ...args], {
    env,
    stdio: ['ignore', 'inherit', 'pipe'],
  });
  const { pid } = child;
  if (pid === undefined) throw new Error('the worker does not start');
  const lines: Line[] = [];
  let rest = '';
  child.stderr.on('data', (part) => {
    const parts = `${rest}${String(part)}`.split('\n');
    rest = parts.pop() ?? '';
    for (const each of parts)
      lines.push(each.startsWith('{') ? record.parse(JSON.parse(each)) : { msg: each });
  });
  const linesOf = (message: string): Line[] => lines.filter(({ msg }) => msg === message);
  return {
    pid,
    kill: (signal) => child.kill(signal),
    ended: new Promise((resolve) => child.on('close', resolve)),
    async url() {
      while (linesOf('worker started').length === 0) await sleep(20);
      return String(linesOf('worker started')[0]?.['url']);
    },
    lines: () => lines,
    linesOf,
    rssMegabytes() {
      const pages = Number(readFileSync(`/proc/${pid}/statm`, 'utf8').split(' ')[1]);
      return Math.round((pages * 4096) / 1024 / 1024);
    },
  };
}

/** Where the intake's newest events do not say what is true of the org now: users by what differs. */
export function countDifferences(org: SimulatedOrg, intake: IntakeServer): Record<string, number> {
  const newest = intake.latestByUid();
  const wanted = org.users.filter(({ status }) => status !== 'DEPROVISIONED');
  return countBy(
    wanted.flatMap(({ id }) => {
      const [given, expected] = [newest.get(id), expectedSekoiaEvent(org, id)];
      if (given === undefined) return expected === undefined ? [] : ['missing'];
      const wrong = fieldsOf(expected).filter(
        (field) => !isDeepStrictEqual(get(given, field), get(expected, field)),
      );
      for (const field of wrong)
        tell(`${id} ${field}, said and true`, [get(given, field), get(expected, field)]);
      return wrong;
    }),
  );
}

function fieldsOf(event: unknown): string[] {
  const user = Object.keys(z.object({ user: z.looseObject({}) }).parse(event).user);
  return [...user.map((name) => `user.${name}`), 'enrichments', 'time'];
}

/** A log-in moves no stamp and marks nobody: full runs alone bring `last_logon`. */
function get(event: unknown, field: string): unknown {
  const value = field.split('.').reduce((found: unknown, name) => record.parse(found)[name], event);
  return field === 'enrichments' ? JSON.stringify(value).replace(/"last_logon":"[^"]*",?/, '') : value;
}

export function countBy(keys: readonly string[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const key of keys) counts[key] = (counts[key] ?? 0) + 1;
  return counts;
}

export function tell(what: string, value: unknown): void {
  process.stdout.write(`${what}: ${JSON.stringify(value)}\n`);
}
