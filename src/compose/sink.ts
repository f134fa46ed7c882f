import type { Sink } from '../ports/sink.ts';
import { sinkSettings } from '../settings/load.ts';
import { createIntakeClient } from '../sinks/sekoia/client.ts';
import { httpTo } from './http.ts';
import type { Prepared } from './prepare.ts';

/** @param timeoutMs a timeout other than that of runs */
export function createSink({ settings, live, world, log }: Prepared, timeoutMs?: number): Sink {
  const { baseUrl, connectorUuid } = sinkSettings(settings);
  return createIntakeClient({
    baseUrl,
    connectorUuid,
    apiKey: live.follow(settings, ['sekoiaBaseUrl', 'sekoiaConnectorUuid'], (now) =>
      sinkSettings(now).apiKey.reveal(),
    ),
    renewKey: () => live.readSecretsAgain(log),
    ...httpTo(baseUrl, settings, world),
    ...(timeoutMs === undefined ? {} : { timeoutMs }),
  });
}
