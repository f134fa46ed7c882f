import type { DatabaseSync } from 'node:sqlite';
import * as z from 'zod';
import { DAY_MS, SIGN_INS, YES_NO_UNKNOWN } from '../../enrich/posture.ts';
import type { JudgedUser, JudgePosture, UserPosture } from '../../enrich/posture.ts';
import { FACTOR_KINDS } from '../../ports/org.ts';
import type { Posture, PostureAt, PostureHistory, Shares } from '../../ports/posture.ts';
import { facetOf, type StillGood } from '../policy/answers.ts';
import { HOUR_MS, MOST_POSTURE_DAYS, MOST_POSTURE_HOURS } from '../policy/kept-runs.ts';
import { addUp, DORMANT_DAYS } from '../policy/posture.ts';
import { jsonIfAny, readGap, readRoles } from './records.ts';
import { integer, optionalInteger, optionalText, text } from './rows.ts';
import type { Row } from './rows.ts';
import { orInventoryError } from './transaction.ts';

const cellSchema: z.ZodType<UserPosture> = z.object({
  status: z.string(),
  mfa: z.enum(YES_NO_UNKNOWN),
  kinds: z.array(z.enum(FACTOR_KINDS)),
  admin: z.enum(YES_NO_UNKNOWN),
  signIn: z.enum(SIGN_INS),
  service: z.enum(YES_NO_UNKNOWN),
});

/** The cells of users of whom the same is known. Call it inside the caller's transaction. */
export class PostureCells {
  readonly #add;
  readonly #find;

  constructor(database: DatabaseSync) {
    this.#add = database.prepare('INSERT INTO posture_cells (says) VALUES (?) ON CONFLICT DO NOTHING');
    this.#find = database.prepare('SELECT id FROM posture_cells WHERE says = ?');
  }

  /** The id of the cell, which is made where it is missing. */
  of({ posture }: JudgedUser): number {
    const says = JSON.stringify(posture);
    const found = this.#find.get(says);
    if (found !== undefined) return integer(found, 'id');
    return Number(this.#add.run(says).lastInsertRowid);
  }
}

const SPANS = [
  { span: 'hour', length: HOUR_MS, most: MOST_POSTURE_HOURS },
  { span: 'day', length: DAY_MS, most: MOST_POSTURE_DAYS },
] as const;

export interface PostureParts {
  readonly database: DatabaseSync;
  readonly isStillGood: StillGood;
  readonly judge: JudgePosture;
}

/** Adds up the posture as it is now, and keeps it. Call it inside the caller's transaction. */
export class PostureRows {
  readonly #isStillGood: StillGood;
  readonly #judge: JudgePosture;
  readonly #statements;

  constructor({ database, isStillGood, judge }: PostureParts) {
    this.#isStillGood = isStillGood;
    this.#judge = judge;
    this.#statements = {
      cells: database.prepare('SELECT says, users FROM posture_cells WHERE users > 0'),
      dormant: database.prepare('SELECT sum(users) AS users FROM signed_in_days WHERE day < ?'),
      groups: database.prepare('SELECT count(*) AS count FROM groups'),
      neverAsked: database.prepare(
        'SELECT count(*) AS count FROM groups WHERE roles IS NULL AND roles_gap IS NULL',
      ),
      groupsWithRoles: database.prepare(`
        SELECT roles, roles_gap, roles_read_at, roles_asked_at FROM groups
        WHERE roles_gap IS NOT NULL OR roles <> '[]'`),
      keep: database.prepare('INSERT OR REPLACE INTO posture (span, at, says) VALUES (?, ?, ?)'),
      // By their order and not by their time, which may be of a clock that was ahead.
      forgetOld: database.prepare(`
        DELETE FROM posture WHERE span = :span AND sequence <= (
          SELECT sequence FROM posture WHERE span = :span ORDER BY sequence DESC LIMIT 1 OFFSET :most)`),
    };
  }

  keep(instant: number): void {
    const says = JSON.stringify(this.#now(instant));
    for (const { span, length, most } of SPANS) {
      this.#statements.keep.run(span, Math.floor(instant / length) * length, says);
      this.#statements.forgetOld.run({ span, most });
    }
  }

  #now(instant: number): Posture {
    const cells = this.#statements.cells.all().map((row) => ({
      posture: text(row, 'says') === '' ? undefined : cellSchema.parse(JSON.parse(text(row, 'says'))),
      users: integer(row, 'users'),
    }));
    const dormant = this.#statements.dormant.get(Math.floor(instant / DAY_MS) - DORMANT_DAYS);
    return addUp(cells, {
      dormant: dormant === undefined ? 0 : (optionalInteger(dormant, 'users') ?? 0),
      privilegedGroups: this.#privilegedGroups(),
    });
  }

  #privilegedGroups(): Shares {
    const { groups, neverAsked, groupsWithRoles } = this.#statements;
    const all = countOf(groups.get());
    const verdicts = groupsWithRoles.all().map((row) => this.#isPrivileged(row));
    const isAsked = this.#judge.isPrivileged([]) !== undefined;
    const yes = verdicts.filter((verdict) => verdict === true).length;
    const unknown = verdicts.filter((verdict) => verdict === undefined).length + countOf(neverAsked.get());
    return isAsked ? { yes, no: all - yes - unknown, unknown } : { yes: 0, no: 0, unknown: all };
  }

  #isPrivileged(row: Row): boolean | undefined {
    const gap = optionalText(row, 'roles_gap');
    const last = {
      gap: gap === undefined ? undefined : readGap(gap),
      readAt: optionalInteger(row, 'roles_read_at'),
      askedAt: optionalInteger(row, 'roles_asked_at'),
    };
    const roles = facetOf(last, () => readRoles(text(row, 'roles')), this.#isStillGood);
    return roles.kind === 'known' ? this.#judge.isPrivileged(roles.value) : undefined;
  }
}

function countOf(row: Row | undefined): number {
  return row === undefined ? 0 : integer(row, 'count');
}

const count = z.int().nonnegative();
const shares = z.object({ yes: count, no: count, unknown: count });
const postureSchema: z.ZodType<Posture> = z.object({
  statuses: z.record(z.string(), z.object({ users: count, mfa: shares })),
  admins: shares,
  adminMfa: shares,
  factors: z.partialRecord(z.enum([...FACTOR_KINDS, 'none', 'unknown']), count),
  signIns: z.object({ recent: count, dormant: count, never: count, unknown: count }),
  serviceAccounts: shares,
  privilegedGroups: shares,
});

/** How the posture was over time, for code that only reads. */
export class SqlitePostureHistory implements PostureHistory {
  readonly #rows;
  readonly #newest;

  constructor(database: DatabaseSync) {
    // Rows after the last one that was written are of a clock that was ahead.
    this.#rows = database.prepare(`
      SELECT at, says FROM posture WHERE span = :span AND at >= :since
        AND at <= (SELECT at FROM posture WHERE span = :span ORDER BY sequence DESC LIMIT 1)
      ORDER BY at`);
    this.#newest = database.prepare(
      "SELECT at, says FROM posture WHERE span = 'hour' ORDER BY sequence DESC",
    );
  }

  async newest(): Promise<PostureAt | undefined> {
    return orInventoryError(() => this.#newest.all().flatMap(postureOf)[0]);
  }

  async hours(): Promise<readonly PostureAt[]> {
    return this.#read('hour', 0);
  }

  async days(since: number): Promise<readonly PostureAt[]> {
    return this.#read('day', Math.floor(since / DAY_MS) * DAY_MS);
  }

  #read(span: string, since: number): readonly PostureAt[] {
    return orInventoryError(() => this.#rows.all({ span, since }).flatMap(postureOf));
  }
}

function postureOf(row: Row): readonly PostureAt[] {
  const read = postureSchema.safeParse(jsonIfAny(text(row, 'says')));
  return read.success ? [{ at: integer(row, 'at'), posture: read.data }] : [];
}
