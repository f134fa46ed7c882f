import type { World } from '../process/world.ts';
import type { Settings } from '../settings/load.ts';
import { createReceiver, type Receiver } from '../sinks/webhook/client.ts';
import { httpTo } from './http.ts';

/** The receiver of alerts and notices; `undefined` where none is set. */
export function receiverOf(settings: Settings, world: World): Receiver | undefined {
  const { alertWebhookUrl, alertWebhookKey, alertWebhookFormat: format, orgLabel: org } = settings;
  if (alertWebhookUrl === undefined) return undefined;
  const url = alertWebhookUrl.reveal();
  return createReceiver({
    url,
    format,
    key: alertWebhookKey?.reveal(),
    org,
    clock: world.clock,
    ...httpTo(url, settings, world),
  });
}
