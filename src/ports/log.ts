/** What anything may say to the log. */

export type LogFields = Readonly<Record<string, unknown>>;
export type LogLine = (fields: LogFields, message: string) => void;

/** The message is static; facts are fields. An error goes into the field `err`. */
export interface Log {
  error: LogLine;
  warn: LogLine;
  info: LogLine;
  debug: LogLine;
  trace: LogLine;
}

/** The log of the process: a run takes a child with its `run_id`. */
export interface RootLog extends Log {
  child(fields: LogFields): RootLog;
}
