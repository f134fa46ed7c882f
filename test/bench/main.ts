/**
 * `npm run bench [-- --quick] [-- FILE]`: what a run asks, how long it takes beside what the limits allow, what it costs
 * in work and memory; against a simulated org in a process of its own. Prints a table; writes the figures to FILE.
 */
import { writeFile } from 'node:fs/promises';
import { parseArgs } from 'node:util';
import { measurePace, measureSize, type OrgSize, type PaceSetting } from './calls.ts';
import { openStage } from './stage.ts';
import { tableOf, type Results } from './table.ts';
import { measureWork } from './work.ts';

const COMPETITOR_SHARE = 0.3;
const SHARE = 0.5;

interface Extent {
  readonly sizes: readonly number[];
  /** Of these the one that is read without factors, too. */
  readonly cheapAt: number;
  readonly pace: PaceSetting;
  readonly workUsers: number;
}

const FULL: Extent = {
  sizes: [1_000, 10_000, 50_000],
  cheapAt: 10_000,
  pace: { org: orgOf(1_500), windowSeconds: 10, share: SHARE },
  workUsers: 4_000,
};
/** Within the reach of tests: the shape of the figures, not their worth. */
const QUICK: Extent = {
  sizes: [100, 300],
  cheapAt: 300,
  pace: { org: orgOf(120), windowSeconds: 3, limits: 80, share: SHARE },
  workUsers: 300,
};

const { values, positionals } = parseArgs({
  options: { quick: { type: 'boolean', default: false } },
  allowPositionals: true,
});
const [file = 'bench-results.json'] = positionals;

const startedAt = performance.now();
const results = await measure(values.quick ? QUICK : FULL);
process.stdout.write(`${tableOf(results).join('\n')}\n`);
await writeFile(file, `${JSON.stringify(results, null, 2)}\n`);

async function measure({ sizes, cheapAt, pace, workUsers }: Extent): Promise<Results> {
  tell('pace, with and without a competitor');
  const [quiet, contested] = await Promise.all([measurePace(pace, 0), measurePace(pace, COMPETITOR_SHARE)]);
  const measured = [];
  for (const users of sizes) {
    tell(`${users} users`);
    measured.push(await measureSize(orgOf(users), users === cheapAt));
  }
  tell('work');
  const stage = await openStage({ org: orgOf(workUsers), okta: { rates: { limits: 1e9 } } });
  const work = await measureWork(stage.opened.oktaUrl);
  await stage.close();
  return {
    sizes: measured,
    pace: { share: SHARE, competitor_share: COMPETITOR_SHARE, quiet, contested },
    work,
    seconds: (performance.now() - startedAt) / 1000,
  };
}

/** As the org of 10,000: a group for each twenty users, 500 at most, twelve a user. */
function orgOf(users: number): OrgSize {
  const groups = Math.min(500, Math.ceil(users / 20));
  return { users, groups, groupsPerUser: Math.min(12, groups), adminGroups: 10, admins: 40 };
}

function tell(what: string): void {
  process.stderr.write(`measuring: ${what}\n`);
}
