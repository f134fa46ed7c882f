/**
 * The connection to one org: open sockets, the credential with its token and DPoP key, and the limits that Okta's
 * answers have shown. Lives as long as the process and its settings. Each run borrows it, and counts its own calls.
 */
import { createHttpGet, createFormPost, type HttpGet, type HttpOptions } from '../http/client.ts';
import type { HttpRoute } from '../http/proxy.ts';
import type { Clock } from '../ports/clock.ts';
import type { Log } from '../ports/log.ts';
import { createApiToken, type Credential } from './auth/credential.ts';
import { ProofMaker } from './auth/dpop.ts';
import { isSameChoice, PresentCredential, type CredentialChoice } from './auth/present-credential.ts';
import { AppTokens, ServiceApp } from './auth/service-app.ts';
import { TokenEndpoint } from './auth/token-endpoint.ts';
import { OktaClient, type ClientOptions } from './client.ts';
import { orAbort } from './pace/or-abort.ts';
import { RateLimits } from './pace/rate-limits.ts';
import { ServerClock } from './pace/server-clock.ts';

/** Okta ends its own queries after 30 s (okta-api section 5), so an answer that takes twice that never comes. */
const TIMEOUT_MS = 60_000;

export interface ConnectionOptions {
  readonly baseUrl: URL;
  /** The credential as it is now. */
  readonly credential: () => CredentialChoice;
  /** Called when Okta refuses the credential: reads its secrets once more from where they came from. */
  readonly renewSecrets: () => void;
  /** The scopes that a service app asks for. */
  readonly scopes: readonly string[];
  readonly userAgent: string;
  readonly route: HttpRoute;
  /** The share of each bucket, over 0 up to 1, at this moment. */
  readonly share: () => number;
  readonly maxConcurrency: number;
  readonly clock: Clock;
  readonly random: () => number;
  /** Aborts when the process must stop. */
  readonly signal: AbortSignal;
}

/** The borrower of the connection during one run. */
export interface Borrower extends Pick<ClientOptions, 'onAnswer'> {
  readonly log: Log;
  readonly signal: AbortSignal;
}

/** Limits and patience of a connection test: people wait for the whole of it. */
export interface CheckPatience {
  readonly limits: ClientOptions['limits'];
  readonly timeoutMs: number;
  /** The most tries of one request for a token, and the most 429s that it may get. */
  readonly tries: number;
}

interface TokenPatience {
  readonly http: HttpOptions;
  readonly tries?: number;
}

export class OktaConnection {
  readonly limits: RateLimits;
  readonly #options: ConnectionOptions;
  readonly #end = new AbortController();
  /** Aborts with the process or with this connection. */
  readonly #signal: AbortSignal;
  readonly #get: HttpGet;
  readonly #serverClock: ServerClock;
  readonly #proofs: ProofMaker;
  #tokens: { readonly of: CredentialChoice; readonly tokens: AppTokens } | undefined;
  readonly #credential: Credential;
  /** The log of the run that borrowed last, so that a line about a token carries its id. */
  #log: Log | undefined;

  constructor(options: ConnectionOptions) {
    this.#options = options;
    this.#signal = AbortSignal.any([options.signal, this.#end.signal]);
    this.limits = new RateLimits({ ...options, signal: this.#signal });
    const http = this.#httpWithin(TIMEOUT_MS);
    this.#get = createHttpGet(http);
    this.#serverClock = new ServerClock(options.clock);
    this.#proofs = new ProofMaker(this.#serverClock);
    const log = logThrough(() => this.#log);
    this.#credential = this.#createCredential({ log, signal: this.#signal }, { http });
  }

  /** A client that asks at the org's pace. Its counts begin at zero. */
  clientFor(borrower: Borrower): OktaClient {
    this.#log = borrower.log;
    return this.#createClient(borrower, {
      http: this.#get,
      credential: countedFromNow(this.#credential),
      limits: waitedFromNow(this.limits, borrower.signal),
    });
  }

  /** A client that asks at once and uses the same token: its calls leave fewer to runs. `get` sends no credential. */
  clientForChecks(
    borrower: Borrower,
    { limits, timeoutMs, tries }: CheckPatience,
  ): { readonly client: OktaClient; readonly get: HttpGet } {
    const http = this.#httpWithin(timeoutMs);
    const get = createHttpGet(http);
    const credential = this.#createCredential(borrower, { http, tries });
    const counted = countedIn(this.limits, limits);
    return { client: this.#createClient(borrower, { http: get, credential, limits: counted }), get };
  }

  /** Called when no run borrows the connection any more. */
  close(): void {
    this.#end.abort();
    const { http, https } = this.#options.route.agents;
    http.destroy();
    https.destroy();
  }

  #httpWithin(timeoutMs: number): HttpOptions {
    const { userAgent, route } = this.#options;
    return { timeoutMs, userAgent, route };
  }

  #createClient(
    { log, signal, onAnswer }: Borrower,
    parts: Pick<ClientOptions, 'http' | 'credential' | 'limits'>,
  ): OktaClient {
    const { baseUrl, clock, random } = this.#options;
    return new OktaClient({ baseUrl, clock, random, log, signal, onAnswer, ...parts });
  }

  #createCredential(borrower: Borrower, patience: TokenPatience): Credential {
    const { credential: choice, renewSecrets: renew } = this.#options;
    return new PresentCredential({
      choice,
      renew,
      create: (chosen) => this.#credentialOf(chosen, borrower, patience),
    });
  }

  #credentialOf(
    choice: CredentialChoice,
    { log, signal }: Borrower,
    { http, tries }: TokenPatience,
  ): Credential {
    const { baseUrl, scopes, clock, random } = this.#options;
    if (choice.kind === 'token') return createApiToken(choice.token);
    const shared = { proofs: this.#proofs, serverClock: this.#serverClock, clock, log };
    const { clientId, keys, dpop } = choice;
    const endpoint = new TokenEndpoint({
      ...shared,
      baseUrl,
      clientId,
      keys,
      dpop,
      post: createFormPost(http),
      random,
      signal,
      ...(tries === undefined ? {} : { tries, patience: tries }),
    });
    return new ServiceApp({ ...shared, endpoint, scopes, tokens: this.#tokensOf(choice) });
  }

  /** Runs and checks share the tokens of one service app. */
  #tokensOf(choice: CredentialChoice): AppTokens {
    if (this.#tokens === undefined || !isSameChoice(this.#tokens.of, choice)) {
      this.#tokens = { of: choice, tokens: new AppTokens() };
    }
    return this.#tokens.tokens;
  }
}

/** The same credential, but with requests for tokens counted from now on. */
function countedFromNow(credential: Credential): Credential {
  const before = credential.tokenRequests();
  return {
    get kind() {
      return credential.kind;
    },
    authorise: (attempt) => credential.authorise(attempt),
    learn: (answer, sent) => credential.learn(answer, sent),
    missingScopes: () => credential.missingScopes(),
    tokenRequests: () => {
      const { total, rateLimited } = credential.tokenRequests();
      return { total: total - before.total, rateLimited: rateLimited - before.rateLimited };
    },
  };
}

/** Limits whose calls count in those of the org, too. */
function countedIn(org: RateLimits, own: ClientOptions['limits']): ClientOptions['limits'] {
  return {
    schedule: async (template, call) => {
      try {
        return await own.schedule(template, call);
      } finally {
        org.count(template);
      }
    },
    observe: (template, rate) => own.observe(template, rate),
    refused: (template, rate, waitMs) => own.refused(template, rate, waitMs),
    get waitedMs() {
      return own.waitedMs;
    },
  };
}

/** The same limits, but with waits counted from now on. When its run is over, a waiting call gives up its turn. */
function waitedFromNow(limits: RateLimits, signal: AbortSignal): ClientOptions['limits'] {
  const before = limits.waitedMs;
  const beforeIn = limits.waitedInMs;
  return {
    schedule: async (template, call) => {
      signal.throwIfAborted();
      const turn = limits.schedule(template, async () => {
        signal.throwIfAborted();
        return call();
      });
      return orAbort(turn, signal);
    },
    observe: (template, rate) => limits.observe(template, rate),
    refused: (template, rate, waitMs) => limits.refused(template, rate, waitMs),
    get waitedMs() {
      return limits.waitedMs - before;
    },
    get waitedInMs() {
      return new Map(
        [...limits.waitedInMs].map(([bucket, ms]) => [bucket, ms - (beforeIn.get(bucket) ?? 0)]),
      );
    },
    get orgShare() {
      return limits.orgShare;
    },
  };
}

function logThrough(current: () => Log | undefined): Log {
  return {
    error: (fields, message) => current()?.error(fields, message),
    warn: (fields, message) => current()?.warn(fields, message),
    info: (fields, message) => current()?.info(fields, message),
    debug: (fields, message) => current()?.debug(fields, message),
    trace: (fields, message) => current()?.trace(fields, message),
  };
}
