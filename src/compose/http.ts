import type { HttpOptions } from '../http/client.ts';
import { routeTo } from '../http/proxy.ts';
import type { World } from '../process/world.ts';
import type { Settings } from '../settings/load.ts';

/** The route of requests to one origin, and the user agent that they send. */
export function httpTo(
  baseUrl: string,
  settings: Settings,
  { version }: World,
): Required<Pick<HttpOptions, 'userAgent' | 'route'>> {
  return { userAgent: `okta-ocsf/${version}`, route: routeTo(baseUrl, settings) };
}
