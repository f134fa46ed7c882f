import { readFileSync } from 'node:fs';
import { createReceiver } from '../hooks/receiver.ts';
import { ReceivedHooks, type HookTimings } from '../hooks/desk.ts';
import { listenForCalls, type HttpServer, type TlsPair } from '../http/server.ts';
import { SqliteHookInbox } from '../inventory/sqlite/hook-inbox.ts';
import { readEntries } from '../okta/read/system-log.ts';
import { ConfigError } from '../ports/errors.ts';
import type { Settings } from '../settings/load.ts';
import type { LastingParts } from './lasting-parts.ts';
import type { Prepared } from './prepare.ts';

interface HookParts {
  readonly timings: HookTimings;
  /** Called when something waits that was not there before. */
  readonly onArrival: () => void;
}

/**
 * Takes event hooks from now on, and gives them to the runs of `lasting`; `undefined` where no settings ask for it. Throws
 * `ConfigError` when it cannot listen. The secret and the org count as they are read last, all else as it is now.
 */
export async function receiveHooks(
  { settings, live, world, log }: Prepared,
  lasting: LastingParts,
  { timings, onArrival }: HookParts,
): Promise<HttpServer | undefined> {
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
  return listenForCalls({ host, port, answer, tls: readTls(settings), log });
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
