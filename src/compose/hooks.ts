import { readFileSync } from 'node:fs';
import { createReceiver } from '../hooks/receiver.ts';
import { ReceivedHooks, type HookTimings } from '../hooks/desk.ts';
import { listenForCalls, type CallServer, type HttpServer, type TlsPair } from '../http/server.ts';
import { SqliteHookInbox } from '../inventory/sqlite/hook-inbox.ts';
import { readEntries } from '../okta/read/system-log.ts';
import { asConnectorError, ConfigError } from '../ports/errors.ts';
import type { Log } from '../ports/log.ts';
import { failureFields } from '../process/failure.ts';
import type { Settings } from '../settings/load.ts';
import type { LastingParts } from './lasting-parts.ts';
import type { Prepared } from './prepare.ts';

interface HookParts {
  readonly timings: HookTimings;
  /** Called when something waits that was not there before. */
  readonly onArrival: () => void;
}

/** The port that takes event hooks. */
export interface HookPort extends HttpServer {
  /** Shows another certificate where the files of these settings have one. Never throws. */
  readCertificateAgain(settings: Settings): void;
}

/**
 * Takes event hooks from now on, and gives them to the runs of `lasting`; `undefined` where no settings ask for it. Throws
 * `ConfigError` when it cannot listen. The secret, the certificate and the org count as they are read last, all else as it
 * is now.
 */
export async function receiveHooks(
  { settings, live, world, log }: Prepared,
  lasting: LastingParts,
  { timings, onArrival }: HookParts,
): Promise<HookPort | undefined> {
  const { hookPort: port, hookHost: host, hookPath: path, hookHeader: header } = settings;
  if (port === undefined) return undefined;
  const { clock } = world;
  const inbox = new SqliteHookInbox(settings.stateDir, clock);
  const delayMs = settings.hookDelaySeconds * 1000;
  const desk = new ReceivedHooks({ inbox, delayMs, clock, timings, onArrival, log });
  lasting.hooks = desk;
  const now = (): Settings => live.loaded.settings;
  const answer = createReceiver({
    path,
    header,
    secrets: () => now().hookSecrets?.all ?? [],
    isOwnHost: (url) => isOwnHost(url, now().oktaBaseUrl, lasting),
    read: (events) => readEntries(events, now().assets),
    keep: (events, received) => desk.keep(events, received),
    needPoll: () => desk.needPoll(),
    count: (outcome) => desk.count(outcome),
  });
  const tls = readTls(settings);
  const server = await listenForCalls({ host, port, answer, tls, log });
  return { ...server, readCertificateAgain: renewerOf(server, tls, log) };
}

/** A certificate lasts for weeks, and a worker for longer. */
function renewerOf(
  server: CallServer,
  first: TlsPair | undefined,
  log: Log,
): HookPort['readCertificateAgain'] {
  let shown = first;
  return (settings) => {
    if (shown === undefined) return;
    try {
      const read = readTls(settings) ?? shown;
      if (read.cert === shown.cert && read.key === shown.key) return;
      server.renew(read);
      shown = read;
      log.info({}, 'shows another certificate at HOOK_PORT now');
    } catch (thrown) {
      const { code, message: reason } = failureFields(asConnectorError(thrown));
      log.error({ code, reason }, 'the certificate of HOOK_PORT is wrong now: the old one stays');
    }
  };
}

function isOwnHost({ host, hostname }: URL, baseUrl: string, lasting: LastingParts): boolean | 'unknown' {
  if (host === new URL(baseUrl).host) return true;
  const own = lasting.ownHosts(baseUrl);
  return own === undefined ? 'unknown' : own.has(host) || own.has(hostname);
}

/** The certificate of the port; `undefined`: a proxy has one. Throws `ConfigError` when it cannot be read. */
export function readTls({ hookTlsCertFile: cert, hookTlsKeyFile: key }: Settings): TlsPair | undefined {
  if (cert === undefined || key === undefined) return undefined;
  return { cert: readPem('HOOK_TLS_CERT_FILE', cert), key: readPem('HOOK_TLS_KEY_FILE', key) };
}

function readPem(name: string, path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    const hint = `for example ${name}=/etc/okta-ocsf/tls.pem, readable for this user`;
    throw new ConfigError([{ name, problem: `names a file that cannot be read: ${reason}`, hint }]);
  }
}
