import { OktaAuthError, OktaForbiddenError, OktaRateLimitError, OktaTokenError } from '../../ports/errors.ts';
import type { Log } from '../../ports/log.ts';
import type { Clock } from '../../ports/clock.ts';
import { errorCodeOf } from '../read/answers.ts';
import { readChallenge } from './challenge.ts';
import type { CallAttempt, Credential, Remedy, TokenRequests } from './credential.ts';
import type { ProofMaker } from './dpop.ts';
import { grantScope } from './grants.ts';
import type { HttpAnswer } from '../../http/client.ts';
import { findGranted, scopeFor } from './scopes.ts';
import type { ServerClock } from '../pace/server-clock.ts';
import type { AccessToken } from './token-answers.ts';
import type { TokenEndpoint } from './token-endpoint.ts';

/** A token is renewed in the last tenth of its life, at most five minutes before its end. */
const LONGEST_MARGIN_MS = 300_000;
/** When Okta cannot give another token now, the old one stays in use and the next attempt comes after this time. */
const RENEW_AGAIN_MS = 30_000;

export interface ServiceAppOptions {
  readonly endpoint: Pick<TokenEndpoint, 'request' | 'requests'>;
  readonly proofs: ProofMaker;
  readonly serverClock: ServerClock;
  readonly clock: Clock;
  /** The scopes that the configured lookups need. */
  readonly scopes: readonly string[];
  /** The tokens and grants that Okta has given so far. */
  readonly tokens: AppTokens;
  readonly log: Log;
}

/** The tokens and grants that Okta has given a service app. Credentials that share them ask for nothing twice. */
export class AppTokens {
  /** The scopes to ask for, once it is known which are granted. */
  granted: readonly string[] | undefined;
  missing: readonly string[] = [];
  held: Held | undefined;
  /** The API's nonce, where the API asks for one. */
  nonce: string | undefined;
}

/** A token with its times on this machine's clock. */
interface Held {
  readonly token: AccessToken;
  readonly renewAt: number;
  readonly endsAt: number;
}

/** An OAuth 2.0 service app: gets tokens for an hour, with a private key, for named scopes only. */
export class ServiceApp implements Credential {
  readonly kind = 'service-app';
  readonly #options: ServiceAppOptions;
  readonly #tokens: AppTokens;
  #renewal: Promise<Held> | undefined;

  constructor(options: ServiceAppOptions) {
    this.#options = options;
    this.#tokens = options.tokens;
  }

  tokenRequests(): TokenRequests {
    return this.#options.endpoint.requests;
  }

  missingScopes(): readonly string[] {
    return this.#tokens.missing;
  }

  async authorise({ method = 'GET', url, template }: CallAttempt): Promise<Readonly<Record<string, string>>> {
    const { token } = await this.#current();
    const scope = scopeFor(template);
    if (scope !== undefined && this.#tokens.missing.includes(scope)) {
      // Several scopes may be the missing one: four requests cannot always tell.
      const message = `GET ${template} was not asked: the token is without ${scope}, as Okta did not grant all the scopes that were asked for`;
      throw new OktaForbiddenError(message, { hint: grantScope(scope) });
    }
    const value = token.value.reveal();
    if (!token.isBound) return { authorization: `Bearer ${value}` };
    const { proofs } = this.#options;
    const dpop = await proofs.prove({ method, url, token: value, nonce: this.#tokens.nonce });
    return { authorization: `DPoP ${value}`, dpop };
  }

  learn(answer: HttpAnswer, sent: Readonly<Record<string, string>>): Remedy | undefined {
    this.#options.serverClock.learn(answer.headers);
    if (answer.status !== 401 && answer.status !== 400) return undefined;
    const { error } = readChallenge(answer);
    const nonce = answer.headers['dpop-nonce'];
    if (error === 'use_dpop_nonce' && typeof nonce === 'string') {
      this.#tokens.nonce = nonce;
      return 'nonce';
    }
    // This answer may be the first one that shows Okta's time.
    if (error === 'invalid_dpop_proof') return 'clock';
    const code = errorCodeOf(answer.text);
    if (answer.status !== 401 || code === 'E0000015') return undefined;
    if (error !== 'invalid_token' && code !== 'E0000011') return undefined;
    this.#forget(sent['authorization'] ?? '');
    return 'token';
  }

  /** Forgets only the token that was refused: another call may have brought a new one in the meantime. */
  #forget(authorization: string): void {
    const value = this.#tokens.held?.token.value.reveal();
    if (value !== undefined && authorization.endsWith(` ${value}`)) this.#tokens.held = undefined;
  }

  /** While a token is being asked for, later callers wait for that one. */
  async #current(): Promise<Held> {
    const now = this.#options.clock.now();
    if (this.#tokens.held !== undefined && now < this.#tokens.held.renewAt) return this.#tokens.held;
    this.#renewal ??= this.#renew().finally(() => {
      this.#renewal = undefined;
    });
    return this.#renewal;
  }

  async #renew(): Promise<Held> {
    const { clock, log } = this.#options;
    const before = this.#tokens.held;
    try {
      this.#tokens.held = await this.#fetch();
      return this.#tokens.held;
    } catch (error) {
      const now = clock.now();
      const mayPass = error instanceof OktaTokenError || error instanceof OktaRateLimitError;
      if (!mayPass || before === undefined || now >= before.endsAt) throw error;
      log.warn({ code: error.code }, 'no new access token yet: the old one stays in use');
      this.#tokens.held = { ...before, renewAt: Math.min(before.endsAt, now + RENEW_AGAIN_MS) };
      return this.#tokens.held;
    }
  }

  async #fetch(): Promise<Held> {
    const { clock, log } = this.#options;
    const startedAt = clock.now();
    const token = (await this.#asGranted()) ?? (await this.#findGranted());
    const lifeMs = token.lifeSeconds * 1000;
    const marginMs = Math.min(LONGEST_MARGIN_MS, lifeMs / 10);
    log.debug({ is_bound: token.isBound, life_seconds: token.lifeSeconds }, 'Okta gave an access token');
    return { token, renewAt: startedAt + lifeMs - marginMs, endsAt: startedAt + lifeMs };
  }

  /**
   * Asks for the granted scopes only, since finding them out costs refused requests. `undefined`: they are not known,
   * or one has been taken back.
   */
  async #asGranted(): Promise<AccessToken | undefined> {
    const { granted } = this.#tokens;
    return granted === undefined ? undefined : this.#options.endpoint.request(granted);
  }

  async #findGranted(): Promise<AccessToken> {
    const { endpoint, scopes: wanted, log } = this.#options;
    const found = await findGranted(wanted, (scopes) => endpoint.request(scopes));
    if (found === undefined) throw noScopes(['okta.users.read']);
    const { token, scopes } = found;
    this.#tokens.granted = scopes;
    this.#tokens.missing = wanted.filter((scope) => !(token.scopes ?? scopes).includes(scope));
    if (this.#tokens.missing.length > 0) {
      const hint = 'start again once they are granted: this is found out once a process';
      log.warn(
        { scopes: this.#tokens.missing, hint },
        'Okta does not grant all scopes, and the token is without these: what they allow is not asked',
      );
    }
    return token;
  }
}

function noScopes(scopes: readonly string[]): OktaAuthError {
  const message = `Okta does not grant ${scopes.join(', ')} to the service app of OKTA_CLIENT_ID (invalid_scope)`;
  return new OktaAuthError(message, { hint: grantScope(scopes.join(', ')) });
}
