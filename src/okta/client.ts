import { OktaRateLimitError, OktaResponseError, OktaUnavailableError } from '../ports/errors.ts';
import type { ConnectorError } from '../ports/errors.ts';
import type { Log } from '../ports/log.ts';
import type { CallCount } from '../ports/source.ts';
import type { Clock } from '../ports/clock.ts';
import { judgeAnswer, judgeFault, OktaOverloadError } from './read/answers.ts';
import type { OktaVerdict } from './read/answers.ts';
import type { Credential, Remedy } from './auth/credential.ts';
import { FailingEndpoints } from './read/failing.ts';
import { backOffMs } from '../http/back-off.ts';
import type { HttpAnswer, HttpFault, HttpGet } from '../http/client.ts';
import { readRetryAfterMs } from '../http/retry-after.ts';
import { BACK_OFF, PATIENCE, TRIES } from './pace/patience.ts';
import { Permissions } from './auth/permissions.ts';
import { readRate, readWaitMs, serverTime } from './pace/rate-headers.ts';
import { CONCURRENCY, type RateLimits } from './pace/rate-limits.ts';
import { TOKEN_PATH } from './auth/token-answers.ts';

/** One answer of Okta with a JSON body. */
export interface OktaAnswer {
  readonly body: unknown;
  readonly headers: HttpAnswer['headers'];
  /** Unix milliseconds on Okta's clock, or on this machine's where the answer has no `Date`. */
  readonly at: number;
}

export interface ClientOptions {
  readonly baseUrl: URL;
  readonly credential: Credential;
  readonly http: HttpGet;
  readonly limits: Pick<RateLimits, 'schedule' | 'observe' | 'refused' | 'waitedMs'> &
    Partial<Pick<RateLimits, 'waitedInMs' | 'orgShare'>>;
  readonly clock: Clock;
  readonly random: () => number;
  readonly log: Log;
  readonly signal: AbortSignal;
  /** Called after each answer, or fault, with the time that the exchange took. */
  readonly onAnswer?: ((tookMs: number) => void) | undefined;
}

type Judged = Exclude<OktaVerdict, { kind: 'ok' }> | { readonly kind: 'ok'; readonly answer: OktaAnswer };

interface PacedQuestion {
  readonly url: URL;
  readonly template: string;
  readonly tries: number;
  readonly overloadTries: number;
  readonly isPublic: boolean;
}

export interface AskOptions {
  readonly tries?: number;
  /**
   * Tries where Okta itself gives up on the question, because a smaller one may pass; absent: as for any other failure.
   */
  readonly overloadTries?: number;
  /** Okta answers anyone, so the request carries no credential. */
  readonly isPublic?: boolean;
}

interface OktaExchange {
  readonly outcome: HttpAnswer | HttpFault;
  readonly remedy: Remedy | undefined;
}

/**
 * Asks Okta: paces, authorises and repeats requests, and judges their answers. Throws a `ConnectorError`, or the
 * signal's reason on abort.
 */
export class OktaClient {
  readonly #options: ClientOptions;
  readonly #calls = new Map<string, number>();
  readonly #permissions = new Permissions();
  readonly #failing: FailingEndpoints;
  /** 429s by bucket, or by the org's limit of calls at once. */
  readonly #refusals = new Map<string, number>();
  #isCredentialAccepted = false;

  constructor(options: ClientOptions) {
    this.#options = options;
    this.#failing = new FailingEndpoints(options.clock, options.log);
  }

  get origin(): string {
    return this.#options.baseUrl.origin;
  }

  count(): CallCount {
    const { credential, limits } = this.#options;
    const { total, rateLimited } = credential.tokenRequests();
    const refusals =
      rateLimited === 0 ? this.#refusals : new Map([...this.#refusals, [TOKEN_PATH, rateLimited]]);
    return {
      calls: total === 0 ? this.#calls : new Map([...this.#calls, [TOKEN_PATH, total]]),
      rateLimited: [...refusals.values()].reduce((sum, count) => sum + count, 0),
      rateLimitedIn: refusals,
      waitedMs: limits.waitedMs,
      waitedInMs: limits.waitedInMs ?? new Map(),
      orgShare: limits.orgShare,
      missingScopes: credential.missingScopes(),
      isCredentialAccepted: this.#isCredentialAccepted,
      silentSince: this.#failing.silentSince,
    };
  }

  /**
   * @param path path and query on the org's origin, ids in it already encoded
   * @param template the path with `{id}` for ids, as counts, buckets and messages name it
   */
  async get(path: string, template: string, options: AskOptions = {}): Promise<OktaAnswer> {
    const { isPublic = false } = options;
    let refusal: ConnectorError | undefined;
    for (let askedAgain = 0; ; askedAgain += 1) {
      const answer = await this.#ask(path, template, options);
      const isAllowed = !(answer instanceof Error);
      if (isAllowed && !isPublic) {
        this.#isCredentialAccepted = true;
        this.#permissions.allowed(template);
      }
      const pauseMs = isAllowed ? undefined : this.#permissions.pauseMs(answer, template, askedAgain);
      if (pauseMs === undefined) {
        if (refusal !== undefined) this.#permissions.settled(refusal, template, isAllowed);
        if (isAllowed) return answer;
        throw answer;
      }
      refusal = answer instanceof Error ? answer : undefined;
      await this.#pause(template, pauseMs);
    }
  }

  /** Waits, since a question that was allowed before and is refused now may soon be allowed again. */
  async #pause(template: string, ms: number): Promise<void> {
    const { clock, random, signal, log } = this.#options;
    log.debug({ template }, 'Okta refused what it allowed before: asking again');
    await clock.sleep(ms * (0.75 + random() / 2), signal);
    signal.throwIfAborted();
  }

  /** The answer, or the error by which Okta refuses the question. Throws where Okta gave neither. */
  async #ask(path: string, template: string, options: AskOptions): Promise<OktaAnswer | ConnectorError> {
    const { tries: allowed = TRIES, overloadTries = allowed, isPublic = false } = options;
    const question = { url: this.#urlOf(path), template, tries: allowed, overloadTries, isPublic };
    const remedied = new Set<Remedy>();
    let tries = 0;
    let refusals = 0;
    for (;;) {
      const askedAt = this.#options.clock.now();
      const { outcome, remedy } = await this.#exchange(question);
      const verdict = this.#judge(outcome, question);
      if (remedy !== undefined && !remedied.has(remedy)) {
        remedied.add(remedy);
        continue;
      }
      if (verdict.kind === 'again') {
        const sinceMs = this.#options.clock.now() - askedAt;
        this.#failing.failed(template, verdict.why, { sinceMs, isSilent: outcome.kind === 'fault' });
      } else this.#failing.answered(template);
      if (verdict.kind === 'error') return verdict.error;
      if (verdict.kind === 'ok') return verdict.answer;
      if (verdict.kind === 'rate-limited') {
        refusals += 1;
        await this.#afterRefusal(outcome, question, refusals);
      } else {
        tries += 1;
        refusals = 0;
        await this.#backOff(question, tries, verdict);
      }
    }
  }

  /** The token goes to this address. A path such as `//elsewhere`, resolved like a link, would lead to another host. */
  #urlOf(path: string): URL {
    const url = new URL(`${this.origin}${path}`);
    if (url.origin === this.origin) return url;
    throw new OktaResponseError(`a path that leaves ${this.origin} was not asked for`);
  }

  /** Authorises as late as possible: a proof made before the wait for the bucket would be too old. */
  async #exchange({ url, template, isPublic }: PacedQuestion): Promise<OktaExchange> {
    const { limits, http, credential, signal, clock, onAnswer } = this.#options;
    return limits.schedule(template, async () => {
      const headers = isPublic ? {} : await credential.authorise({ url, template });
      this.#calls.set(template, (this.#calls.get(template) ?? 0) + 1);
      const sentAt = clock.now();
      const outcome = await http(url, headers, signal);
      onAnswer?.(clock.now() - sentAt);
      return { outcome, remedy: outcome.kind === 'answer' ? credential.learn(outcome, headers) : undefined };
    });
  }

  #judge(exchange: HttpAnswer | HttpFault, { template }: PacedQuestion): Judged {
    const { host } = this.#options.baseUrl;
    if (exchange.kind === 'fault') return judgeFault(exchange, host);
    const verdict = judgeAnswer(exchange, template, host, this.#options.credential.kind);
    if (verdict.kind !== 'rate-limited') this.#options.limits.observe(template, readRate(exchange.headers));
    this.#options.log.trace({ template, status: exchange.status }, 'Okta answered');
    if (verdict.kind !== 'ok') return verdict;
    const at = serverTime(exchange.headers) ?? this.#options.clock.now();
    return { kind: 'ok', answer: { body: verdict.body, headers: exchange.headers, at } };
  }

  async #afterRefusal(
    exchange: HttpAnswer | HttpFault,
    { template }: PacedQuestion,
    refusals: number,
  ): Promise<void> {
    const { limits, clock, random, signal, log } = this.#options;
    log.debug({ template, refusals }, 'Okta refused a call by its rate limit');
    const headers = exchange.kind === 'answer' ? exchange.headers : {};
    const rate = readRate(headers);
    const retryMs = readRetryAfterMs(headers);
    const by = limits.refused(
      template,
      rate,
      rate === undefined ? laterOf(readWaitMs(headers), retryMs) : retryMs,
    );
    this.#refusals.set(by, (this.#refusals.get(by) ?? 0) + 1);
    if (refusals >= PATIENCE) {
      const hint =
        'lower OKTA_RATE_LIMIT_SHARE, or look in the Rate Limit dashboard for what else spends this bucket';
      throw new OktaRateLimitError(`Okta answered 429 to ${template} ${refusals} times in a row`, { hint });
    }
    const shortMs = (0.5 + random()) * 1000 * Math.min(refusals, 8);
    if (by === CONCURRENCY) await clock.sleep(Math.max(shortMs, retryMs ?? 0), signal);
    signal.throwIfAborted();
  }

  async #backOff(
    { template, tries: allowed, overloadTries }: PacedQuestion,
    tries: number,
    { why, isOverload, hint: how }: Extract<OktaVerdict, { kind: 'again' }>,
  ): Promise<void> {
    const { clock, random, signal, log, baseUrl } = this.#options;
    if (tries >= (isOverload ? overloadTries : allowed)) {
      const hint =
        how ?? 'Okta or the way to it is disturbed: see status.okta.com, and OKTA_BASE_URL for a slip';
      const message = `${baseUrl.host} gave no usable answer to GET ${template} in ${tries} tries (last: ${why})`;
      throw new (isOverload ? OktaOverloadError : OktaUnavailableError)(message, { hint });
    }
    log.debug({ template, tries, why }, 'asking Okta again');
    await clock.sleep(backOffMs(tries, random, BACK_OFF), signal);
    signal.throwIfAborted();
  }
}

function laterOf(one: number | undefined, other: number | undefined): number | undefined {
  return one === undefined || other === undefined ? (one ?? other) : Math.max(one, other);
}
