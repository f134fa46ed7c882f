import { readFileSync } from 'node:fs';
import { ReceivedHooks, type HookTimings } from '../hooks/desk.ts';
import { WRONG_CERTIFICATE } from '../hooks/thread-messages.ts';
import type { HttpServer } from '../http/listen.ts';
import { refuseWrongPair, validityOf, type TlsPair } from '../http/tls-pair.ts';
import { SqliteHookInbox } from '../inventory/sqlite/hook-inbox.ts';
import type { InboxTrouble } from '../ports/hooks.ts';
import { asConnectorError, ConfigError, type SettingFault } from '../ports/errors.ts';
import { tlsFileFault } from '../settings/hook-settings.ts';
import type { Settings } from '../settings/load.ts';
import type { LastingParts } from './lasting-parts.ts';
import type { Prepared } from './prepare.ts';
import { HookReception } from './reception.ts';

/** The thread that answers hooks writes for a few ms at once. */
const WAIT_FOR_INBOX_MS = 1000;

/** Whoever sends wrong secrets makes their files be read no more often. */
const BETWEEN_LOOKS_MS = 10_000;

const RENEW = 'Okta refuses to connect: renew the certificate, and check the clock of this machine';

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
 * `ConfigError` when it cannot listen. The secret and the org count as they are read last, all else as it is now.
 */
export async function receiveHooks(
  { settings, live, world, log }: Prepared,
  lasting: LastingParts,
  { timings, onArrival }: HookParts,
): Promise<HookPort | undefined> {
  const { hookPort: port, hookHost: host, hookPath: path, hookHeader: header, stateDir } = settings;
  if (port === undefined) return undefined;
  const { clock } = world;
  const early: InboxTrouble[] = [];
  let onTrouble = (trouble: InboxTrouble): void => void early.push(trouble);
  const inbox = new SqliteHookInbox(stateDir, clock, {
    waitMs: WAIT_FOR_INBOX_MS,
    onTrouble: (trouble) => onTrouble(trouble),
  });
  const delayMs = settings.hookDelaySeconds * 1000;
  const desk = new ReceivedHooks({ inbox, delayMs, clock, timings, onArrival, log });
  onTrouble = (trouble) => desk.troubled(trouble);
  early.forEach(onTrouble);
  lasting.hooks = desk;
  const knowledge = () => {
    const { hookSecrets, oktaBaseUrl: baseUrl, assets } = live.loaded.settings;
    const secrets = (hookSecrets?.all ?? []).map((secret) => secret.reveal());
    return { secrets, baseUrl, ownHosts: lasting.ownHosts(baseUrl), assets };
  };
  const place = { host, port, path, header, stateDir, tls: readTls(settings) };
  const onUnauthorized = lookForNewerSecret({ live, world, log }, desk);
  const { reception, url } = await HookReception.open(place, { desk, knowledge, onUnauthorized, clock, log });
  live.onChange = () => reception.tellAgain();
  lasting.onHosts = () => reception.tellAgain();
  let told: string | undefined;
  const readCertificateAgain = (now: Settings): void => {
    try {
      reception.showCertificate(readValidTls(now, clock.now()));
      told = undefined;
    } catch (thrown) {
      const { code, message: reason } = asConnectorError(thrown);
      if (reason !== told) log.error({ code, reason }, WRONG_CERTIFICATE);
      told = reason;
    }
  };
  return { url, readCertificateAgain, close: () => reception.close() };
}

/**
 * Okta may send a newer secret than the one that was read last, while the next run is far off. It does not repeat what was
 * refused, so the System Log is asked for it.
 */
function lookForNewerSecret(
  { live, world: { clock }, log }: Pick<Prepared, 'live' | 'world' | 'log'>,
  desk: ReceivedHooks,
): () => void {
  let lookedAt = Number.NEGATIVE_INFINITY;
  return () => {
    const now = clock.now();
    if (Math.abs(now - lookedAt) < BETWEEN_LOOKS_MS) return;
    lookedAt = now;
    if (live.readSecretsAgain(log)) desk.needPoll();
  };
}

/**
 * The certificate of the port; `undefined`: a proxy has one. Throws `ConfigError` where a server cannot use what the settings
 * name: one file without the other, a file that cannot be read, a key of another certificate.
 */
export function readTls({ hookTlsCertFile, hookTlsKeyFile }: Settings): TlsPair | undefined {
  const files = new Map([
    ['HOOK_TLS_CERT_FILE', hookTlsCertFile],
    ['HOOK_TLS_KEY_FILE', hookTlsKeyFile],
  ]);
  const alone = tlsFileFault((name) => files.get(name) && name);
  if (alone !== undefined) throw new ConfigError([alone]);
  const faults: SettingFault[] = [];
  const [cert, key] = [...files].map(([name, path]) => path && readPem(name, path, faults));
  if (faults.length > 0) throw new ConfigError(faults);
  if (cert === undefined || key === undefined) return undefined;
  refuseWrongPair({ cert, key });
  return { cert, key };
}

/** The reason why no client takes this certificate at this instant; `undefined`: its dates are none. */
export function certificateFault(tls: TlsPair, now: number): string | undefined {
  const { from, until } = validityOf(tls);
  if (until <= now) return `has expired on ${new Date(until).toISOString()}`;
  return from > now ? `is not valid before ${new Date(from).toISOString()}` : undefined;
}

function readValidTls(settings: Settings, now: number): TlsPair | undefined {
  const tls = readTls(settings);
  const problem = tls && certificateFault(tls, now);
  if (problem === undefined) return tls;
  throw new ConfigError([{ name: 'HOOK_TLS_CERT_FILE', problem, hint: RENEW }]);
}

function readPem(name: string, path: string, faults: SettingFault[]): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    const hint = `for example ${name}=/etc/okta-ocsf/tls.pem, readable for this user`;
    faults.push({ name, problem: `names a file that cannot be read: ${reason}`, hint });
    return '';
  }
}
