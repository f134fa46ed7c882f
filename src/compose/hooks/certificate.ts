/** The certificate of the port that takes event hooks, as the files of the settings have it. */
import { readFileSync } from 'node:fs';
import { refuseWrongPair, validityOf, type TlsPair } from '../../http/tls-pair.ts';
import { ConfigError, type SettingFault } from '../../ports/errors.ts';
import { tlsFileFault } from '../../settings/hook-settings.ts';
import type { Settings } from '../../settings/load.ts';

const RENEW = 'Okta refuses to connect: renew the certificate, and check the clock of this machine';

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

/** The certificate to show from now on. Throws `ConfigError` also where its dates make every client refuse it. */
export function readValidTls(settings: Settings, now: number): TlsPair | undefined {
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
