/**
 * `npm run life -- --seconds 3600 --seed 1` (or `--rounds 20`): orgs that live at random, with faults on both sides, kills
 * and settings that change. Whenever all is quiet, what the intake has is held against the truth. Exit code 1 when anything
 * differs; `--rounds 1 --seed <that seed> --story` tells how it came. `--without kills,search-lag` and `--only` choose what
 * may happen.
 */
import { parseArgs } from 'node:util';
import { playRound, type Round } from './play.ts';
import { TROUBLES } from './draw.ts';
import { installShortWaits } from './short-waits.ts';

const { values } = parseArgs({
  options: {
    seconds: { type: 'string' },
    rounds: { type: 'string' },
    seed: { type: 'string', default: '1' },
    users: { type: 'string', default: '400' },
    only: { type: 'string' },
    without: { type: 'string', default: '' },
    story: { type: 'boolean', default: false },
  },
});
const say = (line: string): void => void process.stdout.write(`${line}\n`);
const only = values.only?.split(',');
const without = values.without.split(',');
const unknown = [...(only ?? []), ...without].filter(
  (name) => name !== '' && !TROUBLES.some((each) => each === name),
);
if (unknown.length > 0)
  throw new Error(`no such trouble: ${unknown.join(', ')}; they are: ${TROUBLES.join(', ')}`);
const troubles = TROUBLES.filter((each) => (only?.includes(each) ?? true) && !without.includes(each));

installShortWaits();

const beganAt = performance.now();
const seconds = (): number => Math.round((performance.now() - beganAt) / 1000);
const most = {
  seconds: Number(values.seconds ?? Infinity),
  rounds: Number(values.rounds ?? (values.seconds === undefined ? 10 : Infinity)),
};
const bad: Round[] = [];
const sums = { rounds: 0, runs: 0, failed: 0, kills: 0, changes: 0, checks: 0, faults: 0 };
for (let seed = Number(values.seed); sums.rounds < most.rounds && seconds() < most.seconds; seed += 1) {
  const startedAt = seconds();
  const round = await playRound({
    seed,
    troubles,
    mostUsers: Number(values.users),
    ...(values.story ? { tell: say } : {}),
  });
  const { counts, differences } = round;
  const took = seconds() - startedAt;
  sums.rounds += 1;
  for (const [name, count] of Object.entries(counts)) if (name in sums) sums[keyOf(name)] += count;
  say(
    JSON.stringify({
      seed,
      users: round.users,
      ...round.settings,
      ...counts,
      differences: differences.length,
      seconds: took,
    }),
  );
  if (differences.length === 0) continue;
  bad.push(round);
  for (const line of differences.slice(0, 10)) say(`  ${line}`);
  if (!values.story) for (const line of round.story.slice(-8)) say(`    ${line.slice(0, 300)}`);
}
say(JSON.stringify({ ...sums, seconds: seconds(), bad_seeds: bad.map(({ seed }) => seed) }));
process.exitCode = bad.length === 0 ? 0 : 1;

function keyOf(name: string): keyof typeof sums {
  for (const key of ['runs', 'failed', 'kills', 'changes', 'checks', 'faults'] as const)
    if (key === name) return key;
  throw new Error(name);
}
