import type { DatabaseSync, StatementSync } from 'node:sqlite';
import { CHANGES, type ChangeReader, type ToldChange } from '../../../ports/changes.ts';
import { hasAssetTables } from '../assets/tables.ts';
import { openReadOnly } from '../open-read-only.ts';
import { integer, optionalText, text, type Row } from '../rows.ts';
import { orInventoryError } from '../transaction.ts';

const PAGE = 500;

/** The history of the inventory in `stateDir`, without a lock, while a worker may be running. Throws `InventoryError`. */
export function openChanges(stateDir: string): ChangeReader {
  const database = openReadOnly(stateDir);
  try {
    return orInventoryError(() => new SqliteChangeReader(database));
  } catch (error) {
    database.close();
    throw error;
  }
}

class SqliteChangeReader implements ChangeReader {
  readonly #database: DatabaseSync;
  readonly #names: Names;
  readonly isRecording: boolean;

  constructor(database: DatabaseSync) {
    this.#database = database;
    this.#names = new Names(database);
    this.isRecording = database.prepare('SELECT since FROM history').get() !== undefined;
  }

  idOf(user: string): string | undefined {
    return orInventoryError(() => {
      const row = this.#database
        .prepare(
          `SELECT id FROM users WHERE id = :user
           UNION ALL SELECT id FROM users WHERE lower(json_extract(fields, '$.login')) = lower(:user)
           UNION ALL SELECT id FROM users WHERE lower(json_extract(fields, '$.email')) = lower(:user)
           UNION ALL SELECT subject_id FROM changes WHERE subject_id = :user LIMIT 1`,
        )
        .get({ user });
      return row === undefined ? undefined : text(row, 'id');
    });
  }

  /** Reads a page at a time: one long read would keep the writer from tidying up. */
  async *list(since: string, userId: string | undefined): AsyncGenerator<ToldChange> {
    const about = userId === undefined ? '' : 'subject_id = :userId AND ';
    const [first, page] = [
      'SELECT min(sequence) AS sequence FROM changes WHERE at >= :since',
      `
      SELECT * FROM changes WHERE ${about}at >= :since AND sequence >= :from ORDER BY sequence LIMIT ${PAGE}`,
    ].map((sql) => orInventoryError(() => this.#database.prepare(sql)));
    const start = orInventoryError(() => first?.get({ since })?.['sequence']);
    if (typeof start !== 'number' || page === undefined) return;
    const of = userId === undefined ? { since } : { since, userId };
    for (let from = start; ;) {
      const rows = orInventoryError(() => page.all({ ...of, from }));
      for (const row of rows) yield orInventoryError(() => this.#told(row));
      const last = rows.at(-1);
      if (last === undefined || rows.length < PAGE) return;
      from = integer(last, 'sequence') + 1;
    }
  }

  #told(row: Row): ToldChange {
    const what = text(row, 'what');
    const [subjectId, objectId] = [text(row, 'subject_id'), optionalText(row, 'object_id')];
    const kinds = kindsOf(what);
    return {
      at: text(row, 'at'),
      runId: text(row, 'run_id'),
      what,
      subjectId,
      subjectName: this.#names.of(kinds.subject, subjectId),
      objectId,
      objectName: objectId === undefined ? undefined : this.#names.of(kinds.object, objectId),
      before: optionalText(row, 'before'),
      after: optionalText(row, 'after'),
    };
  }

  close(): void {
    this.#database.close();
  }
}

function kindsOf(what: string): { readonly subject?: string; readonly object?: string } {
  return (
    new Map<string, { readonly subject?: string; readonly object?: string }>(Object.entries(CHANGES)).get(
      what,
    ) ?? {}
  );
}

const ASSETS: Readonly<Record<string, string>> = {
  app: 'label',
  rule: 'name',
  device: 'displayName',
  role: 'label',
};

/** The names of users, groups and assets, each looked up once. The history has the last name of a group that is gone. */
class Names {
  readonly #statements: ReadonlyMap<string, StatementSync>;
  readonly #known = new Map<string, string | undefined>();

  constructor(database: DatabaseSync) {
    const ofAssets = hasAssetTables(database) ? Object.entries(ASSETS) : [];
    this.#statements = new Map([
      ['user', database.prepare("SELECT json_extract(fields, '$.login') AS name FROM users WHERE id = :id")],
      [
        'group',
        database.prepare(
          `SELECT name FROM groups WHERE id = :id
           UNION ALL SELECT before FROM changes WHERE subject_id = :id AND what = 'group-gone' LIMIT 1`,
        ),
      ],
      ...ofAssets.map(([kind, field]) => {
        const sql = `SELECT json_extract(record, '$.${field}') AS name FROM assets WHERE kind = '${kind}' AND id = :id`;
        return [kind, database.prepare(sql)] as const;
      }),
    ]);
  }

  of(kind: string | undefined, id: string): string | undefined {
    const statement = kind === undefined ? undefined : this.#statements.get(kind);
    if (statement === undefined) return undefined;
    const key = `${kind} ${id}`;
    if (!this.#known.has(key)) this.#known.set(key, nameIn(statement.get({ id })));
    return this.#known.get(key);
  }
}

function nameIn(row: Row | undefined): string | undefined {
  const name = row?.['name'];
  return typeof name === 'string' ? name : undefined;
}
