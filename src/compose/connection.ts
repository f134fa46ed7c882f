import { scopesFor } from '../okta/auth/scopes.ts';
import { OktaConnection } from '../okta/connection.ts';
import type { World } from '../process/world.ts';
import { credentialOf } from '../settings/credential.ts';
import type { Settings } from '../settings/load.ts';
import { httpTo } from './http.ts';

/** @param readsLog does the process read the System Log? If so, its scope is asked for too */
export function createConnection(settings: Settings, world: World, readsLog: boolean): OktaConnection {
  const { oktaBaseUrl, oktaRateLimitShare: share, oktaMaxConcurrency: maxConcurrency, lookups } = settings;
  return new OktaConnection({
    baseUrl: new URL(oktaBaseUrl),
    credential: credentialOf(settings),
    scopes: scopesFor(lookups, readsLog),
    ...httpTo(oktaBaseUrl, settings, world),
    share,
    maxConcurrency,
    clock: world.clock,
    random: () => world.random(),
    signal: world.stopping,
  });
}
