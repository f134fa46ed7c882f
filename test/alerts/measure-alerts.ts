/**
 * By hand: `node --disable-warning=ExperimentalWarning test/alerts/measure-alerts.ts [rounds] [seed]`. Random changes of an
 * org, ten a round, amid faults and kills, with a webhook that fails now and then. After each round comes one quiet run;
 * the rows that the receiver then takes for open, told by the ids of messages, must be those that the query of the rule
 * finds, and no message may open what is open or close what is not.
 */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
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
import { startReceiver } from './receiver.ts';

const QUERIES = [
  'admins-without-mfa',
  'inactive-with-admin',
  'groups-with-roles',
  'stale-rules',
  'weak-mfa-only',
];
const [rounds = 50, seed = 1] = process.argv.slice(2, 4).map(Number);
const random = createRandom(seed);
const org = createOrg({
  seed,
  users: 60,
  groups: 12,
  groupsPerUser: 3,
  admins: 8,
  apps: 6,
  rules: 8,
  devices: 6,
});
const okta = await startOktaServer(org, { rates: { limits: 1e9, windowSeconds: 1 } });
const intake = await startIntakeServer({ keeps: 'latest' });
const { receiver, close } = await startReceiver();
const mutations = createMutations(org, { now: okta.now });
const stateDir = mkdtempSync(join(tmpdir(), 'okta-ocsf-alerts-'));
const alertsFile = join(stateDir, 'alerts.yaml');
writeFileSync(
  alertsFile,
  `alerts:\n${QUERIES.map((query) => `  - {id: ${query}, query: ${query}, to: webhook}\n`).join('')}`,
);

function start(argv: readonly string[]): Launched {
  return launch(argv, {
    env: {
      ...connectionSettings(okta, intake),
      SEKOIA_DEVICES_CONNECTOR_UUID: DEFAULT_DEVICES_CONNECTOR_UUID,
      STATE_DIR: stateDir,
      ASSETS: 'groups,apps,app-users,rules,devices',
      APP_USERS: 'all',
      MAX_REMOVALS: '100%',
      MAX_ANSWER_AGE: '0',
      ALERTS_FILE: alertsFile,
      ALERT_WEBHOOK_URL: receiver.url,
      ALERT_WEBHOOK_KEY: 'a-key-that-is-long-enough-for-this-test',
      LOG_LEVEL: 'error',
    },
  });
}

const counts = { rounds: 0, changes: 0, runs: 0, kills: 0, opened: 0, closed: 0, repeated: 0, wrong: 0 };
const open = new Map(QUERIES.map((query) => [query, new Set<string>()]));
const ids = new Set<string>();
let read = 0;

function wrong(what: string): void {
  counts.wrong += 1;
  process.stdout.write(`round ${counts.rounds}: ${what}\n`);
}

/** Takes the messages that came since, as a receiver that knows repetitions by their ids. */
function take(): void {
  for (; read < receiver.received.length; read += 1) {
    const message = receiver.received[read];
    if (message === undefined) continue;
    if (ids.has(message.id)) {
      counts.repeated += 1;
      continue;
    }
    ids.add(message.id);
    const rows = open.get(message.data.alert) ?? new Set<string>();
    for (const { uid } of message.data.rows) {
      const isClosing = message.type === 'alert.closed';
      counts[isClosing ? 'closed' : 'opened'] += 1;
      if (rows.has(uid) !== isClosing) wrong(`${message.type} ${message.data.alert} ${uid} is told again`);
      if (isClosing) rows.delete(uid);
      else rows.add(uid);
    }
  }
}

async function truthOf(query: string): Promise<ReadonlySet<string>> {
  const { stdout } = await start(['query', query, '--format', 'json', '--timeout', '60']).ended;
  const rows: readonly { readonly uid: string }[] = JSON.parse(stdout);
  return new Set(rows.map(({ uid }) => uid));
}

try {
  await start(['sync']).ended;
  for (; counts.rounds < rounds; counts.rounds += 1) {
    counts.changes += mutations.randomChanges(10, random.below(1e9), [
      ...new Set([...CHANGE_KINDS, ...ASSET_CHANGES]),
    ]).length;
    for (let left = random.below(3); left > 0; left -= 1) {
      if (await upsetRun({ okta, random, start, rates: [0, 0.05, 0.2], killWithinMs: 3500 }))
        counts.kills += 1;
      counts.runs += 1;
    }
    await start(random.pick([['sync'], ['sync', '--full', '--vouched']])).ended;
    counts.runs += 1;
    take();
    for (const query of QUERIES) {
      const [truth, told] = [await truthOf(query), open.get(query) ?? new Set<string>()];
      for (const uid of truth) if (!told.has(uid)) wrong(`${query} ${uid} was not opened`);
      for (const uid of told) if (!truth.has(uid)) wrong(`${query} ${uid} was not closed`);
    }
  }
  process.stdout.write(`${JSON.stringify(counts)}\n`);
} finally {
  rmSync(stateDir, { recursive: true });
  close();
  await Promise.all([okta.close(), intake.close()]);
}
