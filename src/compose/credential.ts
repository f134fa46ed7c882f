import type { Settings } from '../settings/load.ts';
import type { Log } from '../ports/log.ts';
import { createApiToken, type Credential } from '../okta/auth/credential.ts';
import { ProofMaker } from '../okta/auth/dpop.ts';
import { createFormPost, type HttpOptions } from '../http/client.ts';
import { scopesFor } from '../okta/auth/scopes.ts';
import { ServerClock } from '../okta/pace/server-clock.ts';
import { ServiceApp } from '../okta/auth/service-app.ts';
import { TokenEndpoint } from '../okta/auth/token-endpoint.ts';
import { credentialOf } from '../settings/credential.ts';
import type { World } from '../process/world.ts';

export interface CredentialOptions {
  /** Does this command read the System Log? Then its scope is asked for. */
  readonly readsLog: boolean;
  readonly http: HttpOptions;
  /** Of one request for a token, and the 429s it may get; absent: those of runs. */
  readonly tries?: number | undefined;
}

/** What makes Okta answer, in the way that the settings choose. */
export function createCredential(
  settings: Settings,
  world: World,
  log: Log,
  { readsLog, http, tries }: CredentialOptions,
): Credential {
  const chosen = credentialOf(settings);
  if (chosen.kind === 'token') return createApiToken(chosen.token);
  const { clock, stopping: signal } = world;
  const { clientId, keys, dpop } = chosen;
  const serverClock = new ServerClock(clock);
  const proofs = new ProofMaker(serverClock);
  const endpoint = new TokenEndpoint({
    baseUrl: new URL(settings.oktaBaseUrl),
    clientId,
    keys,
    dpop,
    post: createFormPost(http),
    proofs,
    serverClock,
    clock,
    random: () => world.random(),
    log,
    signal,
    ...(tries === undefined ? {} : { tries, patience: tries }),
  });
  const scopes = scopesFor(settings.lookups, readsLog);
  const found = grantsFoundFor(`${clientId} at ${settings.oktaBaseUrl}`, world);
  return new ServiceApp({ endpoint, proofs, serverClock, clock, scopes, found, log });
}

/** Settings are read again before each run of a worker: another service app has other grants. */
function grantsFoundFor(app: string, { grantsFound }: World): Map<string, boolean> {
  const found = grantsFound.get(app) ?? new Map<string, boolean>();
  grantsFound.set(app, found);
  return found;
}
