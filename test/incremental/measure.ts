/**
 * By hand: `node --disable-warning=ExperimentalWarning test/incremental/measure.ts [users]`. What incremental and resumed
 * runs of a large org cost: calls, seconds, memory, and the inventory on disk.
 */
import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import {
  connectionSettings,
  createMutations,
  createOrg,
  startIntakeServer,
  startOktaServer,
} from '../../src/simulator/index.ts';
import { launch, reportOf, type Launched } from '../whole-job/launch.fixture.ts';
import { callsOf, CHANGE_KINDS, mostCalls, wrongOf } from './changing-stage.fixture.ts';

const users = Number(process.argv[2] ?? 10_000);
const org = createOrg({ users, groups: users / 20, groupsPerUser: 12, admins: 20 });
const okta = await startOktaServer(org, { rates: { limits: 1e9, windowSeconds: 1 } });
const intake = await startIntakeServer({ keeps: 'latest' });
const mutations = createMutations(org, { now: okta.now });
const folders: string[] = [];

function newFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'okta-ocsf-measure-'));
  folders.push(folder);
  return folder;
}

function start(stateDir: string, argv: readonly string[] = []): Launched {
  const env = {
    ...connectionSettings(okta, intake),
    STATE_DIR: stateDir,
    LOG_LEVEL: 'warn',
  };
  return launch(['sync', ...argv], { env });
}

/** Most memory of the process so far, in MB. */
function peakOf({ pid }: Launched): number {
  try {
    const found = /VmHWM:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1];
    return Math.round(Number(found ?? 0) / 1024);
  } catch {
    return 0;
  }
}

async function measure(what: string, stateDir: string, argv: readonly string[] = []): Promise<number> {
  const [before, startedAt] = [new Map(okta.calls), performance.now()];
  const calls = callsOf({ okta });
  const child = start(stateDir, argv);
  let peak = 0;
  const isOver = child.ended.then(() => true);
  while (!(await Promise.race([isOver, sleep(50, false)]))) peak = Math.max(peak, peakOf(child));
  const { mode, outcome, users: counts, due, error } = reportOf(await child.ended);
  if (error !== undefined) tell('error', error);
  const made = callsOf({ okta }) - calls;
  const seconds = (performance.now() - startedAt) / 1000;
  const { emitted, listed } = counts;
  tell(what, {
    mode,
    outcome,
    calls: made,
    seconds: Number(seconds.toFixed(1)),
    peak_mb: peak,
    listed,
    emitted,
    due: due?.factors ?? 0,
    ...callsSince(before),
  });
  return made;
}

/** The calls by the end of their path, which says enough. */
function callsSince(before: ReadonlyMap<string, number>): Readonly<Record<string, number>> {
  const made = [...okta.calls].map(
    ([path, count]) => [path.replace('/api/v1/', ''), count - (before.get(path) ?? 0)] as const,
  );
  return Object.fromEntries(made.filter(([, count]) => count > 0));
}

function tell(what: string, value: unknown): void {
  process.stdout.write(`${what}: ${JSON.stringify(value)}\n`);
}

const stateDir = newFolder();
const whole = await measure('full run', stateDir);
await measure('incremental run, no change', stateDir);
const known = new Map(intake.latestByUid());
const changes = mutations.randomChanges(25, 1, CHANGE_KINDS);
tell('calls allowed for 25 changes', mostCalls(org, changes));
await measure('incremental run, 25 changes', stateDir);
tell('wrong', wrongOf(org, intake.latestByUid(), known).length);
await measure('incremental run, no change', stateDir);
await measure('full run that the log vouches for, no change', stateDir, ['--full', '--vouched']);
const many = mutations.randomChanges(users / 10, 2, CHANGE_KINDS);
const knownThen = new Map(intake.latestByUid());
await measure('full run that the log vouches for, changes for a tenth of the users', stateDir, [
  '--full',
  '--vouched',
]);
// A user who is gone leaves as last known, which may be between two changes.
const isThere = (line: string): boolean => org.user(line.split(/[.:]/)[0] ?? '') !== undefined;
tell('wrong, of users who are there', wrongOf(org, intake.latestByUid(), knownThen).filter(isThere).length);
tell('users and groups changed', new Set(many.flatMap((change) => [...change.users, ...change.groups])).size);
tell('inventory on disk, MB', Math.round(statSync(join(stateDir, 'inventory.db')).size / 1e6));

const other = newFolder();
const before = callsOf({ okta });
const child = start(other);
while (callsOf({ okta }) - before < 0.6 * whole) await sleep(5);
child.kill('SIGKILL');
await child.ended;
tell('killed after calls, share of a full run', (callsOf({ okta }) - before) / whole);
const resumed = await measure('the same, restarted', other);
tell('share of a full run', Number((resumed / whole).toFixed(3)));

await Promise.all([okta.close(), intake.close()]);
for (const folder of folders) rmSync(folder, { recursive: true });
