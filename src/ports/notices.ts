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
type NoticeType = (typeof NOTICE_TYPES)[number];

/** The trouble of the connector that operators may be told of (`NOTIFY`). */
export const NOTICE_CAUSES = [
  'credential-refused',
  'no-completed-run',
  'delivery-stopped',
  'dead-letters',
  'removals-held',
  'gaps-up',
] as const;
export type NoticeCause = (typeof NOTICE_CAUSES)[number];

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
  /** Everything else, as JSON. Of an alert: docs/alerts.md. */
  readonly data: Readonly<Record<string, unknown>>;
}

/** The messages that wait until a receiver has confirmed them. */
export interface NoticeOutbox {
  /** Adds messages within the caller's transaction: they wait when it is kept, and were never there when it is not. */
  add(notices: readonly Notice[]): void;
}

/** Why a receiver did not take a message. */
export interface NoticeFailure {
  /** Unix milliseconds on this machine's clock. */
  readonly at: number;
  /** The answer in words of a fixed list: no text of the receiver. */
  readonly what: string;
  /** The receiver refused the message for what it is, so that others may pass before it. */
  readonly isOfMessage: boolean;
}

/** Messages that wait, as their sender sees them. Each method is one transaction. */
export interface NoticeQueue {
  /** The message that is sent next, if any waits. */
  next(): Notice | undefined;
  /** The receiver has confirmed the message. */
  delivered(id: string): void;
  failed(id: string, failure: NoticeFailure): void;
  /** How many were dropped since this was last asked, because too many waited. */
  takeDropped(): number;
  readonly waiting: number;
}

/** The messages of an inventory, and what is remembered of them. */
export interface NoticeStore {
  readonly queue: NoticeQueue;
  /** The memory that `remember` was given last; `undefined` where there is none, or it makes no sense. */
  memory(): unknown;
  /** Keeps what operators were told of together with the messages that tell it, in one transaction. */
  remember(memory: object, notices: readonly Notice[]): void;
}
