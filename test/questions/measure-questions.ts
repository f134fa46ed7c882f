/**
 * By hand: `node --disable-warning=ExperimentalWarning test/questions/measure-questions.ts [state folder]`. How long each
 * saved question takes at 10,000 users, 107,000 memberships and 500,000 rows of access, alone and while a full run writes.
 * A folder that is given is kept, and used again.
 */
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readLibrary, type LibraryQuery } from '../../src/compose/questions.ts';
import { openReadOnly } from '../../src/inventory/sqlite/open-read-only.ts';
import { createViews } from '../../src/inventory/sqlite/views/views.ts';
import {
  connectionSettings,
  createOrg,
  DEFAULT_DEVICES_CONNECTOR_UUID,
  startIntakeServer,
  startOktaServer,
} from '../../src/simulator/index.ts';
import { launch, type Launched } from '../whole-job/launch.fixture.ts';

const DAY_MS = 86_400_000;
const ROUNDS = 5;

const org = createOrg({
  users: 10_000,
  groups: 500,
  groupsPerUser: 12,
  admins: 20,
  apps: 200,
  appsForEveryone: 44,
  usersPerApp: 400,
  rules: 60,
  devices: 6000,
});
const okta = await startOktaServer(org, { rates: { limits: 1e9, windowSeconds: 1 } });
const intake = await startIntakeServer({ keeps: 'latest' });
const [given] = process.argv.slice(2);
const folder = given ?? mkdtempSync(join(tmpdir(), 'okta-ocsf-measure-'));

function start(...argv: readonly string[]): Launched {
  return launch(['sync', ...argv], {
    env: {
      ...connectionSettings(okta, intake),
      SEKOIA_DEVICES_CONNECTOR_UUID: DEFAULT_DEVICES_CONNECTOR_UUID,
      STATE_DIR: folder,
      LOG_LEVEL: 'warn',
      ASSETS: 'groups,apps,app-users,rules,devices,org',
    },
  });
}

function tell(name: string, facts: unknown): void {
  process.stdout.write(`${name.padEnd(34)} ${typeof facts === 'string' ? facts : JSON.stringify(facts)}\n`);
}

const PARAMETERS: Readonly<Record<string, string>> = {
  app: org.assets.apps.find(({ label }) => label === 'Payroll')?.label ?? '',
  user: org.users.find(({ status }) => status === 'ACTIVE')?.id ?? '',
  since: new Date(Date.now() - DAY_MS).toISOString(),
};

function middleOf(values: readonly number[]): number {
  return values.toSorted((left, right) => left - right)[Math.floor(values.length / 2)] ?? 0;
}

interface Times {
  readonly rows: number;
  readonly middle: number;
  readonly longest: number;
  /** Work alone: as long as it takes on a machine that has nothing else to do. */
  readonly cpu: number;
}

/** The middle and the longest of some rounds, each on a connection of its own, in ms. */
function timesOf({ sql, question }: LibraryQuery): Times {
  const parameters = Object.fromEntries(question.parameters.map((name) => [name, PARAMETERS[name] ?? '']));
  const times: number[] = [];
  const work: number[] = [];
  let rows = 0;
  for (let round = 0; round < ROUNDS; round += 1) {
    const database = openReadOnly(folder);
    createViews(database, DAY_MS);
    const [startedAt, before] = [performance.now(), process.cpuUsage()];
    rows = database.prepare(sql).all(parameters).length;
    times.push(Math.round(performance.now() - startedAt));
    const { user, system } = process.cpuUsage(before);
    work.push(Math.round((user + system) / 1000));
    database.close();
  }
  return { rows, middle: middleOf(times), longest: Math.max(...times), cpu: middleOf(work) };
}

function measure(when: string): void {
  const { queries } = readLibrary({ queriesDir: undefined });
  const all = [...queries.values()].map((query) => {
    const times = timesOf(query);
    tell(`${when} ${query.name}`, times);
    return times;
  });
  tell(`${when}: all`, {
    median: middleOf(all.map(({ middle }) => middle)),
    longest: Math.max(...all.map(({ longest }) => longest)),
    cpu_median: middleOf(all.map(({ cpu }) => cpu)),
    cpu_longest: Math.max(...all.map(({ cpu }) => cpu)),
  });
}

function count(view: string): number {
  const database = openReadOnly(folder);
  createViews(database, DAY_MS);
  const startedAt = performance.now();
  const found = Number(database.prepare(`SELECT count(*) AS found FROM "${view}"`).get()?.['found']);
  tell(`rows of ${view}`, `${found} in ${Math.round(performance.now() - startedAt)} ms`);
  database.close();
  return found;
}

try {
  if (!existsSync(join(folder, 'inventory.db'))) tell('first run', { code: (await start().ended).code });
  for (const view of ['users', 'memberships', 'access', 'unknown']) count(view);
  measure('alone');
  const run = start('--full');
  await new Promise((resolve) => setTimeout(resolve, 5000));
  measure('beside');
  tell('the run beside was still at work', { isIt: existsSync(`/proc/${run.pid}`) });
  tell('run', { code: (await run.ended).code });
} finally {
  if (given === undefined) rmSync(folder, { recursive: true });
  await Promise.all([okta.close(), intake.close()]);
}
