import { createFormPost, type HttpOptions } from '../../http/client.ts';
import type { Clock } from '../../ports/clock.ts';
import type { Log } from '../../ports/log.ts';
import {
  OktaAuthError,
  OktaForbiddenError,
  OktaTokenError,
  type ConnectorError,
} from '../../ports/errors.ts';
import { createApiToken, type Credential } from '../auth/credential.ts';
import { ProofMaker } from '../auth/dpop.ts';
import { grantScope } from '../auth/grants.ts';
import type { CredentialChoice } from '../auth/present-credential.ts';
import { AppTokens, ServiceApp } from '../auth/service-app.ts';
import { TokenEndpoint } from '../auth/token-endpoint.ts';
import { READ_LOG } from '../endpoints.ts';
import { ServerClock } from '../pace/server-clock.ts';

/** Somebody waits for the command. */
const PATIENCE = { tries: 3, patience: 3 };
const MANAGE = 'okta.eventHooks.manage';
const READ = 'okta.eventHooks.read';

/** To change hooks; or to look at them and, where it is granted, at the log. */
export type HooksRight = 'manage' | 'look';

/** The sets of scopes that will do, the best first. Okta grants a whole set or nothing. */
const SCOPES: Readonly<Record<HooksRight, readonly (readonly string[])[]>> = {
  manage: [[MANAGE]],
  look: [[READ, READ_LOG.scope], [MANAGE, READ_LOG.scope], [READ], [MANAGE]],
};

export interface HooksCredentialOptions {
  readonly baseUrl: URL;
  readonly http: HttpOptions;
  readonly clock: Clock;
  readonly random: () => number;
  readonly log: Log;
  readonly signal: AbortSignal;
}

/** The credential of hooks, with the smallest right that will do. */
export async function hooksCredential(
  choice: CredentialChoice,
  right: HooksRight,
  options: HooksCredentialOptions,
): Promise<Credential> {
  if (choice.kind === 'token') return createApiToken(choice.token);
  const { http, clock } = options;
  const serverClock = new ServerClock(clock);
  const proofs = new ProofMaker(serverClock);
  const endpoint = new TokenEndpoint({
    ...options,
    ...choice,
    ...PATIENCE,
    proofs,
    serverClock,
    post: createFormPost(http),
  });
  const tokens = await tokensFor(endpoint, right, clock);
  return new ServiceApp({ ...options, endpoint, proofs, serverClock, tokens, scopes: tokens.granted ?? [] });
}

async function tokensFor(endpoint: TokenEndpoint, right: HooksRight, clock: Clock): Promise<AppTokens> {
  for (const scopes of SCOPES[right]) {
    const now = clock.now();
    const token = await ofHooks(endpoint.request(scopes));
    if (token === undefined) continue;
    const tokens = new AppTokens();
    tokens.granted = scopes;
    tokens.missing = [READ_LOG.scope].filter((scope) => !scopes.includes(scope));
    const endsAt = now + token.lifeSeconds * 1000;
    tokens.held = { token, renewAt: endsAt - token.lifeSeconds * 100, endsAt };
    return tokens;
  }
  const least = right === 'manage' ? MANAGE : READ;
  throw new OktaForbiddenError(
    `Okta does not grant ${least} to the service app of OKTA_HOOKS_CLIENT_ID (invalid_scope)`,
    { hint: grantScope(least) },
  );
}

/** The token endpoint speaks of the settings of runs; here it was asked with others. */
async function ofHooks<T>(asked: Promise<T>): Promise<T> {
  try {
    return await asked;
  } catch (thrown) {
    if (thrown instanceof OktaAuthError) throw new OktaAuthError(renamed(thrown.message), hintOf(thrown));
    if (thrown instanceof OktaTokenError) throw new OktaTokenError(renamed(thrown.message), hintOf(thrown));
    throw thrown;
  }
}

function hintOf({ hint }: ConnectorError): { readonly hint?: string } {
  return hint === undefined ? {} : { hint: renamed(hint) };
}

function renamed(text: string): string {
  return text.replaceAll(/\bOKTA_(CLIENT_ID|PRIVATE_KEY|KEY_ID)\b/g, 'OKTA_HOOKS_$1');
}
