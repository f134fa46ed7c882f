import { scopesFor } from '../okta/auth/scopes.ts';
import { OktaConnection } from '../okta/connection.ts';
import type { Clock } from '../ports/clock.ts';
import type { World } from '../process/world.ts';
import { credentialOf } from '../settings/credential.ts';
import type { Settings } from '../settings/load.ts';
import { inWindow } from '../settings/schedule-values.ts';
import { httpTo } from './http.ts';
import type { Prepared } from './prepare.ts';

/**
 * @param world that of the process: the connection outlives a run
 * @param readsLog does the process read the System Log? If so, its scope is asked for too
 */
export function createConnection(
  { settings, live, log }: Prepared,
  world: World,
  readsLog: boolean,
): OktaConnection {
  const { oktaBaseUrl, oktaMaxConcurrency: maxConcurrency } = settings;
  return new OktaConnection({
    baseUrl: new URL(oktaBaseUrl),
    credential: live.follow(settings, ['oktaBaseUrl'], credentialOf),
    renewSecrets: () => live.readSecretsAgain(log),
    scopes: scopesFor(settings, readsLog),
    ...httpTo(oktaBaseUrl, settings, world),
    share: shareOf(settings, world.clock),
    maxConcurrency,
    clock: world.clock,
    random: () => world.random(),
    signal: world.stopping,
  });
}

/** The share at each moment: a run under way takes over that of `FULL_SYNC_WINDOW`, and gives it back. */
export function shareOf(
  {
    oktaRateLimitShare: usual,
    oktaRateLimitShareWindow: inside = usual,
    fullSyncWindow: window,
    scheduleTimeZone,
  }: Settings,
  clock: Clock,
): () => number {
  if (window === undefined || inside === usual) return () => usual;
  const isInside = inWindow(window, scheduleTimeZone);
  return () => (isInside(clock.now()) ? inside : usual);
}
