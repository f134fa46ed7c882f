/** A column of a view: its type in SQL, and what it says. */
export interface ViewColumn {
  readonly type: 'TEXT' | 'INTEGER' | 'REAL';
  readonly says: string;
}

/** A public view over the inventory. Its name and columns are a contract: columns are only added. */
export interface PublicView {
  readonly name: string;
  readonly says: string;
  readonly columns: Readonly<Record<string, ViewColumn>>;
  /** Gives the columns by their names. */
  readonly sql: string;
}

export function text(says: string): ViewColumn {
  return { type: 'TEXT', says };
}

export function number(says: string): ViewColumn {
  return { type: 'INTEGER', says };
}

/** 1, 0, or NULL where it is not known. */
export function flag(says: string): ViewColumn {
  return { type: 'INTEGER', says: `1 or 0: ${says}` };
}

/** An instant of ours, as Okta writes its own. */
export function stamp(column: string): string {
  return `strftime('%Y-%m-%dT%H:%M:%fZ', ${column} / 1000.0, 'unixepoch')`;
}
