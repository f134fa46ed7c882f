import type { Sink } from '../ports/sink.ts';
import { sinkSettings, type Settings } from '../settings/load.ts';
import { createIntakeClient } from '../sinks/sekoia/client.ts';
import { DEVICES, type Connector } from '../sinks/sekoia/name.ts';
import { httpTo } from './http.ts';
import type { Prepared } from './prepare.ts';

interface OtherConnector {
  readonly connector: Connector;
  readonly uuid: string;
  /** The setting with that id. */
  readonly key: 'sekoiaDevicesConnectorUuid';
}

interface SinkChoice {
  /** The connector and its id; absent: that of users. */
  readonly to?: OtherConnector | undefined;
  /** A timeout other than that of runs. */
  readonly timeoutMs?: number;
}

export function createSink(
  { settings, live, world, log }: Prepared,
  { to, timeoutMs }: SinkChoice = {},
): Sink {
  const { baseUrl, connectorUuid } = sinkSettings(settings);
  return createIntakeClient({
    baseUrl,
    connectorUuid: to?.uuid ?? connectorUuid,
    ...(to === undefined ? {} : { connector: to.connector }),
    apiKey: live.follow(settings, ['sekoiaBaseUrl', to?.key ?? 'sekoiaConnectorUuid'], (now) =>
      sinkSettings(now).apiKey.reveal(),
    ),
    renewKey: () => live.readSecretsAgain(log),
    ...httpTo(baseUrl, settings, world),
    ...(timeoutMs === undefined ? {} : { timeoutMs }),
  });
}

/** Where devices go; `undefined` where none are read. */
export function devicesConnector({
  assets,
  sekoiaDevicesConnectorUuid: uuid,
}: Settings): OtherConnector | undefined {
  return assets.has('devices') && uuid !== undefined
    ? { connector: DEVICES, uuid, key: 'sekoiaDevicesConnectorUuid' }
    : undefined;
}
