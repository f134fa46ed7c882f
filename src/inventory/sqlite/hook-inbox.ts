import { createHash } from 'node:crypto';
import { existsSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type { DatabaseSync } from 'node:sqlite';
import type { Clock } from '../../ports/clock.ts';
import { ConnectorError } from '../../ports/errors.ts';
import type { HookInbox, HookTraffic, WaitingMarks } from '../../ports/hooks.ts';
import type { Mark } from '../../ports/inventory.ts';
import type { ToldEvent } from '../../ports/source.ts';
import { makeStateDir, openFile } from './database.ts';
import { markOf, memberOf } from './mark-store.ts';
import { integer, optionalInteger } from './rows.ts';
import { isDamage } from './sqlite-codes.ts';
import { transactionOn, type Transaction } from './transaction.ts';

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
/** A hook brings an entry long before it may be read. Answers that were asked this long after it count as newer. */
const SETTLED_AFTER_MS = 60_000;
/** More than Okta sends in a day. The oldest are forgotten first. */
const MOST_EVENTS = 500_000;
/** Where more marks wait than this, it is the System Log that tells what has changed. */
const MOST_MARKS = 50_000;

const TABLES = `
  CREATE TABLE IF NOT EXISTS inbox (
    sequence INTEGER PRIMARY KEY, subject TEXT NOT NULL, id TEXT NOT NULL, question TEXT NOT NULL,
    member TEXT NOT NULL, brought_by TEXT, received_at INTEGER NOT NULL, UNIQUE (subject, id, question, member)
  ) STRICT;
  CREATE TABLE IF NOT EXISTS events (
    uuid TEXT PRIMARY KEY, says BLOB NOT NULL, received_at INTEGER NOT NULL, taken_at INTEGER
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX IF NOT EXISTS events_waiting ON events (uuid) WHERE taken_at IS NULL;
  CREATE INDEX IF NOT EXISTS events_by_age ON events (received_at);
  CREATE TABLE IF NOT EXISTS hours (
    at INTEGER PRIMARY KEY, hooked INTEGER NOT NULL DEFAULT 0, logged INTEGER NOT NULL DEFAULT 0
  ) STRICT;`;

/** The inbox in a file of its own in `STATE_DIR`, which is made when the first hook comes. */
export class SqliteHookInbox implements HookInbox {
  readonly #stateDir: string;
  readonly #clock: Pick<Clock, 'now'>;
  readonly #mostMarks: number;
  #open: Opened | undefined;
  #waitingSince: number | undefined;
  #sequence = 0;
  #marks = 0;

  constructor(stateDir: string, clock: Pick<Clock, 'now'>, mostMarks = MOST_MARKS) {
    this.#mostMarks = mostMarks;
    this.#stateDir = stateDir;
    this.#clock = clock;
    if (existsSync(this.#file)) this.#look();
  }

  get waitingSince(): number | undefined {
    return this.#waitingSince;
  }

  async store(events: readonly ToldEvent[]): Promise<number | undefined> {
    const { transaction, statements } = this.#opened();
    const now = this.#clock.now();
    const told = events.filter(({ marks }) => marks.length > 0);
    const marks = told.reduce((sum, event) => sum + event.marks.length, 0);
    // Counts marks that were renewed twice, until it matters.
    if (this.#marks + marks > this.#mostMarks) this.#look();
    const isFull = this.#marks + marks > this.#mostMarks;
    try {
      const added = transaction((): number | undefined => {
        statements.count.run({ at: hourOf(now), hooked: events.length, logged: 0 });
        if (isFull) return this.#forgetAll();
        const fresh = told.filter((event) => this.#note(event, now));
        for (const mark of fresh.flatMap((event) => event.marks)) this.#add(mark, now);
        return fresh.length;
      });
      if (isFull) this.#look();
      else if (added !== undefined && added > 0) {
        this.#marks += marks;
        this.#waitingSince ??= now;
      }
      return added;
    } catch (thrown) {
      if (thrown instanceof ConnectorError && isDamage(thrown.cause)) this.#makeAnew();
      throw thrown;
    }
  }

  async waiting(most: number): Promise<WaitingMarks> {
    if (this.#waitingSince === undefined) return { marks: [], upTo: 0 };
    const rows = this.#opened().statements.first.all(most);
    const last = rows.at(-1);
    return {
      marks: rows.map((row) => markOf(row)),
      upTo: last === undefined ? 0 : integer(last, 'sequence'),
    };
  }

  async remove(upTo: number): Promise<void> {
    const { transaction, statements } = this.#opened();
    transaction(() => statements.remove.run(upTo));
    this.#look();
  }

  async taken(at: number, areAllKept: boolean): Promise<void> {
    if (this.#open === undefined) return;
    const { transaction, statements } = this.#open;
    transaction(() => {
      if (areAllKept) statements.take.run(at);
      else statements.forgetWaiting.run();
      this.#forgetOld();
    });
  }

  async isSettled(event: ToldEvent): Promise<boolean> {
    const { uuid, publishedAt } = event;
    if (uuid === undefined || publishedAt === undefined || this.#open === undefined) return false;
    const row = this.#open.statements.event.get(uuid);
    if (row === undefined || !isSame(row['says'], saidBy(event))) return false;
    const takenAt = optionalInteger(row, 'taken_at');
    return takenAt !== undefined && takenAt - publishedAt >= SETTLED_AFTER_MS;
  }

  async noteLogged(events: number): Promise<void> {
    if (events === 0) return;
    const { transaction, statements } = this.#opened();
    transaction(() => statements.count.run({ at: hourOf(this.#clock.now()), hooked: 0, logged: events }));
  }

  async traffic(): Promise<HookTraffic | undefined> {
    const since = this.#clock.now() - DAY_MS;
    const first = this.#open?.statements.firstHour.get();
    if (first === undefined || (optionalInteger(first, 'at') ?? since) >= since) return undefined;
    const row = this.#open?.statements.traffic.get(hourOf(since));
    if (row === undefined) return undefined;
    return { hooked: integer(row, 'hooked'), logged: integer(row, 'logged') };
  }

  close(): void {
    this.#open?.database.close();
    this.#open = undefined;
  }

  /** Does this event say something that is not known yet? A repeated one says nothing. */
  #note(event: ToldEvent, now: number): boolean {
    if (event.uuid === undefined) return true;
    const { statements } = this.#opened();
    const says = saidBy(event);
    const known = statements.event.get(event.uuid);
    if (known !== undefined && isSame(known['says'], says)) return false;
    statements.note.run(event.uuid, says, now);
    return true;
  }

  #add(mark: Mark, now: number): void {
    const { subject, id, question, from } = mark;
    this.#sequence += 1;
    const { add } = this.#opened().statements;
    add.run(this.#sequence, subject, id, question, memberOf(mark), from ?? null, now);
  }

  #forgetAll(): undefined {
    const { statements } = this.#opened();
    statements.removeAll.run();
    statements.forgetWaiting.run();
  }

  #forgetOld(): void {
    const { statements } = this.#opened();
    const now = this.#clock.now();
    statements.forgetEvents.run(now - DAY_MS);
    statements.forgetMost.run();
    statements.forgetHours.run(now - 2 * DAY_MS);
  }

  /** Sequences only grow while the process lives, so that a mark that is renewed is not removed with an older one. */
  #look(): void {
    const row = this.#opened().statements.state.get();
    if (row === undefined) return;
    this.#sequence = Math.max(this.#sequence, integer(row, 'sequence'));
    this.#marks = integer(row, 'marks');
    this.#waitingSince = optionalInteger(row, 'oldest');
  }

  get #file(): string {
    return join(this.#stateDir, 'hooks.db');
  }

  #opened(): Opened {
    this.#open ??= this.#openFile();
    return this.#open;
  }

  #openFile(): Opened {
    try {
      makeStateDir(this.#stateDir);
      return openInbox(this.#file);
    } catch (thrown) {
      if (!isDamage(thrown)) throw thrown;
      this.#makeAnew();
      return openInbox(this.#file);
    }
  }

  /** The System Log has all that a damaged file had. */
  #makeAnew(): void {
    this.close();
    for (const end of ['', '-wal', '-shm']) rmSync(`${this.#file}${end}`, { force: true });
  }
}

interface Opened {
  readonly database: DatabaseSync;
  readonly transaction: Transaction;
  readonly statements: ReturnType<typeof prepare>;
}

function openInbox(file: string): Opened {
  const database = openFile(file);
  try {
    // Nobody waits here: whoever comes too early comes again.
    database.exec('PRAGMA busy_timeout = 0; PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL');
    database.exec(TABLES);
    return { database, transaction: transactionOn(database), statements: prepare(database) };
  } catch (thrown) {
    database.close();
    throw thrown;
  }
}

function prepare(database: DatabaseSync) {
  return {
    // A mark that is renewed moves to the end, and has waited as long as before.
    add: database.prepare(`
      INSERT INTO inbox (sequence, subject, id, question, member, brought_by, received_at)
      VALUES (?, ?, ?, ?, ?, ?, ?)
      ON CONFLICT (subject, id, question, member)
        DO UPDATE SET brought_by = excluded.brought_by, sequence = excluded.sequence`),
    state: database.prepare(
      'SELECT coalesce(max(sequence), 0) AS sequence, count(*) AS marks, min(received_at) AS oldest FROM inbox',
    ),
    removeAll: database.prepare('DELETE FROM inbox'),
    first: database.prepare("SELECT *, 'changed' AS reason FROM inbox ORDER BY sequence LIMIT ?"),
    remove: database.prepare('DELETE FROM inbox WHERE sequence <= ?'),
    note: database.prepare('INSERT OR REPLACE INTO events VALUES (?, ?, ?, NULL)'),
    event: database.prepare('SELECT says, taken_at FROM events WHERE uuid = ?'),
    take: database.prepare('UPDATE events SET taken_at = ? WHERE taken_at IS NULL'),
    forgetWaiting: database.prepare('DELETE FROM events WHERE taken_at IS NULL'),
    forgetEvents: database.prepare('DELETE FROM events WHERE received_at < ?'),
    forgetMost: database.prepare(`
      DELETE FROM events WHERE received_at < (
        SELECT received_at FROM events ORDER BY received_at DESC LIMIT 1 OFFSET ${MOST_EVENTS})`),
    count: database.prepare(`
      INSERT INTO hours VALUES (:at, :hooked, :logged)
      ON CONFLICT DO UPDATE SET hooked = hooked + :hooked, logged = logged + :logged`),
    firstHour: database.prepare('SELECT min(at) AS at FROM hours'),
    traffic: database.prepare(`
      SELECT coalesce(sum(hooked), 0) AS hooked, coalesce(sum(logged), 0) AS logged FROM hours WHERE at >= ?`),
    forgetHours: database.prepare('DELETE FROM hours WHERE at < ?'),
  };
}

function hourOf(instant: number): number {
  return Math.floor(instant / HOUR_MS) * HOUR_MS;
}

/** A short name of what an event asks: whoever repeats its id with other marks says something else. */
function saidBy({ marks }: ToldEvent): Uint8Array {
  const asked = marks.map((mark) => [mark.subject, mark.id, mark.question, memberOf(mark)].join(' '));
  return createHash('sha256').update(asked.toSorted().join('\n')).digest().subarray(0, 16);
}

function isSame(stored: unknown, says: Uint8Array): boolean {
  return stored instanceof Uint8Array && Buffer.compare(stored, says) === 0;
}
