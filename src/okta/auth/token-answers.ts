import { z } from 'zod';
import { OktaAuthError, OktaResponseError } from '../../ports/errors.ts';
import type { ConnectorError } from '../../ports/errors.ts';
import { ENDPOINTS } from '../endpoints.ts';
import { Secret } from '../../settings/secret.ts';
import { BETWEEN_HINT, isWebPage } from '../read/answers.ts';
import { readChallenge } from './challenge.ts';
import type { HttpAnswer } from '../../http/client.ts';

export const TOKEN_PATH = ENDPOINTS.token.template;
const AN_HOUR_S = 3600;
const LONGEST_LIFE_S = 86_400;

export interface AccessToken {
  readonly value: Secret;
  /** True when the token is bound to the key of the proof that the request carried. */
  readonly isBound: boolean;
  readonly lifeSeconds: number;
  /** The scopes of the token, where Okta lists them. */
  readonly scopes: readonly string[] | undefined;
}

/** The verdict on an answer of the token endpoint: what to do next. */
export type TokenVerdict =
  | { readonly kind: 'granted'; readonly token: AccessToken }
  | { readonly kind: 'invalid-scope' }
  /** Okta wants a proof of possession, with or without a nonce. */
  | { readonly kind: 'proof'; readonly error: ConnectorError }
  | { readonly kind: 'nonce'; readonly error: ConnectorError }
  /** Okta does not believe the assertion: the key is the wrong one, or the clock that signed it is wrong. */
  | { readonly kind: 'invalid-client'; readonly error: ConnectorError }
  | { readonly kind: 'rate-limited' }
  | { readonly kind: 'again'; readonly why: string }
  | { readonly kind: 'error'; readonly error: ConnectorError };

const Granted = z.object({
  access_token: z.string().regex(/^[\x21-\x7e]{1,16384}$/),
  token_type: z.string().regex(/^(bearer|dpop)$/i),
  expires_in: z.coerce.number().positive().max(LONGEST_LIFE_S).catch(AN_HOUR_S),
  scope: z.string().optional().catch(undefined),
});

export function judgeTokenAnswer(answer: HttpAnswer, host: string): TokenVerdict {
  const { status } = answer;
  if (status >= 200 && status < 300) return readToken(answer.text);
  if (status === 429) return { kind: 'rate-limited' };
  if (status >= 500 || status === 408 || status === 425) return { kind: 'again', why: `HTTP ${status}` };
  if (status >= 300 && status < 400) {
    const message = `${host} answered POST ${TOKEN_PATH} with a redirect (${status}), which is never followed`;
    const hint = "give OKTA_BASE_URL as the org's own address, without -admin and without a path";
    return { kind: 'error', error: new OktaResponseError(message, { hint }) };
  }
  return refusalOf(answer, host);
}

function readToken(text: string): TokenVerdict {
  const parsed = Granted.safeParse(parseJson(text));
  // The answer was cut or intercepted; the next one may make sense.
  if (!parsed.success) return { kind: 'again', why: 'an answer that is no token' };
  const { access_token: value, token_type: type, expires_in: lifeSeconds, scope } = parsed.data;
  const scopes = scope?.split(/\s+/).filter((each) => each !== '');
  const isBound = type.toLowerCase() === 'dpop';
  return { kind: 'granted', token: { value: new Secret(value), isBound, lifeSeconds, scopes } };
}

/** OAuth's errors by name, with the place to look at in the Admin Console (Applications > the service app). */
const HINTS: ReadonlyMap<string, string> = new Map([
  [
    'invalid_client',
    "check OKTA_CLIENT_ID, and in the service app's General tab: Client authentication is Public key / Private key, the KID of OKTA_KEY_ID is among its Public Keys and active, and the app is active",
  ],
  [
    'invalid_dpop_proof',
    'set OKTA_DPOP to auto, or clear "Require Demonstrating Proof of Possession (DPoP) header in token requests" in the service app\'s General tab',
  ],
  ['use_dpop_nonce', 'set OKTA_DPOP to auto'],
  [
    'unauthorized_client',
    'let the service app use the grant type Client Credentials: Applications > the app > General > General Settings (an app of type API Services has it by itself)',
  ],
]);
const USUAL_HINT =
  'check OKTA_CLIENT_ID, OKTA_PRIVATE_KEY and OKTA_KEY_ID, and that OKTA_BASE_URL is the org that holds the service app';

function refusalOf(answer: HttpAnswer, host: string): TokenVerdict {
  const { error: name, description } = readChallenge(answer);
  if (name === 'invalid_scope') return { kind: 'invalid-scope' };
  const said = [name, description].filter((part) => part !== undefined).join(': ');
  const isPage = said === '' && isWebPage(answer);
  const page = isPage ? ' with a web page, so it was not Okta itself' : '';
  const details = said === '' ? page : ` (${said})`;
  const error = new OktaAuthError(
    `${host} gave no access token for OKTA_CLIENT_ID: it answered ${answer.status} to POST ${TOKEN_PATH}${details}`,
    { hint: isPage ? BETWEEN_HINT : (HINTS.get(name ?? '') ?? USUAL_HINT) },
  );
  if (name === 'use_dpop_nonce') return { kind: 'nonce', error };
  if (name === 'invalid_dpop_proof') return { kind: 'proof', error };
  return name === 'invalid_client' ? { kind: 'invalid-client', error } : { kind: 'error', error };
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
