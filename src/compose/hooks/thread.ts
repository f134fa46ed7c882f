/**
 * The thread that answers event hooks. A run may keep the worker's own thread busy for seconds, and takes new connections
 * one at a time between its steps; Okta gives up after 3 s.
 */
import { parentPort } from 'node:worker_threads';
import { keepEvents } from '../../hooks/keep.ts';
import { createReceiver } from '../../hooks/receiver.ts';
import {
  WRONG_CERTIFICATE,
  type ReceptionKnowledge,
  type ReceptionNews,
  type ReceptionOrder,
  type ReceptionPlace,
} from '../../hooks/thread-messages.ts';
import { listenForCalls, type CallServer } from '../../http/call-server.ts';
import type { TlsPair } from '../../http/tls-pair.ts';
import { SqliteHookInbox } from '../../inventory/sqlite/hooks/inbox.ts';
import { readEntries } from '../../okta/read/system-log.ts';
import { asConnectorError, ConfigError } from '../../ports/errors.ts';
import type { Log } from '../../ports/log.ts';
import { systemClock } from '../../process/clock.ts';
import { Secret } from '../../settings/secret.ts';

function tell(news: ReceptionNews): void {
  parentPort?.postMessage(news);
}

function logLine(level: keyof Log): Log[keyof Log] {
  return (fields, message) => {
    tell({ kind: 'line', level, fields, message });
  };
}

const log: Log = {
  error: logLine('error'),
  warn: logLine('warn'),
  info: logLine('info'),
  debug: logLine('debug'),
  trace: logLine('trace'),
};

function isOwnHost({ host, hostname }: URL, { baseUrl, ownHosts }: ReceptionKnowledge): boolean | 'unknown' {
  if (host === new URL(baseUrl).host) return true;
  // Some orgs name no host as their own, and the source may be another one than OKTA_BASE_URL has.
  if (ownHosts === undefined || ownHosts.size === 0) return 'unknown';
  return ownHosts.has(host) || ownHosts.has(hostname);
}

let server: CallServer | undefined;
let shown: TlsPair | undefined;
let knowledge: ReceptionKnowledge;
let secrets: readonly Secret[];

function learn(newer: ReceptionKnowledge): void {
  knowledge = newer;
  secrets = newer.secrets.map((text) => new Secret(text));
}

async function receive(place: ReceptionPlace): Promise<void> {
  const { host, port, path, header, tls, stateDir } = place;
  // It does not wait for the file: while one request waited, no other would get its answer. `keepEvents` tries again.
  const inbox = new SqliteHookInbox(stateDir, systemClock, {
    onTrouble: (trouble) => tell({ kind: 'trouble', trouble }),
  });
  const answer = createReceiver({
    path,
    header,
    secrets: () => secrets,
    isOwnHost: (url) => isOwnHost(url, knowledge),
    read: (events) => readEntries(events, knowledge.assets),
    keep: async (events, received) =>
      tell({ kind: 'kept', kept: await keepEvents(events, received, { inbox, clock: systemClock }) }),
    needPoll: () => tell({ kind: 'poll' }),
    count: (outcome) => tell({ kind: 'counted', outcome }),
  });
  server = await listenForCalls({ host, port, answer, tls, log });
  shown = tls;
  tell({ kind: 'listening', url: server.url });
}

/** Shows a renewed certificate without a restart. */
function show(tls: TlsPair): void {
  if (shown === undefined || (tls.cert === shown.cert && tls.key === shown.key)) return;
  try {
    server?.renew(tls);
    shown = tls;
    log.info({}, 'shows another certificate at HOOK_PORT now');
  } catch (thrown) {
    const { code, message: reason } = asConnectorError(thrown);
    log.error({ code, reason }, WRONG_CERTIFICATE);
  }
}

async function begin(place: ReceptionPlace): Promise<void> {
  try {
    await receive(place);
  } catch (thrown) {
    if (!(thrown instanceof ConfigError)) throw thrown;
    tell({ kind: 'refused', faults: thrown.faults });
    parentPort?.close();
  }
}

parentPort?.on('message', ({ place, knowledge: newer, tls }: ReceptionOrder) => {
  learn(newer);
  if (tls !== undefined) show(tls);
  if (place !== undefined) void begin(place);
});
