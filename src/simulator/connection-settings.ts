import { DEFAULT_API_KEY, DEFAULT_CONNECTOR_UUID } from './intake/desk.ts';
import { DEFAULT_TOKEN } from './okta/desk.ts';

interface Simulated {
  readonly url: string;
}

/** The settings that connect the product to this org and this intake, with the credentials that both take by default. */
export function connectionSettings(okta: Simulated, intake: Simulated) {
  return {
    OKTA_BASE_URL: okta.url,
    OKTA_API_TOKEN: DEFAULT_TOKEN,
    SEKOIA_BASE_URL: intake.url,
    SEKOIA_API_KEY: DEFAULT_API_KEY,
    SEKOIA_CONNECTOR_UUID: DEFAULT_CONNECTOR_UUID,
  } as const;
}
