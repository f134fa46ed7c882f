import { OktaRateLimitError, OktaResponseError, OktaUnavailableError } from '../errors.ts';
import type { Log } from '../log.ts';
import type { CallCount, Clock } from '../ports.ts';
import { judgeAnswer, judgeFault, OktaOverloadError } from './answers.ts';
import type { Verdict } from './answers.ts';
import type { HttpAnswer, HttpFault, HttpGet } from './http.ts';
import { readRate, serverTime } from './rate-headers.ts';
import type { RateLimits } from './rate-limits.ts';

/** Tries of one call before it counts as unavailable. */
const TRIES = 5;
const FIRST_BACK_OFF_MS = 500;
const LONGEST_BACK_OFF_MS = 20_000;
/** 429s in a row for one call, each waited out to its reset, before the run gives up. */
const PATIENCE = 20;

/** One authorised answer of Okta with a JSON body. */
export interface OktaAnswer {
  readonly body: unknown;
  readonly headers: HttpAnswer['headers'];
  /** Unix milliseconds on Okta's clock; this machine's where the answer carries no `Date`. */
  readonly at: number;
}

export interface ClientOptions {
  readonly baseUrl: URL;
  /** The value of the Authorization header. */
  readonly authorise: () => string;
  readonly http: HttpGet;
  readonly limits: Pick<RateLimits, 'schedule' | 'observe' | 'refused' | 'waitedMs'>;
  readonly clock: Clock;
  readonly random: () => number;
  readonly log: Log;
  readonly signal: AbortSignal;
}

type Judged = Exclude<Verdict, { kind: 'ok' }> | { readonly kind: 'ok'; readonly answer: OktaAnswer };

interface Question {
  readonly url: URL;
  readonly template: string;
  readonly tries: number;
}

/** Asks Okta: paces, authorises, retries, judges. Throws a `ConnectorError`, or the signal's reason on abort. */
export class OktaClient {
  readonly #options: ClientOptions;
  readonly #calls = new Map<string, number>();
  #rateLimited = 0;

  constructor(options: ClientOptions) {
    this.#options = options;
  }

  get origin(): string {
    return this.#options.baseUrl.origin;
  }

  count(): CallCount {
    return { calls: this.#calls, rateLimited: this.#rateLimited, waitedMs: this.#options.limits.waitedMs };
  }

  /**
   * @param path path and query on the org's origin, ids in it already encoded
   * @param template the path with `{id}` for ids: what counts, buckets and messages name
   */
  async get(path: string, template: string, options: { readonly tries?: number } = {}): Promise<OktaAnswer> {
    const question = { url: this.#urlOf(path), template, tries: options.tries ?? TRIES };
    let tries = 0;
    let refusals = 0;
    for (;;) {
      const exchange = await this.#exchange(question);
      const verdict = this.#judge(exchange, question);
      if (verdict.kind === 'error') throw verdict.error;
      if (verdict.kind === 'ok') return verdict.answer;
      if (verdict.kind === 'rate-limited') {
        refusals += 1;
        await this.#afterRefusal(exchange, question, refusals);
      } else {
        tries += 1;
        refusals = 0;
        await this.#backOff(question, tries, verdict);
      }
    }
  }

  /** The token goes where this says: a path such as `//elsewhere`, resolved as a link, would lead to another host. */
  #urlOf(path: string): URL {
    const url = new URL(`${this.origin}${path}`);
    if (url.origin === this.origin) return url;
    throw new OktaResponseError(`a path that leaves ${this.origin} was not asked for`);
  }

  async #exchange({ url, template }: Question): Promise<HttpAnswer | HttpFault> {
    const { limits, http, authorise, signal } = this.#options;
    return limits.schedule(template, () => {
      this.#calls.set(template, (this.#calls.get(template) ?? 0) + 1);
      return http(url, { authorization: authorise() }, signal);
    });
  }

  #judge(exchange: HttpAnswer | HttpFault, { template }: Question): Judged {
    const { host } = this.#options.baseUrl;
    if (exchange.kind === 'fault') return judgeFault(exchange, host);
    const verdict = judgeAnswer(exchange, template, host);
    if (verdict.kind !== 'rate-limited') this.#options.limits.observe(template, readRate(exchange.headers));
    this.#options.log.trace({ template, status: exchange.status }, 'Okta answered');
    if (verdict.kind !== 'ok') return verdict;
    const at = serverTime(exchange.headers) ?? this.#options.clock.now();
    return { kind: 'ok', answer: { body: verdict.body, headers: exchange.headers, at } };
  }

  async #afterRefusal(
    exchange: HttpAnswer | HttpFault,
    { template }: Question,
    refusals: number,
  ): Promise<void> {
    this.#rateLimited += 1;
    const { limits, clock, random, signal, log } = this.#options;
    log.debug({ template, refusals }, 'Okta refused a call by its rate limit');
    if (refusals >= PATIENCE) {
      const hint =
        'lower OKTA_RATE_LIMIT_SHARE, or look in the Rate Limit dashboard for what else spends this bucket';
      throw new OktaRateLimitError(`Okta answered 429 to ${template} ${refusals} times in a row`, { hint });
    }
    const rate = exchange.kind === 'answer' ? readRate(exchange.headers) : undefined;
    const kind = limits.refused(template, rate);
    if (kind === 'concurrency') await clock.sleep((0.5 + random()) * 1000 * Math.min(refusals, 8), signal);
    signal.throwIfAborted();
  }

  async #backOff(
    { template, tries: allowed }: Question,
    tries: number,
    { why, isOverload }: Extract<Verdict, { kind: 'again' }>,
  ): Promise<void> {
    const { clock, random, signal, log, baseUrl } = this.#options;
    if (tries >= allowed) {
      const hint = 'Okta or the way to it is disturbed: see status.okta.com, and OKTA_BASE_URL for a slip';
      const message = `${baseUrl.host} gave no usable answer to GET ${template} in ${tries} tries (last: ${why})`;
      throw new (isOverload ? OktaOverloadError : OktaUnavailableError)(message, { hint });
    }
    log.debug({ template, tries, why }, 'asking Okta again');
    const ceilingMs = Math.min(LONGEST_BACK_OFF_MS, FIRST_BACK_OFF_MS * 2 ** (tries - 1));
    await clock.sleep(ceilingMs * (0.5 + random() / 2), signal);
    signal.throwIfAborted();
  }
}
