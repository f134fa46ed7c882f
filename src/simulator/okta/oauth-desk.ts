import { jsonAnswer } from '../answer.ts';
import type { ServerAnswer } from '../answer.ts';
import { ProofChecker } from './dpop-check.ts';
import { isSignedBy, readJws } from './jws.ts';
import type { CredentialedRequest, OAuthOptions, OAuthTally } from './oauth-options.ts';
import { neededScopes } from './oauth-scopes.ts';
import { problem } from './problems.ts';
import { hashText, makeId } from '../org/random.ts';

export const TOKEN_PATH = '/oauth2/v1/token';
const ASSERTION_TYPE = 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer';
const LONGEST_ASSERTION_MS = 3_600_000;

interface Issued {
  readonly scopes: readonly string[];
  readonly endsAt: number;
  /** Thumbprint of the key that the token is bound to. */
  readonly boundTo: string | undefined;
}

/** The org's authorization server, and the gate of its API for access tokens. Knows nothing of sockets. */
export class OAuthDesk {
  readonly tally: OAuthTally = { tokenRequests: 0, tokensIssued: 0, refusedCalls: 0 };
  readonly #tokens = new Map<string, Issued>();
  readonly #proofs = new ProofChecker();
  readonly #assertions = new Set<string>();
  #options: OAuthOptions;

  constructor(options: OAuthOptions) {
    this.#options = options;
  }

  /** From the next request on. */
  change(changes: Partial<OAuthOptions>): void {
    this.#options = { ...this.#options, ...changes };
  }

  /** All tokens so far end at once. */
  revokeTokens(): void {
    this.#tokens.clear();
  }

  giveToken(request: CredentialedRequest, body: string): ServerAnswer {
    this.tally.tokenRequests += 1;
    const fault = this.#options.tokenFaults?.[this.tally.tokenRequests - 1];
    if (fault !== undefined) return problem(fault);
    const form = new URLSearchParams(body);
    if (form.get('grant_type') !== 'client_credentials')
      return refusal(400, 'unsupported_grant_type', 'The grant type is not client_credentials.');
    const wrongClient = this.#wrongClient(form, request);
    if (wrongClient !== undefined) return refusal(401, 'invalid_client', wrongClient);
    const boundTo = this.#bind(request);
    if (typeof boundTo === 'object') return boundTo;
    const scopes = (form.get('scope') ?? '').split(' ').filter((scope) => scope !== '');
    if (scopes.length === 0 || !scopes.every((scope) => this.#options.grantedScopes.includes(scope)))
      return refusal(400, 'invalid_scope', 'One or more scopes are not configured for the client.');
    return this.#issue({ scopes, boundTo, endsAt: request.now + this.#lifeSeconds * 1_000 });
  }

  get #lifeSeconds(): number {
    return this.#options.lifeSeconds ?? 3_600;
  }

  #issue(issued: Issued): ServerAnswer {
    this.tally.tokensIssued += 1;
    const token = makeId('eyJ', hashText(this.#options.clientId), this.tally.tokensIssued);
    this.#tokens.set(token, issued);
    return jsonAnswer(200, {
      token_type: issued.boundTo === undefined ? 'Bearer' : 'DPoP',
      expires_in: this.#lifeSeconds,
      access_token: token,
      scope: issued.scopes.join(' '),
    });
  }

  #wrongClient(form: URLSearchParams, request: CredentialedRequest): string | undefined {
    const jws = readJws(form.get('client_assertion') ?? '');
    if (form.get('client_assertion_type') !== ASSERTION_TYPE || jws === undefined)
      return 'A client_assertion is needed.';
    const { header, claims } = jws;
    const key = this.#options.keys.get(String(header['kid']));
    if (key === undefined) return 'The kid is not that of a key of the client.';
    if (!isSignedBy(jws, key)) return 'The client_assertion signature is invalid.';
    const { clientId } = this.#options;
    if (claims['iss'] !== clientId || claims['sub'] !== clientId) return 'The client is not known.';
    if (claims['aud'] !== `${request.base}${TOKEN_PATH}`) return 'The audience is not the token endpoint.';
    const endsMs = Number(claims['exp']) * 1_000;
    if (!(endsMs > request.now)) return 'The client_assertion token is expired.';
    if (endsMs > request.now + LONGEST_ASSERTION_MS) return 'exp is more than an hour ahead.';
    if (!(Number(claims['iat']) * 1_000 <= request.now)) return 'The token was issued in the future.';
    const jti = String(claims['jti']);
    if (this.#assertions.has(jti)) return 'The client_assertion token has already been used.';
    this.#assertions.add(jti);
    return undefined;
  }

  /** The key that the token will be bound to; an answer when a proof, or its nonce, is missing or wrong. */
  #bind(request: CredentialedRequest): ServerAnswer | string | undefined {
    if (request.dpop === undefined && this.#options.requiresDpop !== true) return undefined;
    const proof = this.#proofs.check(request);
    if (typeof proof === 'string') return refusal(400, 'invalid_dpop_proof', proof);
    const nonce = nonceAt(request.now);
    if (proof.nonce === nonce) return proof.thumbprint;
    const challenge = refusal(400, 'use_dpop_nonce', 'Authorization server requires nonce in DPoP proof.');
    return { ...challenge, headers: { ...challenge.headers, 'dpop-nonce': nonce } };
  }

  /** The answer that a call of the API gets instead of its own; `undefined` when its token allows it. */
  checkCall(request: CredentialedRequest, template: string | undefined): ServerAnswer | undefined {
    const refused = this.#wrongToken(request) ?? this.#missingScope(request, template);
    if (refused !== undefined) this.tally.refusedCalls += 1;
    return refused;
  }

  #wrongToken(request: CredentialedRequest): ServerAnswer | undefined {
    const [scheme = '', token = ''] = (request.authorization ?? '').split(' ');
    const issued = this.#tokens.get(token);
    if (issued === undefined || issued.endsAt <= request.now)
      return challenged(problem(401, 'E0000011'), scheme, 'invalid_token');
    if (issued.boundTo === undefined) {
      return scheme === 'Bearer' ? undefined : challenged(problem(401, 'E0000011'), scheme, 'invalid_token');
    }
    const proof = this.#proofs.check(request, token);
    if (scheme !== 'DPoP') return challenged(problem(401, 'E0000011'), 'DPoP', 'invalid_token');
    if (typeof proof === 'string') return refusal(400, 'invalid_dpop_proof', proof);
    if (proof.thumbprint !== issued.boundTo)
      return refusal(400, 'invalid_dpop_proof', 'The token is bound to another key.');
    const { apiNonce } = this.#options;
    if (apiNonce === undefined || proof.nonce === apiNonce) return undefined;
    const answer = challenged(problem(401, 'E0000011'), 'DPoP', 'use_dpop_nonce');
    return { ...answer, headers: { ...answer.headers, 'dpop-nonce': apiNonce } };
  }

  #missingScope(
    { method, authorization = '' }: CredentialedRequest,
    template: string | undefined,
  ): ServerAnswer | undefined {
    const [scheme = '', token = ''] = authorization.split(' ');
    const scopes = neededScopes(method, template);
    const held = this.#tokens.get(token)?.scopes ?? [];
    if (scopes.length === 0 || scopes.some((scope) => held.includes(scope))) return undefined;
    return challenged(problem(403, 'E0000006'), scheme, 'insufficient_scope', scopes[0]);
  }
}

/** Okta's nonces live for a day. */
function nonceAt(now: number): string {
  return makeId('nonce', hashText('dpop'), Math.floor(now / 86_400_000));
}

function refusal(status: number, error: string, description: string): ServerAnswer {
  return jsonAnswer(status, { error, error_description: description });
}

function challenged(answer: ServerAnswer, scheme: string, error: string, scope?: string): ServerAnswer {
  const parts = [
    'realm="simulated"',
    `error="${error}"`,
    'error_description="The access token does not do."',
    ...(scope === undefined ? [] : [`scope="${scope}"`]),
  ];
  const challenge = `${scheme === 'DPoP' ? 'DPoP' : 'Bearer'} ${parts.join(', ')}`;
  return { ...answer, headers: { ...answer.headers, 'www-authenticate': challenge } };
}
