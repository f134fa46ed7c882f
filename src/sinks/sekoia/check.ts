import type { Check, Trouble } from '../../ports/checks.ts';
import { ConnectorError, SinkAuthError } from '../../ports/errors.ts';
import type { Clock } from '../../ports/clock.ts';
import type { Receipt, Sink } from '../../ports/sink.ts';
import { USERS, type Connector } from './name.ts';

const RETRY_AFTER_MS = 500;
/** A try that took longer than this is not repeated: a test must end soon. */
const QUICK_MS = 2000;
const NOT_DELIVERED = 'runs read, but nothing is delivered: events wait in the outbox';

export interface IntakeCheckParts {
  readonly sink: Pick<Sink, 'push'>;
  /** The intake's host, for people to read. */
  readonly host: string;
  /** The connector that is asked; absent: that of users. */
  readonly connector?: Connector;
  readonly clock: Clock;
  readonly signal: AbortSignal;
}

/**
 * Checks address, key and connector id with an empty batch. The intake accepts it, or refuses it for being empty;
 * either shows that all three are right (intake.md). Never throws; when told to stop, it returns a failure.
 */
export async function checkIntake(parts: IntakeCheckParts): Promise<Check> {
  const { clock, signal, sink, host, connector = USERS } = parts;
  const startedAt = clock.now();
  let receipt = await push(sink, signal);
  if (mayPass(receipt) && clock.now() - startedAt < QUICK_MS && !signal.aborted) {
    await clock.sleep(RETRY_AFTER_MS, signal);
    receipt = await push(sink, signal);
  }
  return receipt instanceof ConnectorError ? failed(receipt, connector) : told(receipt, host, connector);
}

async function push(sink: Pick<Sink, 'push'>, signal: AbortSignal): Promise<Receipt | ConnectorError> {
  try {
    return await sink.push([], signal);
  } catch (error) {
    if (error instanceof ConnectorError) return error;
    throw error;
  }
}

function mayPass(receipt: Receipt | ConnectorError): boolean {
  return receipt instanceof ConnectorError && receipt.recovery === 'retry';
}

function checkOf({ check: code, words }: Connector): Pick<Check, 'code' | 'title'> {
  return { code, title: `${words.charAt(0).toUpperCase()}${words.slice(1)}` };
}

function failed(error: ConnectorError, connector: Connector): Trouble {
  return {
    ...checkOf(connector),
    status: 'failed',
    detail: error.message,
    cost: NOT_DELIVERED,
    todo: error.hint ?? `check SEKOIA_BASE_URL, SEKOIA_API_KEY and ${connector.setting}`,
    isRefusal: error instanceof SinkAuthError,
  };
}

function told(receipt: Receipt, host: string, connector: Connector): Check {
  const shared = checkOf(connector);
  const good = 'address, key and connector id are good';
  if (receipt.kind === 'accepted') {
    return { ...shared, status: 'passed', detail: `${host} took an empty batch (HTTP 2xx): ${good}` };
  }
  const status = /^HTTP \d{3}/.exec(receipt.reason)?.[0] ?? 'refused';
  if (receipt.kind === 'refused') {
    const detail = `${host} refused an empty batch for being empty (${status}): ${good}`;
    return { ...shared, status: 'passed', detail };
  }
  return {
    ...shared,
    status: 'failed',
    detail: `${host} finds an empty batch too large (${status})`,
    cost: NOT_DELIVERED,
    todo: 'check SEKOIA_BASE_URL, and the limits of what stands in front of the intake',
  };
}
