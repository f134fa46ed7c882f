import type { Sink } from '../ports/sink.ts';
import type { World } from '../process/world.ts';
import { sinkSettings, type Settings } from '../settings/load.ts';
import { createIntakeClient } from '../sinks/sekoia/client.ts';
import { httpTo } from './http.ts';

/** @param timeoutMs a timeout other than that of runs */
export function createSink(settings: Settings, world: World, timeoutMs?: number): Sink {
  const { baseUrl, apiKey, connectorUuid } = sinkSettings(settings);
  return createIntakeClient({
    baseUrl,
    connectorUuid,
    apiKey: apiKey.reveal(),
    ...httpTo(baseUrl, settings, world),
    ...(timeoutMs === undefined ? {} : { timeoutMs }),
  });
}
