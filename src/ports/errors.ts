/** What an error asks the run to do: try the same call again, leave out one answer, or end the run. */
export type Recovery = 'retry' | 'skip' | 'stop';

export type ErrorCode =
  | 'config'
  | 'okta_auth'
  | 'okta_forbidden'
  | 'okta_not_found'
  | 'okta_feature_off'
  | 'okta_rate_limit'
  | 'okta_unavailable'
  | 'okta_response'
  | 'intake_auth'
  | 'intake_unavailable'
  | 'intake_refused'
  | 'inventory'
  | 'internal';

interface ErrorDetails {
  /** What the reader can do about it, one sentence. */
  readonly hint?: string | undefined;
  /** A slim cause: never a raw HTTP error, which carries the request and its Authorization header. */
  readonly cause?: unknown;
}

/** Every error this program throws on purpose. `code` is from a fixed list, so that it may go on metrics. */
export abstract class ConnectorError extends Error {
  abstract readonly code: ErrorCode;
  abstract readonly recovery: Recovery;
  readonly hint: string | undefined;

  constructor(message: string, details: ErrorDetails = {}) {
    super(message, details.cause === undefined ? {} : { cause: details.cause });
    this.name = new.target.name;
    this.hint = details.hint;
  }
}

/** One setting that is missing or wrong; `problem` holds no value of a secret. */
export interface SettingFault {
  readonly name: string;
  readonly problem: string;
  readonly hint: string;
}

/** Settings or usage: the run never starts, exit 2. Carries all faults at once. */
export class ConfigError extends ConnectorError {
  readonly code = 'config';
  readonly recovery = 'stop';
  readonly faults: readonly SettingFault[];

  constructor(faults: readonly SettingFault[]) {
    super(faults.map((fault) => `${fault.name}: ${fault.problem} - ${fault.hint}`).join('\n'));
    this.faults = faults;
  }
}

/** 401 anywhere, but not E0000015 (a feature that is off). Ends the run, exit 3. */
export class OktaAuthError extends ConnectorError {
  readonly code = 'okta_auth';
  readonly recovery = 'stop';
}

/** 403: a gap in a lookup; on the list of users it ends the run, exit 3. */
export class OktaForbiddenError extends ConnectorError {
  readonly code = 'okta_forbidden';
  readonly recovery = 'skip';
}

/** 404: what was asked about is gone, or the endpoint is not there. */
export class OktaNotFoundError extends ConnectorError {
  readonly code = 'okta_not_found';
  readonly recovery = 'skip';
}

/** 401 with E0000015, 501, 405, 410: this org does not offer the question at all. */
export class OktaFeatureOffError extends ConnectorError {
  readonly code = 'okta_feature_off';
  readonly recovery = 'skip';
}

/** 429s that outlast the patience of the run. */
export class OktaRateLimitError extends ConnectorError {
  readonly code = 'okta_rate_limit';
  readonly recovery = 'stop';
}

/** 5xx, timeout, reset or an unreadable body, after all retries: a gap in a lookup, the end of a listing. */
export class OktaUnavailableError extends ConnectorError {
  readonly code = 'okta_unavailable';
  readonly recovery = 'skip';
}

/** Okta did not accept the question itself (400 and the like): asking it again brings the same answer. */
export class OktaRefusedQuestionError extends OktaUnavailableError {}

/** No access token to be had, though nothing was refused: without one nothing can be read, so that it ends the run. */
export class OktaTokenError extends ConnectorError {
  readonly code = 'okta_unavailable';
  readonly recovery = 'stop';
}

/** An answer that cannot be trusted: a next link that loops or leaves the org, a redirect, a body without end. */
export class OktaResponseError extends ConnectorError {
  readonly code = 'okta_response';
  readonly recovery = 'stop';
}

/** 401, 403, 404 and other refusals of the sender rather than of an event: delivery stops, the outbox is kept. */
export class SinkAuthError extends ConnectorError {
  readonly code = 'intake_auth';
  readonly recovery = 'stop';
}

/** The sink could not be reached or did not confirm: the same batch is sent again later. */
export class SinkUnavailableError extends ConnectorError {
  readonly code = 'intake_unavailable';
  readonly recovery = 'retry';
  /** How long the sink asked to be left alone (`Retry-After`), in milliseconds. */
  readonly waitMs: number | undefined;

  constructor(message: string, details: ErrorDetails & { readonly waitMs?: number | undefined } = {}) {
    super(message, details);
    this.waitMs = details.waitMs;
  }
}

/** The sink refuses event after event: it is not the events. Delivery stops, the outbox is kept. */
export class SinkRefusedError extends ConnectorError {
  readonly code = 'intake_refused';
  readonly recovery = 'stop';
}

/** The inventory cannot be read or written, belongs to another org, is newer, or is held by another process. */
export class InventoryError extends ConnectorError {
  readonly code = 'inventory';
  readonly recovery = 'stop';
}

/** Something no line of this program expects. The message is the cause's own. */
export class InternalError extends ConnectorError {
  readonly code = 'internal';
  readonly recovery = 'stop';
}

/** Any thrown value as an error of ours. */
export function asConnectorError(thrown: unknown): ConnectorError {
  if (thrown instanceof ConnectorError) return thrown;
  const message = thrown instanceof Error ? thrown.message : String(thrown);
  return new InternalError(message, {
    cause: thrown,
    hint: 'this is a defect of okta-ocsf: report it with the log at LOG_LEVEL=debug',
  });
}
