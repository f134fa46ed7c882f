/** The inventory as rows of its public views, and what a graph of it must say about itself. */

/** A row of a view by its columns; NULL is `null`: not known. */
export type ViewRow = Readonly<Record<string, string | number | null>>;

/** The questions of the newest run. */
export interface AskedQuestions {
  readonly assets: ReadonlySet<string>;
  readonly lookups: ReadonlySet<string>;
  /** The settings that selected users, as text; absent: all users. */
  readonly selection: string | undefined;
}

export interface GraphFacts {
  /** Absent where no run has said so. */
  readonly asked: AskedQuestions | undefined;
  /** Okta's id of the org; absent where it is not known. */
  readonly org: string | undefined;
  readonly host: string;
  /** When the newest run ended, and its id: nothing in a graph depends on when it is made. */
  readonly at: string | undefined;
  readonly runId: string | undefined;
  /** Attributes that are redacted in it; absent: none. */
  readonly redacted: readonly string[] | undefined;
}

/** Reads one state of the inventory, whatever a worker writes meanwhile. */
export interface GraphSource {
  readonly facts: GraphFacts;
  /** The rows of a view, in this order of columns. */
  rows(view: string, order: readonly string[]): Iterable<ViewRow>;
  /** Writes the views as tables into a new file. */
  snapshot(file: string, meta: Readonly<Record<string, string>>): void;
  close(): void;
}
