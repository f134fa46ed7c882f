import * as z from 'zod';
import { openHistoryOfChanges } from '../../compose/changes.ts';
import type { Prepared } from '../../compose/prepare.ts';
import type { ChangeReader, ToldChange } from '../../ports/changes.ts';
import { ConfigError } from '../../ports/errors.ts';
import { EXIT_DONE, EXIT_FAILED } from '../../process/failure.ts';
import { plainText } from '../../process/log.ts';
import type { World } from '../../process/world.ts';
import { instantOf } from '../../query/since.ts';
import { changeJson, CHANGES_END, changesBegin } from './changes-json.ts';

export interface ChangesOptions {
  /** A span before now, or an instant. */
  readonly since: string;
  /** Id, login or e-mail address; absent: changes of everything. */
  readonly user: string | undefined;
  readonly json: boolean;
}

/** So many characters leave at once. */
const CHUNK = 65_536;
const NOTHING_YET =
  'note: no changes are recorded yet: they are from the end of the first full run on, as `okta-ocsf sync` makes it\n';

/** Prints the changes that the inventory has seen, newest last. Resolves with the exit code. */
export async function runChanges({ settings, world }: Prepared, options: ChangesOptions): Promise<number> {
  if (settings.historyDays === 0) {
    const hint = 'give it the number of days that the history shall go back, for the runs too';
    throw new ConfigError([{ name: 'HISTORY_DAYS', problem: 'is 0, so that no changes are recorded', hint }]);
  }
  const since = new Date(instantOf(options.since, world.clock.now()) ?? 0).toISOString();
  const reader = openHistoryOfChanges(settings);
  try {
    const userId = options.user === undefined ? undefined : reader.idOf(options.user);
    if (options.user !== undefined && userId === undefined) {
      world.err.write('error: the inventory knows no user with this id, login or e-mail address\n');
      world.err.write('hint: `okta-ocsf dry-run --user` asks Okta itself\n');
      return EXIT_FAILED;
    }
    const told = await print(reader.list(since, userId), { since, json: options.json }, world);
    if (!reader.isRecording) world.err.write(NOTHING_YET);
    else if (told === 0) world.err.write(`note: no changes since ${since}\n`);
    return EXIT_DONE;
  } finally {
    reader.close();
  }
}

/** Resolves with the number of changes. */
async function print(
  changes: ReturnType<ChangeReader['list']>,
  { since, json }: { readonly since: string; readonly json: boolean },
  world: World,
): Promise<number> {
  let count = 0;
  let chunk = json ? changesBegin(since) : '';
  for await (const change of changes) {
    chunk += json
      ? `${count === 0 ? '' : ','}\n${JSON.stringify(changeJson(change))}`
      : `${lineOf(change)}\n`;
    count += 1;
    if (chunk.length < CHUNK) continue;
    await world.out(chunk);
    if (world.stopping.aborted) return count;
    chunk = '';
  }
  await world.out(json ? chunk + CHANGES_END : chunk);
  return count;
}

/** Time, login or name, what, the other end, from -> to. */
function lineOf({
  at,
  what,
  subjectId,
  subjectName,
  objectId,
  objectName,
  before,
  after,
}: ToldChange): string {
  const values = before === undefined && after === undefined ? '' : `${inWords(before)} -> ${inWords(after)}`;
  const object = NAMED_BY_VALUE.test(what) ? '' : (objectName ?? objectId ?? '');
  const parts = [at, subjectName ?? subjectId, what, object, values];
  return plainText(
    parts
      .filter((part) => part !== '')
      .join('  ')
      .replaceAll(/[\r\n\t]/gu, ' '),
  );
}

const smallJson = z.union([
  z.array(z.string()),
  // A role's label says its type.
  z
    .record(z.string(), z.string())
    .transform(({ type, ...rest }) => [
      ...(type === undefined || rest['label'] !== undefined ? [] : [type]),
      ...Object.values(rest),
    ]),
]);
/** Their values name the role or factor. */
const NAMED_BY_VALUE = /^(?:(?:group-)?role|factor)-(?:added|removed)$/u;

/** Small JSON without its names. */
function inWords(value: string | undefined): string {
  if (value === undefined) return '-';
  const parsed = smallJson.safeParse(jsonIn(value));
  if (!parsed.success) return value;
  return parsed.data.length === 0 ? '-' : parsed.data.join(', ');
}

function jsonIn(value: string): unknown {
  try {
    return JSON.parse(value);
  } catch {
    return undefined;
  }
}
