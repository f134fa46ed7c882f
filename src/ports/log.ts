/** The contract of the log. */

type LogFields = Readonly<Record<string, unknown>>;
type LogLine = (fields: LogFields, message: string) => void;

export const LOG_LEVELS = ['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'] as const;
export type LogLevel = (typeof LOG_LEVELS)[number];

/** The message is a fixed text; facts go into fields, an error into the field `err`. */
export interface Log {
  error: LogLine;
  warn: LogLine;
  info: LogLine;
  debug: LogLine;
  trace: LogLine;
}

/** The log of the process. Each run takes a child that adds its `run_id`. */
export interface RootLog extends Log {
  child(fields: LogFields): RootLog;
}
