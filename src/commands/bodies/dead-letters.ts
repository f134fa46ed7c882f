import * as z from 'zod';
import { offerDeadLetters, openDeadLetters } from '../../compose/dead-letters.ts';
import { findWorker } from '../../compose/running-worker.ts';
import type { Settings } from '../../settings/load.ts';
import { EXIT_DONE } from '../../process/failure.ts';
import { plainText } from '../../process/log.ts';
import type { DeadLetter, Replayed } from '../../ports/reader.ts';
import type { Prepared } from '../../compose/prepare.ts';
import type { World } from '../../process/world.ts';
import { askWorkerAndWait } from './ask-worker.ts';
import { deadLetterJson, LIST_BEGINS, LIST_ENDS, replayedJson } from './dead-letters-json.ts';

export interface DeadLettersOptions {
  readonly action: 'list' | 'replay';
  readonly json: boolean;
}

/** Lists users whose events were refused and why, or offers them again. Resolves with the exit code. */
export async function runDeadLetters(
  prepared: Prepared,
  { action, json }: DeadLettersOptions,
): Promise<number> {
  const { settings, world } = prepared;
  if (action === 'list') await list(settings, world, json);
  else if (findWorker(settings) !== undefined) return replayByWorker(prepared, json);
  else await tellReplayed(await offerDeadLetters(settings, world), world, json);
  return EXIT_DONE;
}

/** Prints one after the other, since there may be as many as there are users. */
async function list(settings: Settings, world: World, json: boolean): Promise<void> {
  const letters = openDeadLetters(settings);
  try {
    let count = 0;
    if (json) await world.out(LIST_BEGINS);
    for await (const letter of letters.deadLetters()) {
      world.stopping.throwIfAborted();
      await world.out(
        json ? `${count === 0 ? '\n' : ',\n'}${JSON.stringify(deadLetterJson(letter))}` : asText(letter),
      );
      count += 1;
    }
    await world.out(json ? LIST_ENDS : summary(count));
  } finally {
    letters.close();
  }
}

/** Names of Okta's users may contain characters that move a terminal's cursor. */
function asText({ asset, login, refusedBy, sink, reasons, times, lastAt }: DeadLetter): string {
  const id = asset.kind === 'user' ? asset.id : `${asset.kind} ${asset.id}`;
  const who = login === undefined ? id : `${login} (${id})`;
  const what = refusedBy === 'sink' ? `refused by the ${sink}` : 'no event could be made';
  const often = times === 1 ? 'once' : `${times} times`;
  const when = new Date(lastAt).toISOString();
  return [`${who}: ${what}, ${often}, last ${when}`, ...reasons.map((reason) => `  ${reason}`)]
    .map((line) => `${plainText(line)}\n`)
    .join('');
}

function summary(count: number): string {
  if (count === 0) return 'no dead letters\n';
  return `\n${counted(count, 'dead letter', 'dead letters')}; \`okta-ocsf dead-letters replay\` offers them again\n`;
}

const ByWorker = z.object({
  offered: z.number(),
  marked: z.number(),
  overtaken: z.number(),
  nameless: z.number(),
});

/** The worker has the inventory. */
async function replayByWorker(prepared: Prepared, json: boolean): Promise<number> {
  const { world } = prepared;
  const { exitCode, told: lines, result } = await askWorkerAndWait(prepared, { kind: 'replay' });
  for (const line of lines) world.err.write(`${line}\n`);
  if (result !== undefined) await tellReplayed(ByWorker.parse(result), world, json);
  return exitCode;
}

async function tellReplayed(replayed: Replayed, world: World, json: boolean): Promise<void> {
  await world.out(json ? `${JSON.stringify(replayedJson(replayed), null, 2)}\n` : told(replayed));
}

function told({ offered, marked, overtaken, nameless }: Replayed): string {
  const lines = [
    [offered, `${counted(offered, 'event waits', 'events wait')} in the outbox again`],
    [overtaken, `${counted(overtaken, 'event has', 'events have')} a newer one in the outbox already`],
    [
      marked,
      `${counted(marked, 'user or device is', 'users or devices are')} looked at again: no event could be made`,
    ],
    [nameless, `${counted(nameless, 'record', 'records')} of Okta without an id cannot be asked for`],
  ] as const;
  const said = lines.filter(([count]) => count > 0).map(([, line]) => `${line}\n`);
  if (said.length === 0) return summary(0);
  return [
    ...said,
    ...(offered + marked > 0 ? ['the next run sends what the intake then accepts\n'] : []),
  ].join('');
}

function counted(count: number, one: string, many: string): string {
  return `${count} ${count === 1 ? one : many}`;
}
