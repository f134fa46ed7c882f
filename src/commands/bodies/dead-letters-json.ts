import * as z from 'zod';
import { JSON_VERSION, jsonVersion, type OutputOf } from '../../ports/json-output.ts';
import type { DeadLetter, Replayed } from '../../ports/reader.ts';

const count = z.int().nonnegative();
const instant = z.iso.datetime();

const deadLetter = z.object({
  user_id: z.string().optional().describe("Okta's id of the user, where it is one"),
  device_id: z.string().optional().describe("Okta's id of the device, where it is one"),
  login: z.string().optional().describe('the login'),
  refused_by: z.string().describe('`mapping`: no valid event could be made; else the sink that refused it'),
  reasons: z.array(z.string()).describe('why, in words'),
  times: z.int().positive().describe('how often'),
  first_at: instant.describe('when it was refused first'),
  last_at: instant.describe('when it was refused last'),
  event: z.unknown().optional().describe('the event, where there is one'),
});

/** `dead-letters list --json`, field by field. */
export const DEAD_LETTERS_SCHEMA = z.object({
  version: jsonVersion,
  dead_letters: z.array(deadLetter).describe('in the order of their ids'),
});

/** `dead-letters replay --json`, field by field. */
export const REPLAYED_SCHEMA = z.object({
  version: jsonVersion,
  offered: count.describe('events that wait in the outbox again'),
  read_again: count.describe('users that the next run reads again, since no event could be made'),
  overtaken: count.describe('dead letters that stay: a newer event of the user waits already'),
  without_id: count.describe("dead letters that stay: Okta's record has no id to ask for"),
});

/** The parts of a list that is too long to be one text: its beginning and its end, with the letters between. */
export const LIST_BEGINS = `{"version":${JSON_VERSION},"dead_letters":[`;
export const LIST_ENDS = '\n]}\n';

export function deadLetterJson(letter: DeadLetter): OutputOf<typeof deadLetter> {
  const { asset, login, refusedBy, sink, reasons, times, firstAt, lastAt, body } = letter;
  const event: unknown = body === undefined ? undefined : JSON.parse(body);
  return {
    [`${asset.kind}_id` as const]: asset.id,
    login,
    refused_by: refusedBy === 'sink' ? sink : refusedBy,
    reasons,
    times,
    first_at: new Date(firstAt).toISOString(),
    last_at: new Date(lastAt).toISOString(),
    event,
  };
}

export function replayedJson({
  offered,
  marked,
  overtaken,
  nameless,
}: Replayed): OutputOf<typeof REPLAYED_SCHEMA> {
  return { version: JSON_VERSION, offered, read_again: marked, overtaken, without_id: nameless };
}
