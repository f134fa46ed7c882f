/** Questions in SQL over the public views of the inventory (org-graph section 4.1), and their answers. */
import { ConnectorError } from './errors.ts';

/** NULL is `null`: not known. Integers too large for a number, and bytes, are texts. */
export type AnswerCell = string | number | null;

/** A question that may be asked: one SELECT over the views, and nothing else. */
export interface CheckedQuestion {
  readonly sql: string;
  /** The names of its parameters, without the colon. */
  readonly parameters: readonly string[];
  /** The columns of its rows; no name is there twice. */
  readonly columns: readonly string[];
  /** The lookups that its views and columns depend on, by their names in the view `unknown`. */
  readonly needs: ReadonlySet<string>;
}

/** A value for each parameter. All are texts. */
export type ParameterValues = Readonly<Record<string, string>>;

/** So many subjects have no answer to a lookup. */
export interface UnknownCount {
  readonly lookup: string;
  /** user, group, app, device or org. */
  readonly subject: string;
  readonly reason: string;
  readonly subjects: number;
}

export interface AskedHow {
  readonly parameters: ParameterValues;
  /** The lookups whose unknown subjects are counted. */
  readonly needs: ReadonlySet<string>;
  /** How long the answer may be worked on; the time in which its reader takes rows does not count. */
  readonly timeoutMs: number;
  /** Aborts when the answer is not wanted any more; `ask` then throws its reason. */
  readonly signal: AbortSignal;
  /** Takes some rows, in the order of the question, each in the order of its columns. The next ones wait for it. */
  readonly onRows: (rows: readonly (readonly AnswerCell[])[]) => Promise<void>;
}

/** Answers questions from one state of the inventory each, while a run may be writing. */
export interface Asker {
  /** Resolves, after all rows, with what is not known. Throws `QuestionError` and `InventoryError`. */
  ask(question: Pick<CheckedQuestion, 'sql'>, how: AskedHow): Promise<readonly UnknownCount[]>;
  close(): void;
}

/** A question that is none, or that found no answer in its time or with its memory. */
export class QuestionError extends ConnectorError {
  readonly code = 'inventory';
  readonly recovery = 'skip';
}
