import type { DatabaseSync } from 'node:sqlite';
import type { KeptReports, QuietHour, RunHistory } from '../../ports/run-history.ts';
import type { Report } from '../../ports/report.ts';
import { HOUR_MS, isQuiet, MOST_REPORTS, MOST_RUN_HOURS } from '../policy/kept-runs.ts';
import { isReport, REPORT_SCHEMA } from '../report-schema.ts';
import { jsonIfAny } from './records.ts';
import { integer, text } from './rows.ts';
import type { Row } from './rows.ts';
import { orInventoryError } from './transaction.ts';

const SUCCEEDED = "outcome IN ('completed', 'completed_with_gaps')";
const POLLED = `${SUCCEEDED} AND mode <> 'marks'`;

/** Keeps the memory of runs. Call it inside the caller's transaction. */
export class RunRows {
  readonly #statements;

  constructor(database: DatabaseSync) {
    this.#statements = {
      add: database.prepare(`
        INSERT OR REPLACE INTO runs (run_id, mode, outcome, is_quiet, report) VALUES (?, ?, ?, ?, ?)`),
      forgetQuiet: database.prepare('DELETE FROM runs WHERE is_quiet = 1'),
      forgetOld: database.prepare(`
        DELETE FROM runs WHERE sequence NOT IN (
          SELECT sequence FROM (SELECT sequence FROM runs ORDER BY sequence DESC LIMIT ${MOST_REPORTS})
          UNION ALL SELECT max(sequence) FROM runs WHERE ${SUCCEEDED}
          UNION ALL SELECT max(sequence) FROM runs WHERE ${POLLED}
          UNION ALL SELECT max(sequence) FROM runs WHERE ${SUCCEEDED} AND mode = 'full')`),
      count: database.prepare(`
        INSERT INTO run_hours VALUES (?, ?, ?, 1, ?, ?)
        ON CONFLICT DO UPDATE SET runs = runs + 1, seconds = seconds + excluded.seconds,
          longest = max(longest, excluded.longest)`),
      // They are of a clock that was ahead.
      forgetHoursAhead: database.prepare('DELETE FROM run_hours WHERE at > ?'),
      forgetOldHours: database.prepare(`
        DELETE FROM run_hours
        WHERE at < (SELECT at FROM run_hours ORDER BY at DESC LIMIT 1 OFFSET ${MOST_RUN_HOURS})`),
    };
  }

  add(report: Report, endedAt: number): void {
    const { mode, outcome, run_id: runId, duration_seconds: duration } = report;
    const quiet = isQuiet(report);
    if (quiet) this.#statements.forgetQuiet.run();
    this.#statements.add.run(runId, mode, outcome, Number(quiet), JSON.stringify(report));
    this.#statements.forgetOld.run();
    this.#statements.count.run(hourOf(endedAt), mode, Number(quiet), duration, duration);
    this.#statements.forgetHoursAhead.run(hourOf(endedAt));
    this.#statements.forgetOldHours.run();
  }
}

/** The memory of runs, for code that only reads. */
export class SqliteRunHistory implements RunHistory {
  readonly #statements;

  constructor(database: DatabaseSync) {
    this.#statements = {
      newest: database.prepare('SELECT report FROM runs ORDER BY sequence DESC LIMIT ?'),
      find: database.prepare('SELECT report FROM runs WHERE run_id = ?'),
      succeeded: database.prepare(`SELECT report FROM runs WHERE ${SUCCEEDED} ORDER BY sequence DESC`),
      polled: database.prepare(`SELECT report FROM runs WHERE ${POLLED} ORDER BY sequence DESC`),
      full: database.prepare(`
        SELECT report FROM runs WHERE ${SUCCEEDED} AND mode = 'full' ORDER BY sequence DESC`),
      quiet: database.prepare('SELECT * FROM run_hours WHERE is_quiet = 1 AND at >= ? ORDER BY at, mode'),
      longest: database.prepare('SELECT max(longest) AS longest FROM run_hours WHERE at >= ?'),
    };
  }

  async newest(most: number): Promise<KeptReports> {
    return orInventoryError(() => {
      const rows = this.#statements.newest.all(most);
      const reports = reportsOf(rows);
      return { reports, unreadable: rows.length - reports.length };
    });
  }

  async find(runId: string): Promise<Report | undefined> {
    return orInventoryError(() => reportsOf(this.#statements.find.all(runId))[0]);
  }

  async lastSuccess(): Promise<Report | undefined> {
    return orInventoryError(() => firstReport(this.#statements.succeeded.iterate()));
  }

  async lastPoll(): Promise<Report | undefined> {
    return orInventoryError(() => firstReport(this.#statements.polled.iterate()));
  }

  async lastFull(): Promise<Report | undefined> {
    return orInventoryError(() => firstReport(this.#statements.full.iterate()));
  }

  async quietHours(since: number): Promise<readonly QuietHour[]> {
    return orInventoryError(() => this.#statements.quiet.all(hourOf(since)).flatMap(quietHourOf));
  }

  async longestSeconds(since: number): Promise<number | undefined> {
    const longest = orInventoryError(() => this.#statements.longest.get(hourOf(since))?.['longest']);
    return typeof longest === 'number' ? longest : undefined;
  }
}

function hourOf(instant: number): number {
  return Math.floor(instant / HOUR_MS) * HOUR_MS;
}

/** Without those that make no sense. */
function reportsOf(rows: readonly Row[]): readonly Report[] {
  return rows.map((row) => jsonIfAny(text(row, 'report'))).filter(isReport);
}

function firstReport(rows: Iterable<Row>): Report | undefined {
  for (const row of rows) {
    const [report] = reportsOf([row]);
    if (report !== undefined) return report;
  }
  return undefined;
}

function quietHourOf(row: Row): readonly QuietHour[] {
  const mode = REPORT_SCHEMA.shape.mode.safeParse(row['mode']);
  if (!mode.success) return [];
  return [
    {
      at: integer(row, 'at'),
      mode: mode.data,
      runs: integer(row, 'runs'),
      totalSeconds: integer(row, 'seconds'),
      longestSeconds: integer(row, 'longest'),
    },
  ];
}
