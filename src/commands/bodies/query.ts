import {
  openAsker,
  questionOf,
  readLibrary,
  type Library,
  type LibraryQuery,
} from '../../compose/questions.ts';
import type { Prepared } from '../../compose/prepare.ts';
import { ConfigError } from '../../ports/errors.ts';
import type { CheckedQuestion, ParameterValues, UnknownCount } from '../../ports/questions.ts';
import { failureLines, isStop, EXIT_DONE, EXIT_INCOMPLETE } from '../../process/failure.ts';
import type { World } from '../../process/world.ts';
import { instantOf, SINCE_FORMS } from '../../query/since.ts';
import { nearestName } from '../../settings/nearest.ts';
import { answerPrinter, tableLines, type AnswerFormat } from './answer-printer.ts';

export interface QueryOptions {
  readonly name: string | undefined;
  readonly sql: string | undefined;
  readonly list: boolean;
  readonly format: AnswerFormat;
  readonly parameters: readonly { readonly name: string; readonly value: string }[];
  readonly failOnRows: boolean;
  readonly timeoutMs: number;
}

/** The value of this parameter may be a span before now. */
const SINCE = 'since';

/** Asks the inventory and prints the answer. Resolves with the exit code. */
export async function runQuery({ settings, world }: Prepared, options: QueryOptions): Promise<number> {
  const ways = [options.name !== undefined, options.sql !== undefined, options.list];
  if (ways.filter(Boolean).length !== 1) {
    const problem = 'asks one thing at a time';
    throw new ConfigError([{ name: 'query', problem, hint: 'give a name, or --sql, or --list' }]);
  }
  if (options.list) return printList(readLibrary(settings), options, world);
  const { question, needs } = askedBy(options, () => readLibrary(settings));
  const parameters = valuesFor(question, options.parameters, world.clock.now());
  const asker = openAsker(settings, world);
  try {
    const printer = answerPrinter(options.format, question.columns, (text) => world.out(text));
    await printer.begin();
    let rows = 0;
    const unknown = await asker.ask(question, {
      parameters,
      needs,
      timeoutMs: options.timeoutMs,
      signal: world.stopping,
      onRows: async (some) => {
        rows += some.length;
        await printer.rows(some);
      },
    });
    await printer.end();
    world.err.write(unknownText(unknown));
    return options.failOnRows && rows > 0 ? EXIT_INCOMPLETE : EXIT_DONE;
  } catch (thrown) {
    // The reader of stdout has read enough.
    if (isStop(thrown, world.stopping) && world.stoppedBy() === undefined) return EXIT_DONE;
    throw thrown;
  } finally {
    asker.close();
  }
}

interface FoundQuestion {
  readonly question: CheckedQuestion;
  readonly needs: ReadonlySet<string>;
}

function askedBy({ name, sql }: QueryOptions, library: () => Library): FoundQuestion {
  if (sql !== undefined) {
    const question = questionOf(sql, '--sql');
    return { question, needs: question.needs };
  }
  const { question, needs } = found(library(), name ?? '');
  return { question, needs: new Set([...needs, ...question.needs]) };
}

function found({ queries, faults }: Library, name: string): LibraryQuery {
  const query = queries.get(name);
  if (query !== undefined) return query;
  const own = faults.filter((each) => each.name.endsWith(`: ${name}.sql`));
  if (own.length > 0) throw new ConfigError(own);
  const near = nearestName(name, [...queries.keys()]);
  const hint = near === undefined ? 'okta-ocsf query --list shows them all' : `did you mean ${near}?`;
  throw new ConfigError([{ name: 'query', problem: `knows no question ${JSON.stringify(name)}`, hint }]);
}

function valuesFor(
  question: CheckedQuestion,
  given: QueryOptions['parameters'],
  now: number,
): ParameterValues {
  const faults = [];
  const values = new Map(given.map(({ name, value }) => [name, value]));
  for (const name of values.keys())
    if (!question.parameters.includes(name))
      faults.push({
        name: '--param',
        problem: `names ${name}, which the question has not`,
        hint: 'leave it out',
      });
  for (const name of question.parameters)
    if (!values.has(name))
      faults.push({ name: '--param', problem: `has no value for ${name}`, hint: `add --param ${name}=...` });
  const since = values.get(SINCE);
  if (since !== undefined) {
    const at = instantOf(since, now);
    if (at === undefined)
      faults.push({ name: '--param', problem: 'since is no time', hint: `give ${SINCE_FORMS}` });
    else values.set(SINCE, new Date(at).toISOString());
  }
  if (faults.length > 0) throw new ConfigError(faults);
  return Object.fromEntries(values);
}

async function printList(library: Library, { format }: QueryOptions, world: World): Promise<number> {
  const queries = [...library.queries.values()];
  if (format === 'table')
    await world.out(tableLines(queries.map((each) => [nameWithParameters(each), each.title])));
  else {
    const columns = ['name', 'title', 'description', 'subject', 'needs', 'requires', 'parameters', 'own'];
    const printer = answerPrinter(format, columns, (text) => world.out(text));
    await printer.begin();
    await printer.rows(queries.map(asRow));
    await printer.end();
  }
  if (library.faults.length > 0)
    world.err.write(`${failureLines(new ConfigError(library.faults)).join('\n')}\n`);
  return EXIT_DONE;
}

function nameWithParameters({ name, parameters }: LibraryQuery): string {
  return [name, ...parameters.map((each) => `--param ${each.name}=...`)].join(' ');
}

function asRow(query: LibraryQuery): readonly (string | number)[] {
  const { name, title, description, subject, needs, requires, parameters, isOwn } = query;
  const names = parameters.map((each) => each.name);
  return [
    name,
    title,
    description,
    subject,
    needs.join(','),
    requires.join(','),
    names.join(','),
    isOwn ? 1 : 0,
  ];
}

/** One line for each lookup without answers. What is not known is in no row. */
function unknownText(unknown: readonly UnknownCount[]): string {
  if (unknown.length === 0) return 'unknown: nothing that the answer depends on\n';
  return unknown
    .map(({ lookup, subject, reason, subjects }) =>
      subject === 'org'
        ? `unknown: ${lookup} (${reason})\n`
        : `unknown: ${lookup} of ${subjects} ${subjects === 1 ? subject : `${subject}s`} (${reason})\n`,
    )
    .join('');
}
