/**
 * By hand: `node test/bench/million.ts [users] [step ...]`. Runs over an inventory
 * that SQL has made large out of a small one: seconds, memory, slow statements and the longest standstill of the event
 * loop. Steps: `incremental`, `vouched`, `rename`, `settings`.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  connectionSettings,
  createMutations,
  createOrg,
  startIntakeServer,
  startOktaServer,
} from '../../src/simulator/index.ts';
import { openCopies } from './copies.ts';
import { grow } from './grow.ts';

const LAUNCHER = join(import.meta.dirname, '../../bin/okta-ocsf.js');
const SLOW_STATEMENTS = join(import.meta.dirname, 'slow-statements.ts');
const PEAK_MEMORY = join(import.meta.dirname, 'peak-memory.ts');
const SEED = 500;

const users = Number(process.argv[2] ?? 200_000);
const steps = process.argv.slice(3);
const copies = Math.max(1, Math.round(users / SEED));
const org = createOrg({ users: SEED, groups: 100, groupsPerUser: 12, admins: 20 });
const okta = await startOktaServer(org, { rates: { limits: 1e9, windowSeconds: 1 } });
const front = await openCopies(okta.url);
const intake = await startIntakeServer({ keeps: 'nothing' });
const stateDir = mkdtempSync(join(process.env['MILLION_DIR'] ?? tmpdir(), 'okta-ocsf-million-'));

function tell(what: string, value: unknown): void {
  process.stdout.write(`${what}: ${JSON.stringify(value)}\n`);
}

async function run(what: string, argv: readonly string[], env: Readonly<Record<string, string>> = {}) {
  const startedAt = performance.now();
  const child = spawn(
    process.execPath,
    ['--import', PEAK_MEMORY, '--import', SLOW_STATEMENTS, LAUNCHER, ...argv],
    {
      env: {
        ...connectionSettings(front, intake),
        STATE_DIR: stateDir,
        LOG_LEVEL: 'warn',
        NODE_COMPILE_CACHE: join(tmpdir(), 'okta-ocsf-bench-compiled'),
        ...env,
      },
      stdio: ['ignore', 'pipe', 'pipe', 'pipe'],
    },
  );
  const texts = ['', '', ''];
  child.stdio.slice(1).forEach((stream, at) => stream?.on('data', (part) => (texts[at] += String(part))));
  const [code] = await once(child, 'close');
  const seconds = Number(((performance.now() - startedAt) / 1000).toFixed(2));
  const [stdout = '', stderr = '', told = ''] = texts;
  const [, peak = '0', measured = '{}'] = /^(\d*)(.*)$/s.exec(told.replace(/^(\{.*\})(\d+)$/s, '$2$1')) ?? [];
  const report = stdout.startsWith('{') ? JSON.parse(stdout) : undefined;
  tell(what, { code, seconds, peak_mb: Math.round(Number(peak) / 1024), ...JSON.parse(measured) });
  if (report !== undefined)
    tell('  report', { mode: report.mode, users: report.users, calls: report.okta.total_calls });
  if (code !== 0) tell('  stderr', stderr.slice(-2000));
}

async function play(step: string, members: ReadonlyMap<string, number>): Promise<void> {
  if (step === 'incremental') {
    await run('incremental run, no change', ['sync']);
    await run('incremental run, no change, warm', ['sync']);
  } else if (step === 'vouched') {
    await run('full run that the log vouches for', ['sync', '--full', '--vouched']);
    await run('full run that the log vouches for, again', ['sync', '--full', '--vouched']);
  } else if (step === 'rename') {
    const sizeOf = ({ id }: { id: string }): number => members.get(id) ?? 0;
    const [group] = org.groups
      .filter(({ type }) => type === 'OKTA_GROUP')
      .toSorted((left, right) => sizeOf(right) - sizeOf(left));
    if (group === undefined) throw new Error('the org has no group');
    createMutations(org, { now: okta.now }).renameGroup(group.id, { name: 'another name' });
    await run(`incremental run, a group of ${sizeOf(group)} members renamed`, ['sync']);
  } else if (step === 'settings') {
    await run('incremental run, all events anew', ['sync'], { MFA_RULE: 'strong' });
  }
}

try {
  await run('first full run of the seed', ['sync']);
  const before = performance.now();
  const grown = grow(join(stateDir, 'inventory.db'), copies);
  front.setCopies(copies);
  tell('grown', { seconds: Math.round((performance.now() - before) / 1000), users: grown.users });
  tell('inventory on disk, MB', Math.round(statSync(join(stateDir, 'inventory.db')).size / 1e6));
  for (const step of steps.length === 0 ? ['incremental'] : steps) await play(step, grown.members);
} finally {
  await Promise.all([front.close(), okta.close(), intake.close()]);
  rmSync(stateDir, { recursive: true });
}
