/** A receiver of messages to people: one try to post one of them. */
import { Webhook } from 'standardwebhooks';
import { createJsonPost, type HttpFault, type PartialAnswer } from '../../http/client.ts';
import { describeFault } from '../../http/faults.ts';
import type { HttpRoute } from '../../http/proxy.ts';
import { readRetryAfterMs } from '../../http/retry-after.ts';
import type { Clock } from '../../ports/clock.ts';
import type { Notice } from '../../ports/notices.ts';
import { slackBody, standardBody } from './bodies.ts';

/** Short, since a run waits for it. */
const TIMEOUT_MS = 3000;
/** Enough to see whether an answer is a page. */
const KEPT_BYTES = 1024;
const URL_SETTING = 'ALERT_WEBHOOK_URL';

export interface WebhookSettings {
  readonly url: string;
  readonly format: 'standard' | 'slack';
  /** Absent: messages are not signed. */
  readonly key: string | undefined;
  /** `ORG_LABEL`, so that one receiver can tell several orgs apart. */
  readonly org?: string | undefined;
  readonly userAgent: string;
  readonly clock: Pick<Clock, 'now'>;
  /** Absent: no proxy, and Node's own agents. */
  readonly route?: HttpRoute;
  readonly timeoutMs?: number;
}

export type WebhookAnswer =
  { readonly kind: 'delivered'; readonly status: number } | (FailedTry & { readonly kind: 'failed' });

interface FailedTry {
  /** Completes "the webhook at <host> ...": our own words, without a text of the receiver. */
  readonly what: string;
  readonly hint: string;
  /** The receiver does not let this sender in (401, 403). */
  readonly isRefused: boolean;
  /** The receiver refuses the message for what it is. */
  readonly isOfMessage: boolean;
  /** The program stops: nothing is known of the receiver. */
  readonly isStopped: boolean;
  /** How long it asks to be left alone, in milliseconds. */
  readonly waitMs?: number | undefined;
}

export interface Receiver {
  readonly host: string;
  /** Posts a message once. Never throws; told to stop, it has failed. */
  send(notice: Notice, signal: AbortSignal): Promise<WebhookAnswer>;
}

export function createReceiver(settings: WebhookSettings): Receiver {
  const { format, org, userAgent, route, timeoutMs = TIMEOUT_MS } = settings;
  const url = new URL(settings.url);
  const post = createJsonPost({
    userAgent,
    timeoutMs,
    mostBytes: () => KEPT_BYTES,
    ...(route === undefined ? {} : { route }),
  });
  return {
    host: url.host,
    async send(notice, signal) {
      const body = format === 'slack' ? slackBody(notice, org) : standardBody(notice, org);
      try {
        const answer = await post(url, headersOf(notice, body, settings), body, signal);
        return answer.kind === 'fault' ? afterFault(answer) : afterAnswer(answer);
      } catch (thrown) {
        if (!signal.aborted) throw thrown;
        return {
          ...failed('was not waited for', 'nothing to do: the message is sent again'),
          isStopped: true,
        };
      }
    },
  };
}

/** The time is that of the try: receivers refuse a message that was signed minutes ago. */
function headersOf(
  { id }: Notice,
  body: string,
  { key, format, clock }: WebhookSettings,
): Readonly<Record<string, string>> {
  if (format === 'slack' || key === undefined) return {};
  const webhook = key.startsWith('whsec_') ? new Webhook(key) : new Webhook(key, { format: 'raw' });
  const at = new Date(clock.now());
  return {
    'webhook-id': id,
    'webhook-timestamp': String(Math.floor(at.getTime() / 1000)),
    'webhook-signature': webhook.sign(id, at, body),
  };
}

function afterFault(fault: HttpFault): WebhookAnswer {
  const side = { setting: URL_SETTING, what: 'a webhook', status: 'the state of the receiver' };
  const { what, hint } = describeFault(fault, side);
  return failed(what, hint);
}

/** A page is no confirmation: something in between answers with one, such as a proxy that asks for a login. */
function afterAnswer({ status, headers, text }: PartialAnswer): WebhookAnswer {
  const isConfirmation = status >= 200 && status < 300;
  if (isConfirmation && !/^\s*</.test(text)) return { kind: 'delivered', status };
  if (isConfirmation)
    return failed(`answers with a page and not as a webhook (HTTP ${status})`, CHECK_BETWEEN);
  const told = `(HTTP ${status})`;
  if (status >= 300 && status < 400)
    return failed(`answers with a redirect, which is not followed ${told}`, CHECK_ADDRESS);
  if (status === 401 || status === 403)
    return { ...failed(`refuses the sender ${told}`, CHECK_KEY), isRefused: true };
  if (status === 404 || status === 410)
    return failed(`takes no messages at this address ${told}`, CHECK_ADDRESS);
  if (OF_MESSAGE.has(status))
    return { ...failed(`refuses the message ${told}`, CHECK_FORMAT), isOfMessage: true };
  const waitMs = status === 429 || status === 503 ? readRetryAfterMs(headers) : undefined;
  return { ...failed(`cannot take messages now ${told}`, 'look at the state of the receiver'), waitMs };
}

const OF_MESSAGE: ReadonlySet<number> = new Set([400, 413, 415, 422]);
const CHECK_ADDRESS = `set ${URL_SETTING} to the address where the receiver itself answers`;
const CHECK_BETWEEN = `check that ${URL_SETTING} leads to the receiver itself, not to a proxy or login page`;
const CHECK_KEY = `check ALERT_WEBHOOK_KEY, and ${URL_SETTING} if it holds a token: the receiver must know them`;
const CHECK_FORMAT = 'check ALERT_WEBHOOK_FORMAT, and what the receiver takes';

function failed(what: string, hint: string): FailedTry & { readonly kind: 'failed' } {
  return { kind: 'failed', what, hint, isRefused: false, isOfMessage: false, isStopped: false };
}
