import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { cli } from '../../src/cli.ts';
import { createEventCheck } from '../../src/inspect/check-events.ts';
import { createRandom } from '../../src/simulator/org/random.ts';
import {
  connectionSettings,
  createOrg,
  DEFAULT_API_KEY,
  DEFAULT_TOKEN,
  startIntakeServer,
  startOktaServer,
} from '../../src/simulator/index.ts';
import { systemClock } from '../../src/process/clock.ts';
import { createTestWorld } from '../../src/process/world.fixture.ts';
import { startMeddler, type Meddle, type Passing } from '../hostile/meddler.ts';
import { must, type Target } from './target.ts';

type Random = ReturnType<typeof createRandom>;

/** One whole run against an org that lies in some of its answers. */
interface Lies {
  readonly seed: number;
  /** Of a hundred answers. */
  readonly often: number;
  readonly dialect: 'sekoia' | 'ocsf-1.6.0' | 'ocsf-1.3.0';
  readonly raw: boolean;
}

const DEEP = '['.repeat(30_000) + ']'.repeat(30_000);
const VALUES = [
  'null',
  '""',
  '0',
  '-1',
  '1e999',
  'true',
  '[]',
  '{}',
  '"\\u0000"',
  '"\\ud800"',
  '".."',
  '"a/b"',
  '"\\u001b[2J"',
  '"%2e%2e"',
  '{"__proto__":{"id":"x"}}',
  '{"constructor":7}',
  `"${'x'.repeat(20_000)}"`,
  DEEP,
  '"9999-99-99"',
  '"2026-08-01T10:00:00.000Z"',
  '["a",["b"]]',
];
const HEADERS: readonly (readonly [string, string])[] = [
  ['date', 'Tue, 99 Foo 20x6'],
  ['date', '-271821-04-20T00:00:00.000Z'],
  ['x-rate-limit-limit', '-1'],
  ['x-rate-limit-remaining', '9'.repeat(50)],
  ['x-rate-limit-reset', '600, 600'],
  ['x-okta-request-id', '<script>'],
  ['set-cookie', 'a=b'],
  ['www-authenticate', 'Bearer error="x"'],
];
const LINKS = [
  '<http://127.0.0.1:1/api/v1/users>; rel="next"',
  '<http://u:p@127.0.0.1/>; rel=next',
  '</api/v1/users?limit=200>; rel="next"',
  '<//thief.example/>; rel="next"',
  '<>; rel="next"',
  '<?after=1>; rel="next"',
  '<javascript:1>; rel="next"',
  '</oauth2/v1/token>; rel="next"',
];
const STATUSES = [200, 204, 301, 400, 401, 403, 404, 405, 410, 418, 429, 500, 501, 503];

/** One value of the JSON, anywhere in it, becomes another. */
function withLie(body: string, random: Random): string {
  const places = [...body.matchAll(/"(?:[^"\\]|\\.)*"(?!\s*:)|-?\d+(?:\.\d+)?|true|false|null|\[\]|\{\}/g)];
  const place = places.length === 0 ? undefined : random.pick(places);
  if (place === undefined) return random.pick(VALUES);
  return body.slice(0, place.index) + random.pick(VALUES) + body.slice(place.index + place[0].length);
}

function lie({ body, headers, status }: Passing, random: Random): Partial<Passing> {
  const kind = random.below(10);
  if (kind < 5) return { body: withLie(kind < 2 ? withLie(body, random) : body, random) };
  if (kind === 5) return { body: random.pick([...VALUES, '<html>', '', body.slice(0, body.length / 2)]) };
  if (kind === 6) return { status: random.pick(STATUSES) };
  if (kind === 7) return { headers: { ...headers, link: random.pick(LINKS) } };
  if (kind === 8) return { headers: { ...headers, ...Object.fromEntries([random.pick(HEADERS)]) } };
  return { status, body: JSON.stringify(JSON.parse(body === '' ? '[]' : body)).repeat(2) };
}

async function run({ seed, often, dialect, raw }: Lies): Promise<void> {
  const random = createRandom(seed);
  const org = createOrg({
    users: 8,
    groups: 4,
    groupsPerUser: 2,
    adminGroups: 1,
    admins: 2,
    seed,
    oddUsers: true,
  });
  const okta = await startOktaServer(org, { rates: { limits: 1e9, windowSeconds: 1 } });
  const intake = await startIntakeServer({ faults: { rate: 0.2, kinds: ['500', '503', 'reset', '408'] } });
  const meddle: Meddle = (passing) => (random.below(100) < often ? lie(passing, random) : {});
  const meddler = await startMeddler(okta.url, meddle);
  const stateDir = mkdtempSync(join(tmpdir(), 'okta-ocsf-fuzz-'));
  const hasty = {
    now: () => systemClock.now(),
    sleep: (ms: number, signal?: AbortSignal) => systemClock.sleep(Math.min(ms, 1), signal),
  };
  const { world, stdout, stderr } = createTestWorld({
    clock: hasty,
    env: {
      ...connectionSettings(meddler, intake),
      STATE_DIR: stateDir,
      DIALECT: dialect,
      RAW_DATA: String(raw),
      OKTA_RATE_LIMIT_SHARE: '1',
    },
  });
  try {
    const startedAt = performance.now();
    for (const argv of [['sync', '--full'], ['sync']]) await runOnce(argv);
    must(performance.now() - startedAt < 120_000, 'a run took minutes');
    const check = createEventCheck(dialect);
    const faults = intake.received.flatMap(
      ({ item }) => check({ text: JSON.stringify(item), line: 1 }).faults,
    );
    must(faults.length === 0, `an event that is not valid: ${JSON.stringify(faults[0])}`);
    must(
      meddler.asked.every((line) => line.startsWith('GET /')),
      'something that is no GET',
    );
  } finally {
    meddler.close();
    await Promise.all([okta.close(), intake.close()]);
    rmSync(stateDir, { recursive: true });
  }

  async function runOnce(argv: readonly string[]): Promise<void> {
    const printed = stdout().length;
    const code = await cli(argv, world);
    const said = stderr();
    const report: { outcome: string; error?: { code: string; message: string } } = JSON.parse(
      stdout().slice(printed),
    );
    must([0, 1, 3].includes(code), `exit code ${code}`);
    must(report.error?.code !== 'internal', `a defect: ${report.error?.message}`);
    must(!said.includes(DEFAULT_TOKEN) && !said.includes(DEFAULT_API_KEY), 'a secret on stderr');
  }
}

export const job: Target<Lies> = {
  name: 'whole runs against an org that lies',
  input: fc.record({
    seed: fc.integer({ min: 1, max: 2 ** 31 - 1 }),
    often: fc.constantFrom(2, 10, 40),
    dialect: fc.constantFrom('sekoia', 'ocsf-1.6.0', 'ocsf-1.3.0'),
    raw: fc.boolean(),
  }),
  tryOne: run,
};
