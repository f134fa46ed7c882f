/**
 * The connection to one org: connections kept alive, the credential with its token and DPoP key, and what Okta's answers
 * taught of its limits. Lives as long as the process and its settings; each run borrows it, and counts its own calls.
 */
import { createHttpGet, createFormPost, type HttpGet, type HttpOptions } from '../http/client.ts';
import type { HttpRoute } from '../http/proxy.ts';
import type { Clock } from '../ports/clock.ts';
import type { ClientKey, DpopMode } from '../ports/credential.ts';
import type { Log } from '../ports/log.ts';
import type { Secret } from '../settings/secret.ts';
import { createApiToken, type Credential } from './auth/credential.ts';
import { ProofMaker } from './auth/dpop.ts';
import { AppTokens, ServiceApp } from './auth/service-app.ts';
import { TokenEndpoint } from './auth/token-endpoint.ts';
import { OktaClient, type ClientOptions } from './client.ts';
import { orAbort } from './pace/or-abort.ts';
import { RateLimits } from './pace/rate-limits.ts';
import { ServerClock } from './pace/server-clock.ts';

/** Okta ends its own queries after 30 s (okta-api section 5); an answer that takes twice that never comes. */
const TIMEOUT_MS = 60_000;

/** What the settings authenticate with. */
type CredentialChoice =
  | { readonly kind: 'token'; readonly token: Secret }
  | {
      readonly kind: 'service-app';
      readonly clientId: string;
      readonly keys: readonly ClientKey[];
      readonly dpop: DpopMode;
    };

export interface ConnectionOptions {
  readonly baseUrl: URL;
  readonly credential: CredentialChoice;
  /** Asked for by a service app. */
  readonly scopes: readonly string[];
  readonly userAgent: string;
  readonly route: HttpRoute;
  /** Of each bucket, over 0 up to 1. */
  readonly share: number;
  readonly maxConcurrency: number;
  readonly clock: Clock;
  readonly random: () => number;
  /** Fires when the process is to stop. */
  readonly signal: AbortSignal;
}

/** The borrower of the connection, for as long as one run lasts. */
export interface Borrower extends Pick<ClientOptions, 'onAnswer'> {
  readonly log: Log;
  readonly signal: AbortSignal;
}

/** Somebody waits for the whole test of a connection: it has limits and a patience of its own. */
export interface CheckPatience {
  readonly limits: ClientOptions['limits'];
  readonly timeoutMs: number;
  /** Of one request for a token, and the 429s it may get. */
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
  /** Of the process and of this connection. */
  readonly #signal: AbortSignal;
  readonly #get: HttpGet;
  readonly #serverClock: ServerClock;
  readonly #proofs: ProofMaker;
  readonly #tokens = new AppTokens();
  readonly #credential: Credential;
  /** Of the run that borrowed last: a line about a token carries its id. */
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

  /** Asks at the org's pace. What it counts begins at nothing. */
  clientFor(borrower: Borrower): OktaClient {
    this.#log = borrower.log;
    return this.#createClient(borrower, {
      http: this.#get,
      credential: countedFromNow(this.#credential),
      limits: waitedFromNow(this.limits, borrower.signal),
    });
  }

  /** Asks at once, and shares the token. `get` shows no credential. */
  clientForChecks(
    borrower: Borrower,
    { limits, timeoutMs, tries }: CheckPatience,
  ): { readonly client: OktaClient; readonly get: HttpGet } {
    const http = this.#httpWithin(timeoutMs);
    const get = createHttpGet(http);
    const credential = this.#createCredential(borrower, { http, tries });
    return { client: this.#createClient(borrower, { http: get, credential, limits }), get };
  }

  /** Nobody borrows it any more. */
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

  #createCredential({ log, signal }: Borrower, { http, tries }: TokenPatience): Credential {
    const { baseUrl, credential: choice, scopes, clock, random } = this.#options;
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
    return new ServiceApp({ ...shared, endpoint, scopes, tokens: this.#tokens });
  }
}

/** The same credential; requests for tokens count from here on. */
function countedFromNow(credential: Credential): Credential {
  const before = credential.tokenRequests();
  return {
    kind: credential.kind,
    authorise: (attempt) => credential.authorise(attempt),
    learn: (answer, sent) => credential.learn(answer, sent),
    missingScopes: () => credential.missingScopes(),
    tokenRequests: () => {
      const { total, rateLimited } = credential.tokenRequests();
      return { total: total - before.total, rateLimited: rateLimited - before.rateLimited };
    },
  };
}

/** The same limits; waits count from here on, and a run that is over leaves its turn to the next one. */
function waitedFromNow(limits: RateLimits, signal: AbortSignal): ClientOptions['limits'] {
  const before = limits.waitedMs;
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
