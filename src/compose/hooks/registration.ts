import { createHttpGet } from '../../http/client.ts';
import { createJsonWrite } from '../../http/write.ts';
import { EventHooks } from '../../okta/hooks/api.ts';
import { HooksClient } from '../../okta/hooks/client.ts';
import { hooksCredential, type HooksRight } from '../../okta/hooks/credential.ts';
import { causeOf, privateAddressesOf, type Cause } from '../../okta/hooks/look.ts';
import { trafficOf, type DailyTraffic } from '../../okta/hooks/traffic.ts';
import type { ConnectorError } from '../../ports/errors.ts';
import { hooksCredentialOf } from '../../settings/hooks-credential.ts';
import { httpTo } from '../http.ts';
import type { Prepared } from '../prepare.ts';

export { hookNameFor, ourHooks, registerHook } from '../../okta/hooks/register.ts';
export { chosenTypes, defaultTypes, hookTypes } from '../../okta/hooks/types.ts';
export { HookRefusedError } from '../../okta/hooks/client.ts';
export { CAUSES } from '../../okta/hooks/look.ts';
export type { EventHook } from '../../okta/hooks/api.ts';

const OKTA_TIMEOUT_MS = 30_000;
/** Okta is as patient with an answer. */
const LOOK_TIMEOUT_MS = 3000;

/** The event hooks of the org, with the credential of the command `hooks`. */
export interface HooksDoor {
  readonly hooks: EventHooks;
  /** Events of the last day; the error where the log may not be read. */
  readonly traffic: (hook: {
    readonly id: string;
    readonly types: readonly string[];
  }) => Promise<DailyTraffic | ConnectorError>;
}

/** Opens the one way on which the product changes something in an org. */
export async function openHooks(prepared: Prepared, right: HooksRight): Promise<HooksDoor> {
  const { settings, world, log } = prepared;
  const { clock, stopping: signal } = world;
  const baseUrl = new URL(settings.oktaBaseUrl);
  const http = { ...httpTo(settings.oktaBaseUrl, settings, world), timeoutMs: OKTA_TIMEOUT_MS };
  const shared = { baseUrl, clock, signal, random: () => world.random() };
  const credential = await hooksCredential(hooksCredentialOf(settings), right, { ...shared, http, log });
  const client = new HooksClient({ ...shared, credential, write: createJsonWrite(http) });
  return {
    hooks: new EventHooks(client),
    traffic: (hook) => trafficOf(client, hook, clock.now()),
  };
}

/** Addresses that Okta cannot reach; none for an org that is on this machine itself. */
export async function unreachableAddresses({ settings }: Prepared, url: URL): Promise<readonly string[]> {
  return new URL(settings.oktaBaseUrl).protocol === 'http:' ? [] : privateAddressesOf(url);
}

/** The reason why an address failed its verification, as it looks from here. */
export async function lookAt(prepared: Prepared, url: URL): Promise<Cause> {
  const { settings, world } = prepared;
  const unreachable = await unreachableAddresses(prepared, url);
  const get = createHttpGet({ ...httpTo(url.href, settings, world), timeoutMs: LOOK_TIMEOUT_MS });
  return causeOf({ url, unreachable, get, challenge: world.newId(), signal: world.stopping });
}
