import { ReceivedHooks, type HookTimings } from '../../hooks/desk.ts';
import { WRONG_CERTIFICATE } from '../../hooks/thread-messages.ts';
import type { HttpServer } from '../../http/listen.ts';
import { SqliteHookInbox } from '../../inventory/sqlite/hooks/inbox.ts';
import type { Clock } from '../../ports/clock.ts';
import { asConnectorError } from '../../ports/errors.ts';
import type { Log } from '../../ports/log.ts';
import type { Settings } from '../../settings/load.ts';
import { readTls, readValidTls } from './certificate.ts';
import type { LastingParts } from '../lasting-parts.ts';
import type { Prepared } from '../prepare.ts';
import { HookReception } from './reception.ts';

/** The thread that answers hooks writes for a few ms at once. */
const WAIT_FOR_INBOX_MS = 1000;

/** However often wrong secrets come, the files of secrets are read no more often than this. */
const BETWEEN_LOOKS_MS = 10_000;

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
 * `ConfigError` when it cannot listen. A secret, an org or `ASSETS` that is read later counts at once; all else stays as it is now.
 */
export async function receiveHooks(
  { settings, live, world, log }: Prepared,
  lasting: LastingParts,
  { timings, onArrival }: HookParts,
): Promise<HookPort | undefined> {
  const { hookPort: port, hookHost: host, hookPath: path, hookHeader: header, stateDir } = settings;
  if (port === undefined) return undefined;
  const { clock } = world;
  const desk = new ReceivedHooks({
    openInbox: (onTrouble) => new SqliteHookInbox(stateDir, clock, { waitMs: WAIT_FOR_INBOX_MS, onTrouble }),
    delayMs: settings.hookDelaySeconds * 1000,
    clock,
    timings,
    onArrival,
    log,
  });
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
  const readCertificateAgain = certificateReader(reception, { clock, log });
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

/** Shows the certificate that the files have now, and logs each reason why it stays the old one once. */
function certificateReader(
  reception: HookReception,
  { clock, log }: { readonly clock: Clock; readonly log: Log },
): HookPort['readCertificateAgain'] {
  let told: string | undefined;
  return (settings) => {
    try {
      reception.showCertificate(readValidTls(settings, clock.now()));
      told = undefined;
    } catch (thrown) {
      const { code, message: reason } = asConnectorError(thrown);
      if (reason !== told) log.error({ code, reason }, WRONG_CERTIFICATE);
      told = reason;
    }
  };
}
