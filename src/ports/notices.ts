/** Messages to people: alerts about the org, and trouble of the connector itself. */

export const SEVERITIES = ['informational', 'low', 'medium', 'high', 'critical'] as const;
export type Severity = (typeof SEVERITIES)[number];

/**
 * `alert.opened`: rows that are new; `alert.closed`: rows that are gone, known to be; `alert.changed`: another set or
 * number of rows than was last told; `alert.summary`: the rows of a rule's first evaluation.
 */
export const NOTICE_TYPES = [
  'alert.opened',
  'alert.closed',
  'alert.changed',
  'alert.summary',
  'operator.trouble',
  'operator.over',
  'test',
] as const;
export type NoticeType = (typeof NOTICE_TYPES)[number];

/** One message. It is sent at least once, and always under the same id. */
export interface Notice {
  /** Made once, with the message, and kept with it: a receiver knows a repetition by it. */
  readonly id: string;
  readonly type: NoticeType;
  /** When that was which it tells: an ISO instant. */
  readonly time: string;
  /** One line for people. */
  readonly title: string;
  readonly severity: Severity;
  /** What else is told, as JSON. Of an alert: docs/alerts.md. */
  readonly data: Readonly<Record<string, unknown>>;
}

/** The messages that wait until a receiver has confirmed them. */
export interface NoticeOutbox {
  /** Adds messages within the caller's transaction: they wait when it is kept, and were never there when it is not. */
  add(notices: readonly Notice[]): void;
}
