/**
 * The process that answers questions, one after the other. It is a process, because nothing else can be stopped amid a
 * statement of SQLite, and it reads only. It ends itself when its parent is gone, or when it takes too much memory.
 */
import process from 'node:process';
import { constants, type DatabaseSync } from 'node:sqlite';
import { Worker } from 'node:worker_threads';
import { InventoryError } from '../../ports/errors.ts';
import type { AnswerCell } from '../../ports/questions.ts';
import { integer, text } from '../sqlite/rows.ts';
import { openReadOnly } from '../sqlite/open-read-only.ts';
import { createViews } from '../sqlite/views/views.ts';
import type { QuestionReply } from './messages.ts';
import type { AskRequest, QuestionRequest } from './request.ts';

const ROWS_AT_ONCE = 1000;
const TEXT_AT_ONCE = 1_000_000;
/** A single value may be so long, in bytes. */
const LONGEST_VALUE = 64 * 1024 * 1024;
/** The memory that the process may take, in bytes. */
const MOST_MEMORY = 1024 * 1024 * 1024;

const WATCH = `
  const { workerData: parent } = require('node:worker_threads');
  setInterval(() => {
    if (process.ppid !== parent || process.memoryUsage.rss() > ${MOST_MEMORY}) process.kill(process.pid, 'SIGKILL');
  }, 50);`;

let rest: Generator<QuestionReply> | undefined;

function* answerTo({
  stateDir,
  maxAnswerAgeMs,
  sql,
  parameters,
  needs,
}: AskRequest): Generator<QuestionReply> {
  const database = openReadOnly(stateDir);
  try {
    // A change of this setting drops what is temporary.
    database.exec('PRAGMA temp_store = MEMORY');
    createViews(database, maxAnswerAgeMs);
    database.exec('BEGIN');
    database.limits.length = LONGEST_VALUE;
    database.setAuthorizer((action) => (READING.has(action) ? constants.SQLITE_OK : constants.SQLITE_DENY));
    yield* rowsOf(database, sql, parameters);
    yield { kind: 'end', unknown: unknownOf(database, needs) };
  } finally {
    database.close();
  }
}

/** The question was checked before. This is the second lock on the same door. */
const READING = new Set([
  constants.SQLITE_SELECT,
  constants.SQLITE_READ,
  constants.SQLITE_FUNCTION,
  constants.SQLITE_RECURSIVE,
]);

function* rowsOf(
  database: DatabaseSync,
  sql: string,
  parameters: AskRequest['parameters'],
): Generator<QuestionReply> {
  const statement = database.prepare(sql);
  statement.setReadBigInts(true);
  statement.setReturnArrays(true);
  let rows: AnswerCell[][] = [];
  let size = 0;
  for (const row of statement.iterate(parameters)) {
    const cells = Object.values(row).map(cellOf);
    rows.push(cells);
    for (const each of cells) size += typeof each === 'string' ? each.length : 8;
    if (rows.length < ROWS_AT_ONCE && size < TEXT_AT_ONCE) continue;
    yield { kind: 'rows', rows };
    [rows, size] = [[], 0];
  }
  if (rows.length > 0) yield { kind: 'rows', rows };
}

function cellOf(value: unknown): AnswerCell {
  if (typeof value === 'bigint') return Number.isSafeInteger(Number(value)) ? Number(value) : String(value);
  if (value instanceof Uint8Array) return Buffer.from(value).toString('hex');
  return typeof value === 'string' || typeof value === 'number' ? value : null;
}

function unknownOf(
  database: DatabaseSync,
  needs: readonly string[],
): Extract<QuestionReply, { kind: 'end' }>['unknown'] {
  if (needs.length === 0) return [];
  const rows = database
    .prepare(
      `SELECT lookup, subject, reason, count(DISTINCT id) AS subjects FROM unknown
       WHERE lookup IN (SELECT value FROM json_each(?)) GROUP BY lookup, subject, reason ORDER BY lookup, subject, reason`,
    )
    .all(JSON.stringify(needs));
  return rows.map((row) => ({
    lookup: text(row, 'lookup'),
    subject: text(row, 'subject'),
    reason: text(row, 'reason'),
    subjects: integer(row, 'subjects'),
  }));
}

function next(message: QuestionRequest): QuestionReply {
  try {
    if (message.kind === 'ask') {
      rest?.return(undefined);
      rest = answerTo(message);
    }
    const step = rest?.next();
    if (step === undefined || step.done === true) throw new Error('no question was asked');
    if (step.value.kind === 'end') rest?.return(undefined);
    return step.value;
  } catch (thrown) {
    if (thrown instanceof InventoryError)
      return {
        kind: 'failed',
        of: 'inventory',
        message: thrown.message,
        ...(thrown.hint === undefined ? {} : { hint: thrown.hint }),
      };
    return {
      kind: 'failed',
      of: 'question',
      message: thrown instanceof Error ? thrown.message : String(thrown),
    };
  }
}

new Worker(WATCH, { eval: true, workerData: process.ppid, env: {} }).unref();
process.send?.({ kind: 'ready' } satisfies QuestionReply);
process.on('message', (message: QuestionRequest) => process.send?.(next(message)));
