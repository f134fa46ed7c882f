/**
 * `npm run torture [-- --kills 200 --seed 1 --users 120]`: the whole job in processes that are killed at any instant, over
 * full and incremental runs, with faults on both sides, while the org changes. Exit code 1 when anything is missing or
 * wrong once one run of each kind has completed.
 */
import { parseArgs } from 'node:util';
import { torture } from './play.ts';

const { values } = parseArgs({
  options: {
    kills: { type: 'string', default: '200' },
    seed: { type: 'string', default: '1' },
    users: { type: 'string', default: '120' },
  },
});
const say = (line: string): void => void process.stdout.write(`${line}\n`);
const options = { kills: Number(values.kills), seed: Number(values.seed), users: Number(values.users) };

const result = await torture({ ...options, tell: (line) => void process.stderr.write(`${line}\n`) });
const { kills, completed, missing, wrong } = result;
const rows: readonly (readonly [string, string | number])[] = [
  ['kills in full runs', kills.full],
  ['kills in vouched full runs', kills.vouched],
  ['kills in incremental runs', kills.incremental],
  ['kills before the run had begun', kills.early],
  ['full runs completed', completed.full],
  ['vouched full runs completed', completed.vouched],
  ['incremental runs completed', completed.incremental],
  ['runs failed', result.failed],
  ['changes made', result.changes],
  ['faults of Okta', result.oktaFaults],
  ['faults of the intake', result.intakeFaults],
  ['users at the intake', result.users],
  ['events received', result.received],
  ['duplicates', result.duplicates],
  ['missing', missing.length],
  ['wrong', wrong.length],
  ['seconds', Math.round(result.seconds)],
];
for (const [what, figure] of rows) say(`${what.padEnd(32)} ${String(figure).padStart(8)}`);
for (const each of missing.slice(0, 20)) say(`missing: ${each}`);
for (const each of wrong.slice(0, 20)) say(`wrong: ${each}`);
process.exitCode = missing.length + wrong.length === 0 ? 0 : 1;
