import * as z from 'zod';
import { openKnownUsers, type KnownUsers } from '../../compose/known-users.ts';
import { ConfigError } from '../../ports/errors.ts';
import { JSON_VERSION, type OutputOf } from '../../ports/json-output.ts';
import { EXIT_DONE, EXIT_INCOMPLETE } from '../../process/failure.ts';
import { plainText } from '../../process/log.ts';
import { readEventTexts } from '../../inspect/event-texts.ts';
import type { COMPARISON_SCHEMA } from '../../inspect/comparison-schema.ts';
import { comparisonLines, summaryLines } from '../../inspect/comparison-text.ts';
import { compareEvents, ComparisonCount, type UserComparison } from '../../inspect/comparison.ts';
import type { Prepared } from '../../compose/prepare.ts';
import type { World } from '../../process/world.ts';
import { linesIn } from './event-file.ts';

export interface CompareOptions {
  /** Events of another connector; `-` is stdin. */
  readonly file: string;
  readonly json: boolean;
}

const ofUser = z.looseObject({ user: z.looseObject({ uid: z.string() }) });

/** Compares another connector's newest event of each user with ours. Resolves with the exit code. */
export async function runCompare(
  { settings, world }: Prepared,
  { file, json }: CompareOptions,
): Promise<number> {
  const theirs = await readNewest(file, world);
  const users = openKnownUsers(settings);
  const count = new ComparisonCount();
  const kept: Exclude<UserComparison, { kind: 'same' }>[] = [];
  try {
    for await (const compared of compareAll(theirs, users)) {
      world.stopping.throwIfAborted();
      count.add(compared);
      if (json && compared.kind !== 'same') kept.push(compared);
      if (!json) await world.out(asText(comparisonLines(compared)));
    }
  } finally {
    users.close();
  }
  const summary = count.summary();
  const told: OutputOf<typeof COMPARISON_SCHEMA> = { version: JSON_VERSION, summary, users: kept };
  await world.out(json ? `${JSON.stringify(told, null, 2)}\n` : asText(summaryLines(summary)));
  return count.isSame ? EXIT_DONE : EXIT_INCOMPLETE;
}

/** The events as texts, by user: when a file holds a user more than once, the last event counts. */
async function readNewest(file: string, world: World): Promise<Map<string, string>> {
  const newest = new Map<string, string>();
  const faults: { name: string; problem: string; hint: string }[] = [];
  for await (const { line, text } of readEventTexts(linesIn(file, world))) {
    const events = parse(text);
    if (events === undefined) faults.push(fault(file, line, 'is not JSON'));
    for (const event of events ?? []) {
      const parsed = ofUser.safeParse(event);
      if (parsed.success) newest.set(parsed.data.user.uid, JSON.stringify(event));
      else faults.push(fault(file, line, 'holds an event without user.uid'));
    }
  }
  if (faults.length > 0) throw new ConfigError(faults);
  return newest;
}

function parse(text: string): readonly unknown[] | undefined {
  try {
    return z.array(z.unknown()).parse([JSON.parse(text)].flat());
  } catch {
    return undefined; // reported with its line
  }
}

function fault(file: string, line: number, problem: string) {
  const hint = 'give events of users as JSON, one a line or in an array';
  return { name: `${file} line ${line}`, problem, hint };
}

async function* compareAll(theirs: Map<string, string>, users: KnownUsers): AsyncGenerator<UserComparison> {
  for await (const { facets } of users.all()) {
    const uid = facets.user.id;
    const made = users.makeEvent(facets);
    // A user without an event has nothing to compare with.
    if (made.kind !== 'event') continue;
    const their = theirs.get(uid);
    theirs.delete(uid);
    if (their === undefined) yield { uid, kind: 'only-here' };
    else {
      const fields = compareEvents(JSON.parse(their), JSON.parse(made.body));
      yield fields.length === 0 ? { uid, kind: 'same' } : { uid, kind: 'different', fields };
    }
  }
  for (const uid of theirs.keys()) yield { uid, kind: 'only-there' };
}

function asText(lines: readonly string[]): string {
  return lines.map((line) => `${plainText(line)}\n`).join('');
}
