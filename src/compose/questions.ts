import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { ProcessAsker } from '../inventory/questions/asker.ts';
import { checkQuestion } from '../inventory/questions/check-question.ts';
import { requireInventory } from '../inventory/sqlite/open-read-only.ts';
import { ConfigError, type SettingFault } from '../ports/errors.ts';
import { QuestionError, type Asker, type CheckedQuestion } from '../ports/questions.ts';
import type { World } from '../process/world.ts';
import { parseQuery, type SavedQuery } from '../query/saved-query.ts';
import { isRegular, readTextFile } from '../settings/text-file.ts';
import type { Settings } from '../settings/load.ts';

/** The questions that come along, in the package's folder. */
const SHIPPED = fileURLToPath(new URL('../../queries/', import.meta.url));
const ENDING = '.sql';
/** In bytes. */
const LARGEST_FILE = 1_000_000;

/** A saved query with the question that it asks. */
export interface LibraryQuery extends SavedQuery {
  readonly question: CheckedQuestion;
  /** It comes from `QUERIES_DIR`. */
  readonly isOwn: boolean;
}

/** The saved queries by their names, and what is wrong with files of `QUERIES_DIR`. */
export interface Library {
  readonly queries: ReadonlyMap<string, LibraryQuery>;
  readonly faults: readonly SettingFault[];
}

/** Throws `ConfigError` where `QUERIES_DIR` cannot be read. */
export function readLibrary({ queriesDir }: Pick<Settings, 'queriesDir'>): Library {
  const queries = new Map<string, LibraryQuery>();
  const faults: SettingFault[] = [];
  for (const name of namesIn(SHIPPED)) add(queries, readQuery(SHIPPED, name, false), faults);
  for (const name of queriesDir === undefined ? [] : ownNames(queriesDir)) {
    if (queries.has(name))
      faults.push(fault(name, 'has the name of a question that comes along', 'rename the file'));
    else add(queries, readQuery(queriesDir ?? '', name, true), faults);
  }
  return { queries, faults };
}

export function openAsker({ stateDir, maxAnswerAgeSeconds }: Settings, { nodePath }: World): Asker {
  requireInventory(stateDir);
  return new ProcessAsker({ stateDir, maxAnswerAgeMs: maxAnswerAgeSeconds * 1000, nodePath });
}

/** Throws `ConfigError` about `name` where the text is no question. */
export function questionOf(sql: string, name: string): CheckedQuestion {
  try {
    return checkQuestion(sql);
  } catch (thrown) {
    if (!(thrown instanceof QuestionError)) throw thrown;
    throw new ConfigError([{ name, problem: `is no question: ${thrown.message}`, hint: thrown.hint ?? '' }]);
  }
}

function namesIn(folder: string): readonly string[] {
  const files = readdirSync(folder).filter((file) => file.endsWith(ENDING));
  return files.map((file) => file.slice(0, -ENDING.length)).toSorted();
}

function ownNames(folder: string): readonly string[] {
  try {
    return namesIn(folder);
  } catch (thrown) {
    const reason = thrown instanceof Error ? thrown.message : String(thrown);
    const problem = `cannot be read: ${reason}`;
    throw new ConfigError([
      { name: 'QUERIES_DIR', problem, hint: 'give the path of a folder with .sql files' },
    ]);
  }
}

function fault(name: string, problem: string, hint: string): SettingFault {
  return { name: `QUERIES_DIR: ${name}${ENDING}`, problem, hint };
}

function add(
  queries: Map<string, LibraryQuery>,
  read: LibraryQuery | readonly SettingFault[],
  faults: SettingFault[],
): void {
  if ('sql' in read) queries.set(read.name, read);
  else faults.push(...read);
}

function readQuery(folder: string, name: string, isOwn: boolean): LibraryQuery | readonly SettingFault[] {
  const path = join(folder, `${name}${ENDING}`);
  if (!isRegular(path) || statSync(path).size > LARGEST_FILE)
    return [fault(name, 'is no file, or larger than 1 MB', 'keep one question a file')];
  const text = readTextFile(path);
  if (text.kind === 'wrong')
    return [fault(name, `cannot be read: ${text.problem}`, 'check its access rights')];
  const parsed = parseQuery(name, text.value);
  const hint = 'docs/questions.md shows how a file begins';
  if ('faults' in parsed)
    return parsed.faults.map(({ line, problem }) => fault(name, `line ${line}: ${problem}`, hint));
  try {
    const question = checkQuestion(parsed.query.sql);
    const told = parsed.query.parameters.map((each) => each.name);
    const untold = question.parameters.filter((each) => !told.includes(each));
    if (untold.length > 0)
      return [fault(name, `its head has no line "-- param: ${untold[0] ?? ''} ..."`, hint)];
    if (question.columns[0] !== 'uid') return [fault(name, 'its first column is not uid', hint)];
    return { ...parsed.query, question, isOwn };
  } catch (thrown) {
    if (!(thrown instanceof QuestionError)) throw thrown;
    return [fault(name, `is no question: ${thrown.message}`, thrown.hint ?? hint)];
  }
}
