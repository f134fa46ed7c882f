/**
 * By hand: `node --disable-warning=ExperimentalWarning test/incremental/measure-vouched.ts [users] [scene ...]`. How far
 * the trust in the System Log is justified, and what it saves: scenes `forgetful`, `policy`, `gaps`, `week`.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Report } from '../../src/ports/report.ts';
import {
  createMutations,
  createOrg,
  DEFAULT_API_KEY,
  DEFAULT_CONNECTOR_UUID,
  DEFAULT_TOKEN,
  startIntakeServer,
  startOktaServer,
  type OktaServerOptions,
} from '../../src/simulator/index.ts';
import { createRandom } from '../../src/simulator/org/random.ts';
import { runHere } from '../whole-job/here.fixture.ts';
import { reportOf } from '../whole-job/launch.fixture.ts';
import { makeServiceApp } from '../whole-job/service-app.fixture.ts';
import { callsOf, CHANGE_KINDS, wrongOf } from './changing-stage.fixture.ts';

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
/** Between two runs of a day. */
const STEP_MS = 2 * HOUR_MS;
const SCENES = ['forgetful', 'policy', 'gaps', 'week'] as const;

type Env = Readonly<Record<string, string>>;
type Row = Readonly<Record<string, string | number>>;

interface Ran {
  readonly report: Report;
  readonly calls: number;
}

type Scene = Awaited<ReturnType<typeof setUp>>;

/** An org whose time stands still but for what is put forward, an intake, and the program between them. */
async function setUp(users: number, style: OktaServerOptions = {}, more: Env = {}) {
  let time = Date.UTC(2026, 8, 1);
  // Each look at the clock takes a millisecond, so that no two stamps are the same.
  const now = (): number => (time += 1);
  const org = createOrg({ users, groups: Math.max(20, users / 20), groupsPerUser: 12, admins: 20 });
  const okta = await startOktaServer(org, { ...style, now, rates: { limits: 1e9, windowSeconds: 1 } });
  const intake = await startIntakeServer({ now, keeps: 'latest' });
  const mutations = createMutations(org, { now });
  const stateDir = await mkdtemp(join(tmpdir(), 'okta-ocsf-measure-'));
  const base = {
    OKTA_BASE_URL: okta.url,
    ...('OKTA_CLIENT_ID' in more ? {} : { OKTA_API_TOKEN: DEFAULT_TOKEN }),
    SEKOIA_BASE_URL: intake.url,
    SEKOIA_API_KEY: DEFAULT_API_KEY,
    SEKOIA_CONNECTOR_UUID: DEFAULT_CONNECTOR_UUID,
    STATE_DIR: stateDir,
    LOG_LEVEL: 'error',
    ...more,
  };
  let known = new Map(intake.latestByUid());
  const run = async (env: Env = {}, argv: readonly string[] = []): Promise<Ran> => {
    const calls = callsOf({ okta });
    known = new Map(intake.latestByUid());
    const ended = await runHere(['sync', ...argv], { env: { ...base, ...env }, now, sleepsFaster: 1000 });
    const report = reportOf(ended);
    if (report.error !== undefined) throw new Error(`${report.error.code}: ${report.error.message}`);
    return { report, calls: callsOf({ okta }) - calls };
  };
  return {
    org,
    okta,
    mutations,
    run,
    pass: (ms: number) => {
      time += ms;
    },
    /** Users of whom the intake has not what is true now. One who is gone leaves as last known before that run. */
    wrong: () => {
      const lines = wrongOf(org, intake.latestByUid(), known);
      return new Set(lines.map((line) => line.split(/[.:]/)[0])).size;
    },
    close: async () => {
      await Promise.all([okta.close(), intake.close()]);
      await rm(stateDir, { recursive: true });
    },
  };
}

async function inScene(
  users: number,
  act: (scene: Scene) => Promise<void>,
  style?: OktaServerOptions,
  more?: Env,
): Promise<void> {
  const scene = await setUp(users, style, more);
  try {
    await act(scene);
  } finally {
    await scene.close();
  }
}

/** A factor of each user changes within a day, and one of a hundred of these events never comes to the log. */
async function forgetful(users: number): Promise<void> {
  const rows: Row[] = [];
  await inScene(users, async ({ org, mutations, run, pass, wrong }) => {
    const random = createRandom(1);
    await run();
    const append = org.log.append.bind(org.log);
    const steps = DAY_MS / STEP_MS;
    for (let step = 1; step <= 3 * steps; step += 1) {
      pass(STEP_MS);
      org.log.append = (...entry) => {
        if (!random.chance(0.01)) append(...entry);
      };
      if (step <= steps)
        mutations.randomChanges(Math.round(users / steps), step, ['activateFactor', 'deactivateFactor']);
      org.log.append = append;
      const { report, calls } = await run({ FULL_SYNC_INTERVAL: '86400' });
      const { proven = 0, drift = 0 } = report.vouched?.factors ?? {};
      const isDistrusted = report.notes?.some((note) => note.includes('not believed')) === true;
      const row = { hour: (step * STEP_MS) / HOUR_MS, mode: report.mode, calls, proven, drift };
      rows.push({ ...row, trust: isDistrusted ? 'lost' : '', wrong_users: wrong() });
    }
  });
  table(`The log forgets 1 % of factor events, ${users} users, verified within 7 days`, rows);
}

/** A policy changes what the factor lists of 3 in 10 users show. */
async function policy(users: number): Promise<void> {
  const rows: Row[] = [];
  await inScene(users, async ({ org, mutations, run, pass, wrong }) => {
    await run();
    pass(STEP_MS);
    await run();
    const shown = org.users.filter(({ status, factors }) => status !== 'DEPROVISIONED' && factors.length > 0);
    for (const user of shown.slice(0, 0.3 * users)) user.factors = [];
    mutations.forbidFactor('unknown-type');
    rows.push({ hour: 0, mode: '', calls: 0, due: '', wrong_users: wrong() });
    for (let step = 1; step <= DAY_MS / STEP_MS + 1; step += 1) {
      pass(STEP_MS);
      const { report, calls } = await run({ FULL_SYNC_INTERVAL: '31536000' });
      const due = report.due?.factors ?? 0;
      rows.push({
        hour: (step * STEP_MS) / HOUR_MS,
        mode: report.mode,
        calls,
        due,
        wrong_users: wrong(),
      });
    }
  });
  table(`An enrolment policy changes 3 of 10 users, ${users} users, POLICY_RECHECK of a day`, rows);
}

const ALL_SCOPES = ['okta.users.read', 'okta.groups.read', 'okta.roles.read', 'okta.logs.read'];

async function gaps(users: number): Promise<void> {
  const rows: Row[] = [];
  const scopes = makeServiceApp({ grantedScopes: [...ALL_SCOPES] });
  type Act = (scene: Scene) => void | Promise<void>;
  const incremental = { FULL_SYNC_INTERVAL: '31536000' };
  const logs = '/api/v1/logs';
  const kinds: readonly (readonly [string, Act, Act, Env, OktaServerOptions, Env])[] = [
    ['none', () => undefined, () => undefined, {}, {}, {}],
    [
      'cursor refused',
      async ({ okta, run }) => {
        okta.setStyle({ refuseCursors: 400 });
        await run(incremental, ['--incremental']);
        okta.setStyle({ refuseCursors: undefined });
      },
      () => undefined,
      {},
      {},
      {},
    ],
    [
      'log refused (403)',
      async ({ okta, run }) => {
        okta.setRefusals([{ template: logs, status: 403 }]);
        await run(incremental, ['--incremental']);
        okta.setRefusals([]);
      },
      () => undefined,
      {},
      {},
      {},
    ],
    [
      'log refused in the full run itself',
      ({ okta }) => okta.setRefusals([{ template: logs, status: 403 }]),
      ({ okta }) => okta.setRefusals([]),
      {},
      {},
      {},
    ],
    ['91 days', ({ pass }) => pass(91 * DAY_MS), () => undefined, {}, {}, {}],
    ['LOOKUPS changed', () => undefined, () => undefined, { LOOKUPS: 'groups,factors' }, {}, {}],
    [
      'scope lost',
      () =>
        void Object.assign(scopes.oauth, {
          grantedScopes: ALL_SCOPES.filter((each) => !each.includes('roles')),
        }),
      () => undefined,
      {},
      { oauth: scopes.oauth },
      scopes.env,
    ],
  ];
  for (const [what, before, after, env, style, more] of kinds) {
    await inScene(
      users,
      async (scene) => {
        const first = await scene.run();
        scene.pass(STEP_MS);
        await scene.run();
        await before(scene);
        scene.pass(STEP_MS);
        const next = await scene.run(env, ['--full', '--vouched']);
        await after(scene);
        const believed = Object.values(next.report.vouched ?? {}).reduce(
          (sum, { vouched }) => sum + vouched,
          0,
        );
        rows.push({ gap: what, first_full: first.calls, next_full: next.calls, answers_vouched: believed });
      },
      style,
      more,
    );
  }
  table(`What a full run believes after a gap in the log, ${users} users`, rows);
}

/** Runs every two hours, the daily one full, with changes of all kinds all the time. */
async function week(users: number): Promise<void> {
  const kinds = [String(7 * 86_400), String(30 * 86_400), '0'];
  const days: Record<string, string | number>[] = [];
  for (const verify of kinds) {
    await inScene(users, async ({ org, mutations, run, pass, wrong }) => {
      const name = verify === '0' ? 'off' : `${Number(verify) / 86_400}_days`;
      const env = { VERIFY_ANSWERS: verify, FULL_SYNC_INTERVAL: '86400' };
      const note = (day: number, more: Row): void => void (days[day] = { ...days[day], day, ...more });
      note(0, {
        [`calls_${name}`]: (await run(env)).calls,
        [`full_${name}`]: '',
        [`wrong_${name}`]: wrong(),
      });
      for (let day = 1; day <= 7; day += 1) {
        let [calls, full] = [0, 0];
        for (let step = 1; step <= 12; step += 1) {
          pass(STEP_MS);
          const count = Math.round(users / 10 / 12);
          mutations.randomChanges(count, 100 * day + step, CHANGE_KINDS);
          const ran = await run(env);
          calls += ran.calls;
          if (ran.report.mode === 'full') full += ran.calls;
        }
        note(day, { [`calls_${name}`]: calls, [`full_${name}`]: full, [`wrong_${name}`]: wrong() });
      }
      if (org.users.length === 0) throw new Error('nobody is left');
    });
  }
  table(`A week, ${users} users, ${users / 10} changes a day, 12 runs a day, verified within ...`, days);
}

function table(title: string, rows: readonly Row[]): void {
  const names = Object.keys(rows[0] ?? {});
  const lines = [names, ...rows.map((row) => names.map((name) => String(row[name] ?? '')))];
  const widths = names.map((_, at) => Math.max(...lines.map((line) => line[at]?.length ?? 0)));
  process.stdout.write(`\n${title}\n`);
  for (const line of lines)
    process.stdout.write(`${line.map((cell, at) => cell.padStart(widths[at] ?? 0)).join('  ')}\n`);
}

const [users = '2000', ...asked] = process.argv.slice(2);
const acts = { forgetful, policy, gaps, week };
for (const name of SCENES) if (asked.length === 0 || asked.includes(name)) await acts[name](Number(users));
