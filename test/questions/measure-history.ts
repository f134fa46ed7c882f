/**
 * By hand: `node --disable-warning=ExperimentalWarning test/questions/measure-history.ts [rounds] [seed] [users]`. With
 * `users` no assets are read, and own roles of who is Admin through a group are neither asked nor told. Random changes of
 * an org, ten a round, amid faults and kills: after each round of them one quiet run, and then the changes that were told
 * must be those that happened. The last round forgets a million old changes.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import {
  connectionSettings,
  createMutations,
  createOrg,
  DEFAULT_DEVICES_CONNECTOR_UUID,
  startIntakeServer,
  startOktaServer,
} from '../../src/simulator/index.ts';
import { createRandom } from '../../src/simulator/org/random.ts';
import { ASSET_CHANGES } from '../assets/known-assets.ts';
import { CHANGE_KINDS } from '../incremental/changing-stage.fixture.ts';
import { upsetRun } from '../incremental/upset-run.ts';
import { launch, type Launched } from '../whole-job/launch.fixture.ts';
import { HistoryTruth, toldIn } from './history-truth.ts';

const [rounds = 50, seed = 1] = process.argv.slice(2, 4).map(Number);
const hasAssets = process.argv[4] !== 'users';
/** Without their ids, custom roles are told by labels, which change. */
const KINDS = hasAssets
  ? [...new Set([...CHANGE_KINDS, ...ASSET_CHANGES])]
  : CHANGE_KINDS.filter((kind) => kind !== 'changeCustomRole');
const random = createRandom(seed);
const org = createOrg({
  seed,
  users: 150,
  groups: 30,
  groupsPerUser: 4,
  admins: 8,
  apps: 20,
  usersPerApp: 8,
  rules: 8,
  devices: 30,
});
const okta = await startOktaServer(org, { rates: { limits: 1e9, windowSeconds: 1 } });
const intake = await startIntakeServer({ keeps: 'latest' });
const mutations = createMutations(org, { now: okta.now });
const stateDir = mkdtempSync(join(tmpdir(), 'okta-ocsf-history-'));

function start(argv: readonly string[]): Launched {
  return launch(argv, {
    env: {
      ...connectionSettings(okta, intake),
      SEKOIA_DEVICES_CONNECTOR_UUID: DEFAULT_DEVICES_CONNECTOR_UUID,
      STATE_DIR: stateDir,
      ASSETS: hasAssets ? 'groups,apps,app-users,rules,devices,org' : '',
      APP_USERS: 'all',
      MAX_REMOVALS: '100%',
      LOG_LEVEL: 'error',
    },
  });
}

const counts = { rounds: 0, changes: 0, told: 0, runs: 0, kills: 0, wrong: 0 };
let before = 0;

async function toldNow(): Promise<readonly string[]> {
  const { stdout } = await start(['changes', '--since', '2020-01-01', '--json']).ended;
  const all = toldIn(stdout);
  const news = all.slice(before);
  before = all.length;
  return news;
}

/** Removes a million changes that are too old: the longest of its steps is told. */
async function forgetMany(): Promise<void> {
  const database = new DatabaseSync(join(stateDir, 'inventory.db'));
  database.exec(`
    WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 1000000)
    INSERT INTO changes (at, run_id, what, subject_id, object_id, after)
      SELECT strftime('%Y-%m-%dT%H:%M:%fZ', 1700000000 + i / 10, 'unixepoch'), 'b4c8be57-0c1a-4dd4-a4d7-19b5a49d7aa0', 'role-added',
        '00u' || (i * 7919 % 10007), 'SUPER_ADMIN', '{"type":"SUPER_ADMIN","label":"Super","status":"ACTIVE"}' FROM n`);
  database.exec(
    'PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL; PRAGMA wal_autocheckpoint = 1000000',
  );
  const statement = database.prepare(
    'DELETE FROM changes WHERE sequence IN (SELECT sequence FROM changes WHERE at < ? ORDER BY at LIMIT 250)',
  );
  let longest = 0;
  for (let step = 0; step < 3200; step += 1) {
    const startedAt = performance.now();
    statement.run('2026-01-01');
    longest = Math.max(longest, performance.now() - startedAt);
  }
  database.close();
  const startedAt = performance.now();
  await start(['sync', '--incremental']).ended;
  process.stdout.write(
    `800,000 old changes: longest step ${longest.toFixed(0)} ms; 100,000 at the end of a run: ${((performance.now() - startedAt) / 1000).toFixed(1)} s in all\n`,
  );
}

try {
  await start(['sync']).ended;
  const truth = new HistoryTruth(org, hasAssets);
  const baseline = await toldNow();
  process.stdout.write(`told by the first run: ${baseline.length}\n`);
  for (; counts.rounds < rounds; counts.rounds += 1) {
    counts.changes += mutations.randomChanges(10, random.below(1e9), KINDS).length;
    for (let left = random.below(3); left > 0; left -= 1) {
      if (await upsetRun({ okta, random, start, rates: [0, 0.02, 0.1], killWithinMs: 2500 }))
        counts.kills += 1;
      counts.runs += 1;
    }
    await start(random.pick([['sync'], ['sync'], ['sync', '--full'], ['sync', '--full', '--vouched']])).ended;
    counts.runs += 1;
    const told = await toldNow();
    counts.told += told.length;
    const wrong = truth.wrongIn(told);
    counts.wrong += wrong.length;
    for (const each of wrong) process.stdout.write(`round ${counts.rounds}: ${each}\n`);
  }
  process.stdout.write(`${JSON.stringify(counts)}\n`);
  await forgetMany();
} finally {
  rmSync(stateDir, { recursive: true });
  await Promise.all([okta.close(), intake.close()]);
}
