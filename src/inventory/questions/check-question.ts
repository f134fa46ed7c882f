import { constants, DatabaseSync } from 'node:sqlite';
import { QuestionError, type CheckedQuestion } from '../../ports/questions.ts';
import { needsOf } from '../sqlite/views/needs.ts';
import { publicViews } from '../sqlite/views/views.ts';

/** Longer texts are no questions. In characters. */
const LONGEST_SQL = 1_000_000;
const HINT = 'docs/questions.md lists the views and their columns';
/** They read JSON that a column holds. */
const TABLE_FUNCTIONS = new Set(['json_each', 'json_tree']);

/**
 * Compiles a question against empty tables that are named like the views, in a database that has nothing else: a name
 * that is not of the contract is unknown there, however it is written. Throws `QuestionError`.
 */
export function checkQuestion(sql: string): CheckedQuestion {
  if (sql.length > LONGEST_SQL)
    throw wrong(`it is longer than ${LONGEST_SQL.toLocaleString('en')} characters`);
  const { database, views, modules } = namesakes();
  const used = new Map<string, Set<string>>();
  let refused: string | undefined;
  const refuse = (why: string): number => {
    refused ??= why;
    return constants.SQLITE_DENY;
  };
  database.setAuthorizer((action, first, second, place) => {
    switch (action) {
      case constants.SQLITE_SELECT:
      case constants.SQLITE_RECURSIVE:
        return constants.SQLITE_OK;
      case constants.SQLITE_FUNCTION:
        return second === 'load_extension' ? refuse('it loads code') : constants.SQLITE_OK;
      case constants.SQLITE_READ: {
        const name = first ?? '';
        if (views.has(name)) used.set(name, (used.get(name) ?? new Set()).add(second ?? ''));
        // The name of a common table expression has no place, nor has a table of which no column is read.
        else if (!TABLE_FUNCTIONS.has(name) && (place !== null || isOfSqlite(name, modules)))
          return refuse(`it reads ${name}, which is no view`);
        return constants.SQLITE_OK;
      }
      default:
        return refuse('it is no SELECT');
    }
  });
  try {
    const statement = database.prepare(sql);
    if (bare(sql.slice(statement.sourceSQL.length)).replace(/[\s;]+/gu, '') !== '')
      throw wrong('it is more than one statement');
    const columns = statement.columns().map(({ name }) => name);
    const [twice] = columns.filter((name, at) => columns.indexOf(name) !== at);
    if (twice !== undefined)
      throw wrong(`it has two columns named ${twice}`, 'give one of them another name with AS');
    return { sql, parameters: parametersOf(sql), columns, needs: needsOf(used) };
  } catch (thrown) {
    if (thrown instanceof QuestionError) throw thrown;
    throw wrong(refused ?? (thrown instanceof Error ? thrown.message : String(thrown)));
  } finally {
    database.setAuthorizer(null);
  }
}

function isOfSqlite(name: string, modules: ReadonlySet<string>): boolean {
  return modules.has(name) || name.startsWith('sqlite_');
}

function wrong(problem: string, hint = HINT): QuestionError {
  return new QuestionError(problem, { hint });
}

interface Namesakes {
  readonly database: DatabaseSync;
  readonly views: ReadonlySet<string>;
  /** Tables that SQLite itself offers to every query. */
  readonly modules: ReadonlySet<string>;
}

let made: Namesakes | undefined;

function namesakes(): Namesakes {
  if (made !== undefined) return made;
  const database = new DatabaseSync(':memory:');
  const views = publicViews(0);
  for (const { name, columns } of views) {
    const typed = Object.entries(columns).map(([column, { type }]) => `"${column}" ${type}`);
    database.exec(`CREATE TEMP TABLE "${name}" (${typed.join(', ')})`);
  }
  const named = (sql: string): readonly string[] =>
    database
      .prepare(sql)
      .all()
      .map(({ name }) => String(name));
  const pragmas = named('PRAGMA pragma_list').map((name) => `pragma_${name}`);
  made = {
    database,
    views: new Set(views.map(({ name }) => name)),
    modules: new Set([...named('PRAGMA module_list'), ...pragmas]),
  };
  return made;
}

/** The text without comments, and without what stands in quotes. */
function bare(sql: string): string {
  return sql.replace(/--[^\n]*|\/\*.*?(?:\*\/|$)|'(?:[^']|'')*'|"(?:[^"]|"")*"|`[^`]*`|\[[^\]]*\]/gsu, ' ');
}

function parametersOf(sql: string): readonly string[] {
  const text = bare(sql);
  if (/[?@$]/u.test(text)) throw wrong('its parameters have no names', 'write a parameter as :name');
  return [...new Set([...text.matchAll(/:([A-Za-z_]\w*)/gu)].map(([, name = '']) => name))];
}
