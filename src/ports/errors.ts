/** The way on after an error: `retry` the same call, `skip` one answer, or `stop` the run. */
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
  /** One sentence that tells the reader what to do. */
  readonly hint?: string | undefined;
  /** A slim cause, never a raw HTTP error: that carries the request with its Authorization header. */
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

/** A mistake in settings or usage. The run never starts; the exit code is 2. Carries all faults at once. */
export class ConfigError extends ConnectorError {
  readonly code = 'config';
  readonly recovery = 'stop';
  readonly faults: readonly SettingFault[];

  constructor(faults: readonly SettingFault[]) {
    super(faults.map((fault) => `${fault.name}: ${fault.problem} - ${fault.hint}`).join('\n'));
    this.faults = faults;
  }
}

/** Okta answered 401, but not with E0000015 (a feature that is off). Ends the run; the exit code is 3. */
export class OktaAuthError extends ConnectorError {
  readonly code = 'okta_auth';
  readonly recovery = 'stop';
}

/** Okta answered 403. In a lookup that is a gap; on the list of users it ends the run, with exit code 3. */
export class OktaForbiddenError extends ConnectorError {
  readonly code = 'okta_forbidden';
  readonly recovery = 'skip';
}

/** Okta answered 404: the object of the question is gone, or the endpoint does not exist. */
export class OktaNotFoundError extends ConnectorError {
  readonly code = 'okta_not_found';
  readonly recovery = 'skip';
}

/** Okta answered 401 with E0000015, 501, 405 or 410: this org does not offer the question at all. */
export class OktaFeatureOffError extends ConnectorError {
  readonly code = 'okta_feature_off';
  readonly recovery = 'skip';
}

/** Okta answered 429 for longer than the run is patient. */
export class OktaRateLimitError extends ConnectorError {
  readonly code = 'okta_rate_limit';
  readonly recovery = 'stop';
}

/**
 * Okta gave 5xx, a timeout, a reset or an unreadable body until all retries were used up. In a lookup that is a gap; it
 * ends a listing.
 */
export class OktaUnavailableError extends ConnectorError {
  readonly code = 'okta_unavailable';
  readonly recovery = 'skip';
}

/** Okta did not accept the question itself (400 and the like): asking it again brings the same answer. */
export class OktaRefusedQuestionError extends OktaUnavailableError {}

/**
 * Okta gave no access token, but did not refuse the credential either. Nothing can be read without a token, so the run
 * ends.
 */
export class OktaTokenError extends ConnectorError {
  readonly code = 'okta_unavailable';
  readonly recovery = 'stop';
}

/** An answer that cannot be trusted: a next link that loops or leaves the org, a redirect, a body without end. */
export class OktaResponseError extends ConnectorError {
  readonly code = 'okta_response';
  readonly recovery = 'stop';
}

/** Each error of a sink is one of these, whatever the sink: others come from the outbox or are defects. */
export abstract class SinkError extends ConnectorError {}

/** The sink refused us rather than an event (401, 403, 404 and others). Delivery stops; the outbox is kept. */
export class SinkAuthError extends SinkError {
  readonly code = 'intake_auth';
  readonly recovery = 'stop';
}

/** The sink could not be reached, or did not confirm. The same batch is sent again later. */
export class SinkUnavailableError extends SinkError {
  readonly code = 'intake_unavailable';
  readonly recovery = 'retry';
  /** How long the sink asked to be left alone (`Retry-After`), in milliseconds. */
  readonly waitMs: number | undefined;

  constructor(message: string, details: ErrorDetails & { readonly waitMs?: number | undefined } = {}) {
    super(message, details);
    this.waitMs = details.waitMs;
  }
}

/**
 * The sink refused so many events in a row that the events cannot be the reason. Delivery stops; the outbox is kept.
 */
export class SinkRefusedError extends SinkError {
  readonly code = 'intake_refused';
  readonly recovery = 'stop';
}

/**
 * The inventory cannot be read or written, belongs to another org, has a newer version, or is locked by another
 * process.
 */
export class InventoryError extends ConnectorError {
  readonly code = 'inventory';
  readonly recovery = 'stop';
}

/** A fault of this program, which no code expects. The message is that of its cause. */
export class InternalError extends ConnectorError {
  readonly code = 'internal';
  readonly recovery = 'stop';
}

/** Wraps any thrown value into an error of ours. */
export function asConnectorError(thrown: unknown): ConnectorError {
  if (thrown instanceof ConnectorError) return thrown;
  const message = thrown instanceof Error ? thrown.message : String(thrown);
  return new InternalError(message, {
    cause: thrown,
    hint: 'this is a defect of okta-ocsf: report it with the log at LOG_LEVEL=debug',
  });
}
