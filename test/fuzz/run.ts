import { parseArgs } from 'node:util';
import { job } from './job.ts';
import { tryFor, type Target, type Tried } from './target.ts';
import { answers, configFile, events, settings } from './texts.ts';
import { intakeOnTheWire, oktaOnTheWire } from './wire.ts';

/**
 * By hand: `npm run fuzz -- --seconds 60 --seed 1 --only job`. So many seconds a target; what it finds is printed with
 * the smallest input that does it, and the same seed finds it again.
 */
const { values } = parseArgs({
  options: {
    seconds: { type: 'string', default: '30' },
    seed: { type: 'string' },
    only: { type: 'string', default: '' },
  },
});
const ms = Number(values.seconds) * 1000;
const seed = Number(values.seed ?? Date.now() % 2 ** 31);
let [inputs, findings] = [0, 0];

process.on('unhandledRejection', (thrown) => {
  tell(`UNHANDLED: ${thrown instanceof Error ? thrown.stack : String(thrown)}`);
  findings += 1;
});

function tell(line: string): void {
  process.stdout.write(`${line}\n`);
}

async function report<T>(target: Target<T>): Promise<void> {
  if (!target.name.includes(values.only)) return target.close?.();
  const tried: Tried = await tryFor(target, ms, seed);
  inputs += tried.inputs;
  const peak = Math.round(process.resourceUsage().maxRSS / 1024);
  tell(
    `${String(tried.inputs).padStart(8)} inputs  ${tried.finding === undefined ? 'nothing found' : 'FOUND'}  ${target.name} (peak ${peak} MiB)`,
  );
  if (tried.finding === undefined) return;
  findings += 1;
  tell(tried.finding);
}

tell(`seed ${seed}, ${values.seconds} s a target`);
await report(settings);
await report(configFile());
await report(answers);
await report(events());
await report(await oktaOnTheWire());
await report(await intakeOnTheWire());
await report(job);
tell(`${inputs} inputs, ${findings} findings`);
process.exit(findings === 0 ? 0 : 1);
