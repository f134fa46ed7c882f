import { hash } from 'node:crypto';
import { scopesFor } from '../okta/auth/scopes.ts';
import { OktaConnection } from '../okta/connection.ts';
import type { World } from '../process/world.ts';
import { credentialOf } from '../settings/credential.ts';
import type { Settings } from '../settings/load.ts';
import { httpTo } from './http.ts';

/** @param readsLog does the process read the System Log? Then its scope is asked for. */
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

/** Settings that decide a connection, as a digest: another one needs another connection. */
export function connectionKey(settings: Settings): string {
  const decisive = [
    settings.oktaBaseUrl,
    settings.oktaApiToken?.reveal(),
    settings.oktaClientId,
    settings.oktaPrivateKey?.reveal(),
    settings.oktaKeyId,
    settings.oktaDpop,
    settings.oktaRateLimitShare,
    settings.oktaMaxConcurrency,
    settings.httpsProxy?.reveal(),
    settings.noProxy,
    [...settings.lookups].toSorted(),
  ];
  return hash('sha256', JSON.stringify(decisive.map((value) => value ?? null)));
}
