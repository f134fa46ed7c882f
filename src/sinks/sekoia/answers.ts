import { z } from 'zod';
import { SinkAuthError, SinkUnavailableError, type ConnectorError } from '../../ports/errors.ts';
import type { Receipt } from '../../ports/sink.ts';
import { doubtOf } from './confirmation.ts';
import { plainExcerpt, withoutSecret } from './excerpt.ts';
import type { PartialAnswer } from '../../http/client.ts';
import { readRetryAfterMs } from '../../http/retry-after.ts';
import { USERS } from './name.ts';

const REASON_LENGTH = 500;
const AGAIN = new Set([408, 425, 429]);

/** One answer of the intake, with as much of its body as was read. */
export type IntakeAnswer = Omit<PartialAnswer, 'kind'>;

/** The facts about a batch that reading its answer needs. */
export interface SentBatch {
  readonly events: number;
  /** The API key. */
  readonly secret: string;
  /** The setting that has the id of the connector; absent: that of users. */
  readonly setting?: string;
}

const ErrorBody = z.object({ code: z.union([z.string(), z.number()]).optional(), message: z.string() });

/**
 * The one table that says what each status means. The text of an answer may quote the events or the request. It goes
 * into the reason of a dead letter, without `secret`; an error repeats only the few words that say why a 2xx confirms
 * nothing.
 */
export function readAnswer(
  answer: IntakeAnswer,
  host: string,
  { events, secret, setting = USERS.setting }: SentBatch,
): Receipt {
  const { status } = answer;
  if (status >= 200 && status < 300) {
    const doubt = doubtOf({ ...answer, sent: events, secret });
    if (doubt !== undefined) throw unconfirmedError(status, host, doubt);
    return { kind: 'accepted' };
  }
  if (status === 413) return { kind: 'too-large', reason: reasonOf(answer, secret) };
  if (status === 400 || status === 422) return { kind: 'refused', reason: reasonOf(answer, secret) };
  throw errorOf(answer, host, setting);
}

function errorOf(answer: IntakeAnswer, host: string, setting: string): ConnectorError {
  const { status } = answer;
  if (status === 401 || status === 403) return keyError(status, host);
  if (status >= 300 && status < 400) return redirectError(status, host);
  if (status >= 400 && status < 500 && !AGAIN.has(status)) return addressError(status, host, setting);
  return busyError(answer, host);
}

function keyError(status: number, host: string): ConnectorError {
  const what = status === 401 ? 'does not accept the API key' : 'does not let this API key deliver';
  return new SinkAuthError(`the intake at ${host} ${what} (HTTP ${status})`, {
    hint: 'check SEKOIA_API_KEY: it must be valid, not revoked, and may send to this connector',
  });
}

function redirectError(status: number, host: string): ConnectorError {
  return new SinkAuthError(
    `the intake at ${host} answers with a redirect (HTTP ${status}), which is not followed`,
    {
      hint: 'set SEKOIA_BASE_URL to the address where the intake itself answers',
    },
  );
}

function addressError(status: number, host: string, setting: string): ConnectorError {
  return new SinkAuthError(`the intake at ${host} does not take events at this address (HTTP ${status})`, {
    hint: `check SEKOIA_BASE_URL and ${setting}`,
  });
}

/**
 * The batch is sent again rather than forgotten: a page of something in between, or an error in a body, may have stored
 * nothing.
 */
function unconfirmedError(status: number, host: string, doubt: string): ConnectorError {
  return new SinkUnavailableError(
    `the intake at ${host} did not confirm the batch: HTTP ${status} with ${doubt}`,
    {
      hint: 'check that SEKOIA_BASE_URL leads to the intake itself, not to a proxy, gateway or login page that answers in its place; if the intake itself says this, check its status',
    },
  );
}

function busyError({ status, headers }: IntakeAnswer, host: string): ConnectorError {
  const mayWish = status === 429 || status === 503;
  return new SinkUnavailableError(`the intake at ${host} cannot take events now (HTTP ${status})`, {
    waitMs: mayWish ? readRetryAfterMs(headers) : undefined,
    hint: 'nothing to do at first: the batch is sent again; if it lasts, check the status of the intake',
  });
}

function reasonOf({ status, text }: IntakeAnswer, secret: string): string {
  const said = oneLine(messageOf(text), secret);
  return said === '' ? `HTTP ${status} without a reason` : `HTTP ${status}: ${said}`;
}

function messageOf(text: string): string {
  const body = ErrorBody.safeParse(parseJson(text));
  if (!body.success) return text.replaceAll(/<[^<>]*>/g, ' ');
  const { code, message } = body.data;
  return code === undefined ? message : `${code}: ${message}`;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined; // HTML or plain text: read as it stands
  }
}

function oneLine(text: string, secret: string): string {
  return plainExcerpt(withoutSecret(text, secret), REASON_LENGTH - 'HTTP 400: '.length);
}
