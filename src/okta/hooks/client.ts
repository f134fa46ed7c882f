import { z } from 'zod';
import { backOffMs } from '../../http/back-off.ts';
import type { HttpAnswer, HttpFault } from '../../http/client.ts';
import { readRetryAfterMs } from '../../http/retry-after.ts';
import type { JsonRequest, JsonWrite } from '../../http/write.ts';
import type { Clock } from '../../ports/clock.ts';
import {
  OktaAuthError,
  OktaFeatureOffError,
  OktaForbiddenError,
  OktaNotFoundError,
  OktaRateLimitError,
  OktaRefusedQuestionError,
  OktaResponseError,
  OktaUnavailableError,
  type ConnectorError,
} from '../../ports/errors.ts';
import type { Credential, Remedy } from '../auth/credential.ts';
import { BACK_OFF } from '../pace/patience.ts';
import { readRate, readWaitMs } from '../pace/rate-headers.ts';
import { BETWEEN_HINT, errorCodeOf, isWebPage, judgeFault } from '../read/answers.ts';

/** Somebody waits for the command, so it gives up earlier than a run. */
const TRIES = 3;
const MOST_WAITS = 2;
const LONGEST_WORDS = 300;
const TOLD_REASONS = 5;
const CONCURRENCY_WAIT_MS = 2000;
const LONGEST_WAIT_MS = 70_000;

export interface HooksClientOptions {
  readonly baseUrl: URL;
  readonly credential: Credential;
  readonly write: JsonWrite;
  readonly clock: Clock;
  readonly random: () => number;
  readonly signal: AbortSignal;
}

export interface HooksCall extends Pick<JsonRequest, 'method'> {
  /** Path and query on the org's origin, ids in it already encoded. */
  readonly path: string;
  /** The path with `{id}` for ids. */
  readonly template: string;
  readonly body?: unknown;
}

/** Okta did not accept the call (400), for reasons that it gives in words. */
export class HookRefusedError extends OktaRefusedQuestionError {
  readonly reasons: readonly string[];

  constructor(told: string, reasons: readonly string[], hint?: string) {
    const more = reasons.length > TOLD_REASONS ? `; and ${reasons.length - TOLD_REASONS} more` : '';
    super(`${told}: ${reasons.slice(0, TOLD_REASONS).join('; ') || 'it gave no reason'}${more}`, { hint });
    this.reasons = reasons;
  }
}

const problem = z.object({
  errorSummary: z.string().optional().catch(undefined),
  errorCauses: z
    .array(z.object({ errorSummary: z.string() }))
    .optional()
    .catch(undefined),
});

/** One answer with its JSON; `undefined` where there is none. */
export interface HooksAnswer {
  readonly body: unknown;
  readonly headers: HttpAnswer['headers'];
}

/** Calls of the event hooks API, one after the other: those that change something are made here and nowhere else. */
export class HooksClient {
  readonly #options: HooksClientOptions;

  constructor(options: HooksClientOptions) {
    this.#options = options;
  }

  get origin(): string {
    return this.#options.baseUrl.origin;
  }

  get host(): string {
    return this.#options.baseUrl.host;
  }

  /** Throws a `ConnectorError`, or the signal's reason on abort. */
  async call(call: HooksCall): Promise<HooksAnswer> {
    const remedied = new Set<Remedy>();
    let waits = 0;
    for (let tries = 1; ;) {
      const { outcome, remedy } = await this.#exchange(call);
      if (remedy !== undefined && !remedied.has(remedy)) {
        remedied.add(remedy);
        continue;
      }
      if (outcome.kind === 'answer' && outcome.status === 429) {
        waits += 1;
        await this.#waitForBucket(outcome, call, waits);
        continue;
      }
      const verdict = this.#judge(outcome, call);
      if (verdict.kind === 'ok') return verdict.answer;
      if (verdict.kind === 'error') throw verdict.error;
      if (tries >= TRIES || !isRepeatable(call)) throw this.#noAnswer(call, verdict.why, tries);
      await this.#options.clock.sleep(backOffMs(tries, this.#options.random, BACK_OFF), this.#options.signal);
      this.#options.signal.throwIfAborted();
      tries += 1;
    }
  }

  async #exchange({ method, path, template, body }: HooksCall): Promise<{
    readonly outcome: HttpAnswer | HttpFault;
    readonly remedy: Remedy | undefined;
  }> {
    const { credential, write, signal } = this.#options;
    const url = new URL(`${this.origin}${path}`);
    if (url.origin !== this.origin)
      throw new OktaResponseError(`a path that leaves ${this.origin} was not asked for`);
    const headers = await credential.authorise({ method, url, template });
    const text = body === undefined ? undefined : JSON.stringify(body);
    const outcome = await write({ method, url, headers, body: text, signal });
    return { outcome, remedy: outcome.kind === 'answer' ? credential.learn(outcome, headers) : undefined };
  }

  #judge(outcome: HttpAnswer | HttpFault, call: HooksCall): HooksVerdict {
    const { host } = this.#options.baseUrl;
    if (outcome.kind === 'fault') {
      const verdict = judgeFault(outcome, host);
      if (verdict.kind === 'error') return verdict;
      return { kind: 'again', why: verdict.kind === 'again' ? verdict.why : 'a fault' };
    }
    const { status, text, headers } = outcome;
    const told = `${host} answered ${status} to ${call.method} ${call.template}`;
    if (status >= 200 && status < 300) {
      const body = text.trim() === '' ? { value: undefined } : parse(text);
      if (body === undefined) return { kind: 'again', why: 'a body that is not JSON' };
      return { kind: 'ok', answer: { body: body.value, headers } };
    }
    const error = this.#refusal(outcome, told, call);
    return error === undefined ? { kind: 'again', why: `HTTP ${status}` } : { kind: 'error', error };
  }

  /** `undefined`: a status that may pass by itself. */
  #refusal(answer: HttpAnswer, told: string, { body }: HooksCall): ConnectorError | undefined {
    const { status, text } = answer;
    const setting = SETTINGS[this.#options.credential.kind];
    if (status >= 300 && status < 400)
      return new OktaResponseError(`${told}, a redirect, which is never followed with a token`, {
        hint: "give OKTA_BASE_URL as the org's own address, without -admin and without a path",
      });
    if ((status === 401 || status === 403) && isWebPage(answer))
      return new OktaForbiddenError(`${told} with a web page, so it was not Okta that refused ${setting}`, {
        hint: BETWEEN_HINT,
      });
    if (status === 401 && errorCodeOf(text) === 'E0000015')
      return new OktaFeatureOffError(`${told}: event hooks are off in this org`);
    if (status === 401)
      return new OktaAuthError(`${told}: the credential of ${setting} was not accepted`, {
        hint: `check ${setting}, and that OKTA_BASE_URL is the org that issued it`,
      });
    if (status === 403)
      return new OktaForbiddenError(`${told}: not allowed with this ${setting}`, { hint: PERMISSION });
    if (status === 404) return new OktaNotFoundError(`${told}: not found`);
    if (status >= 400 && status < 500 && ![408, 425].includes(status))
      return new HookRefusedError(told, wordsOf(text), body === undefined ? undefined : REFUSED);
    return undefined;
  }

  async #waitForBucket(answer: HttpAnswer, { template }: HooksCall, waits: number): Promise<void> {
    const { clock, signal, random } = this.#options;
    const { headers } = answer;
    const rate = readRate(headers);
    const untilReset = rate === undefined ? undefined : (rate.resetAt - rate.dateAt + 1) * 1000;
    // With limit 0 too many calls of the org are under way, and there is no window to wait for.
    const waitMs =
      rate?.limit === 0
        ? CONCURRENCY_WAIT_MS * waits
        : (untilReset ?? readWaitMs(headers) ?? readRetryAfterMs(headers) ?? 5000);
    if (waits > MOST_WAITS || waitMs > LONGEST_WAIT_MS)
      throw new OktaRateLimitError(`Okta answered 429 to ${template} ${waits} times in a row`, {
        hint: 'something else spends this rate limit: try again in some minutes',
      });
    await clock.sleep(Math.max(0, waitMs) + 500 * random(), signal);
    signal.throwIfAborted();
  }

  #noAnswer({ method, template }: HooksCall, why: string, tries: number): ConnectorError {
    const { host } = this.#options.baseUrl;
    const message = `${host} gave no usable answer to ${method} ${template} in ${tries === 1 ? 'one try' : `${tries} tries`} (last: ${why})`;
    return new OktaUnavailableError(message, {
      hint: 'run the command again: it goes on from what is there, and makes no second hook',
    });
  }
}

type HooksVerdict =
  | { readonly kind: 'ok'; readonly answer: HooksAnswer }
  | { readonly kind: 'again'; readonly why: string }
  | { readonly kind: 'error'; readonly error: ConnectorError };

/** The setting whose credential or rights Okta refused. */
const SETTINGS = { token: 'OKTA_HOOKS_API_TOKEN', 'service-app': 'OKTA_HOOKS_CLIENT_ID' } as const;

const PERMISSION =
  'give it an admin role with the permission okta.eventhooks.manage (okta.eventhooks.read is enough for status), before Okta 2026.05.1 Super Administrator; a service app needs the scope okta.eventHooks.manage as well';

const REFUSED =
  'for event types, give those that this org has by --types (okta-ocsf hooks types lists all); the hooks that are there are in the Admin Console, Workflow > Event Hooks';

/** A hook that was perhaps made must not be made twice. All other calls may be repeated. */
function isRepeatable({ method, path }: HooksCall): boolean {
  return method !== 'POST' || path.includes('/lifecycle/');
}

/** The reasons in Okta's words: those that are about single fields, or the summary where there are none. */
function wordsOf(text: string): readonly string[] {
  const read = problem.safeParse(parse(text)?.value);
  if (!read.success) return [];
  const { errorSummary: summary, errorCauses: causes = [] } = read.data;
  const words = causes.length > 0 ? causes.map((cause) => cause.errorSummary) : [summary ?? ''];
  return words.map(plain).filter((each) => each !== '');
}

function plain(words: string): string {
  return words
    .replaceAll(/\p{Cc}+/gu, ' ')
    .trim()
    .slice(0, LONGEST_WORDS);
}

function parse(text: string): { readonly value: unknown } | undefined {
  try {
    return { value: JSON.parse(text) };
  } catch {
    return undefined;
  }
}
