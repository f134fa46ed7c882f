import {
  OktaAuthError,
  OktaRateLimitError,
  OktaTokenError,
  OktaUnavailableError,
} from '../../ports/errors.ts';
import type { ConnectorError } from '../../ports/errors.ts';
import type { Log } from '../../ports/log.ts';
import type { Clock } from '../../ports/clock.ts';
import type { ClientKey, DpopMode } from '../../ports/credential.ts';
import { judgeFault } from '../read/answers.ts';
import { signAssertion } from './client-assertion.ts';
import type { Remedy, TokenRequests } from './credential.ts';
import type { ProofMaker } from './dpop.ts';
import { backOffMs } from '../../http/back-off.ts';
import type { HttpAnswer, HttpFault, FormPost } from '../../http/client.ts';
import { readRetryAfterMs } from '../../http/retry-after.ts';
import { BACK_OFF, PATIENCE, TRIES } from '../pace/patience.ts';
import { readRate } from '../pace/rate-headers.ts';
import type { ServerClock } from '../pace/server-clock.ts';
import { judgeTokenAnswer, TOKEN_PATH, type AccessToken, type TokenVerdict } from './token-answers.ts';

const CLIENT_ASSERTION = 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer';
/** A clock that was off by less than this cannot explain a refusal. */
const TELLING_SKEW_MS = 5000;
/** While a token is missing nothing can be read, so after this time the run ends. */
const LONGEST_WAIT_MS = 15 * 60_000;
/** One failure may pass; from the second on the log warns. */
const TELLING_FAILURES = 2;

export interface TokenEndpointOptions {
  readonly baseUrl: URL;
  readonly clientId: string;
  /** The first key is used until Okta does not accept it. */
  readonly keys: readonly ClientKey[];
  readonly dpop: DpopMode;
  readonly post: FormPost;
  readonly proofs: ProofMaker;
  readonly serverClock: ServerClock;
  readonly clock: Clock;
  readonly random: () => number;
  readonly log: Log;
  readonly signal: AbortSignal;
  /** How many tries until the endpoint counts as unavailable, and how many 429s in a row; absent: as in runs. */
  readonly tries?: number;
  readonly patience?: number;
}

interface Sent {
  readonly exchange: HttpAnswer | HttpFault;
  readonly hadProof: boolean;
  /** The correction of the clock when this was signed. */
  readonly skewMs: number;
}

type Cure = Remedy | 'proof' | 'key';

/**
 * Asks for access tokens (client credentials, proved by a private key), one attempt after the other until Okta decides.
 */
export class TokenEndpoint {
  readonly #options: TokenEndpointOptions;
  readonly #url: URL;
  #keyIndex = 0;
  #usesProof: boolean;
  #nonce: string | undefined;
  #total = 0;
  #rateLimited = 0;

  constructor(options: TokenEndpointOptions) {
    this.#options = options;
    this.#url = new URL(TOKEN_PATH, options.baseUrl.origin);
    this.#usesProof = options.dpop === 'always';
  }

  get requests(): TokenRequests {
    return { total: this.#total, rateLimited: this.#rateLimited };
  }

  /** A token for these scopes; `undefined` when not all of them are granted. Throws errors that end a run. */
  async request(scopes: readonly string[]): Promise<AccessToken | undefined> {
    const cured = new Set<Cure>();
    let tries = 0;
    let refusals = 0;
    const startedAt = this.#options.clock.now();
    for (;;) {
      const sent = await this.#send(scopes);
      const verdict = this.#judge(sent);
      if (verdict.kind === 'granted') return this.#accept(verdict.token, sent);
      if (verdict.kind === 'invalid-scope') return undefined;
      if (verdict.kind === 'error') throw lasting(verdict.error);
      if (verdict.kind === 'rate-limited') await this.#waitForBucket(sent, (refusals += 1), startedAt);
      else if (verdict.kind === 'again') await this.#backOff((tries += 1), verdict.why);
      else {
        const cure = this.#cureFor(verdict.kind, sent);
        if (cure === undefined || cured.has(cure)) throw verdict.error;
        cured.add(cure);
      }
    }
  }

  async #send(scopes: readonly string[]): Promise<Sent> {
    const { post, keys, clientId, proofs, serverClock, signal } = this.#options;
    const key = keys[this.#keyIndex % keys.length];
    if (key === undefined)
      throw new OktaAuthError('there is no private key', { hint: 'set OKTA_PRIVATE_KEY' });
    const { skewMs } = serverClock;
    const hadProof = this.#usesProof;
    const proof = hadProof
      ? await proofs.prove({ method: 'POST', url: this.#url, nonce: this.#nonce })
      : undefined;
    const form = {
      grant_type: 'client_credentials',
      scope: scopes.join(' '),
      client_assertion_type: CLIENT_ASSERTION,
      client_assertion: await signAssertion(key, clientId, this.#url, serverClock.nowSeconds()),
    };
    this.#total += 1;
    const exchange = await post(this.#url, proof === undefined ? {} : { dpop: proof }, form, signal);
    return { exchange, hadProof, skewMs };
  }

  #judge({ exchange }: Sent): TokenVerdict {
    const { host } = this.#options.baseUrl;
    if (exchange.kind === 'answer') {
      this.#options.serverClock.learn(exchange.headers);
      this.#nonce = nonceOf(exchange) ?? this.#nonce;
      return judgeTokenAnswer(exchange, host);
    }
    const verdict = judgeFault(exchange, host);
    return verdict.kind === 'rate-limited' ? { kind: 'again', why: exchange.code } : verdict;
  }

  /** The change to make before the next attempt; `undefined` when nothing is left to change. */
  #cureFor(
    trouble: 'proof' | 'nonce' | 'invalid-client',
    { exchange, hadProof, skewMs }: Sent,
  ): Cure | undefined {
    const { dpop, serverClock, keys } = this.#options;
    const isClockNew = Math.abs(serverClock.skewMs - skewMs) > TELLING_SKEW_MS;
    if (trouble !== 'invalid-client' && dpop === 'never') return undefined;
    if (trouble === 'proof' && !hadProof) {
      this.#usesProof = true;
      return 'proof';
    }
    if (trouble === 'nonce') {
      this.#usesProof = true;
      return exchange.kind === 'answer' && nonceOf(exchange) !== undefined ? 'nonce' : undefined;
    }
    if (isClockNew) return 'clock';
    if (trouble !== 'invalid-client' || keys.length < 2) return undefined;
    this.#keyIndex += 1;
    return 'key';
  }

  #accept(token: AccessToken, { hadProof }: Sent): AccessToken {
    if (token.isBound && !hadProof)
      throw mismatch('a token bound to a key that was not sent', 'set OKTA_DPOP to auto');
    if (!token.isBound && this.#options.dpop === 'always') {
      const hint = "require DPoP in the service app's General tab, or set OKTA_DPOP to auto";
      throw mismatch('a token that is not bound to the key, though OKTA_DPOP is always', hint);
    }
    return token;
  }

  async #waitForBucket({ exchange }: Sent, refusals: number, startedAt: number): Promise<void> {
    this.#rateLimited += 1;
    const { clock, random, patience = PATIENCE } = this.#options;
    const waitMs = toldWaitMs(exchange) ?? 2 * backOffMs(refusals, random, BACK_OFF);
    if (refusals >= patience || clock.now() + waitMs - startedAt > LONGEST_WAIT_MS) {
      const hint = `see Reports > Rate Limits in the Admin Console for what else spends the bucket of ${TOKEN_PATH}`;
      const message = `${this.#url.href} gave no access token for OKTA_CLIENT_ID: it answered 429 to POST ${TOKEN_PATH} ${refusals} times in a row`;
      throw new OktaRateLimitError(message, { hint });
    }
    await this.#wait(refusals, 'HTTP 429', waitMs);
  }

  async #backOff(tries: number, why: string): Promise<void> {
    const { random, tries: allowed = TRIES } = this.#options;
    if (tries >= allowed) {
      const hint =
        'is OKTA_BASE_URL the org itself, or does a proxy or a login page answer there? Else Okta is disturbed: see status.okta.com';
      const message = `${this.#url.href} gave no access token for OKTA_CLIENT_ID: no usable answer to POST ${TOKEN_PATH} in ${tries} tries (last: ${why})`;
      throw new OktaTokenError(message, { hint });
    }
    await this.#wait(tries, why, backOffMs(tries, random, BACK_OFF));
  }

  async #wait(failures: number, reason: string, waitMs: number): Promise<void> {
    const { clock, log, signal } = this.#options;
    if (failures >= TELLING_FAILURES) {
      const facts = { url: this.#url.href, reason, failures, wait_ms: Math.round(waitMs) };
      log.warn(facts, 'no access token yet: nothing is read until there is one');
    }
    await clock.sleep(waitMs, signal);
    signal.throwIfAborted();
  }
}

/** The wait that the rate limit or `Retry-After` asks for, the later of both. A reset in the past says nothing. */
function toldWaitMs(exchange: HttpAnswer | HttpFault): number | undefined {
  if (exchange.kind !== 'answer') return undefined;
  const rate = readRate(exchange.headers);
  const isTold = rate !== undefined && rate.limit > 0 && rate.resetAt >= rate.dateAt;
  const resetMs = isTold ? Math.max(0, rate.resetAt - rate.dateAt + 1) * 1000 : 0;
  const waitMs = Math.max(resetMs, readRetryAfterMs(exchange.headers) ?? 0);
  return waitMs > 0 ? waitMs : undefined;
}

/** An error that elsewhere leaves out one answer ends the run here, because there is no token without it. */
function lasting(error: ConnectorError): ConnectorError {
  if (!(error instanceof OktaUnavailableError)) return error;
  return new OktaTokenError(error.message, { hint: error.hint });
}

function nonceOf({ headers }: HttpAnswer): string | undefined {
  const nonce = headers['dpop-nonce'];
  return typeof nonce === 'string' && /^[\x21-\x7e]{1,512}$/.test(nonce) ? nonce : undefined;
}

function mismatch(what: string, hint: string): ConnectorError {
  return new OktaAuthError(`Okta gave ${what}`, { hint });
}
