import { createPrivateKey, X509Certificate, type KeyObject } from 'node:crypto';
import { createSecureContext } from 'node:tls';
import { ConfigError, type SettingFault } from '../ports/errors.ts';

/** A certificate, with its chain, and its key, as PEM. */
export interface TlsPair {
  readonly cert: string;
  readonly key: string;
}

const CERTIFICATE = 'HOOK_TLS_CERT_FILE';
const KEY = 'HOOK_TLS_KEY_FILE';
const GIVE_BOTH = `give the PEM file of a certificate, and in ${KEY} that of its key`;

/**
 * Throws `ConfigError` where a server cannot show this certificate with this key. TLS itself takes a key of another kind
 * (RSA with a certificate for EC) without a word, and then no client can connect.
 */
export function refuseWrongPair({ cert, key }: TlsPair): void {
  const first = parsed(() => new X509Certificate(cert), {
    name: CERTIFICATE,
    problem: 'holds no certificate',
    hint: GIVE_BOTH,
  });
  const own = parsed((): KeyObject => createPrivateKey(key), {
    name: KEY,
    problem: 'holds no private key that can be used',
    hint: 'give the PEM file of the key, without a passphrase',
  });
  if (!first.checkPrivateKey(own)) {
    const problem = `begins with a certificate that is not that of the key in ${KEY}`;
    const hint =
      'give the certificate of the host itself first, then its chain, and the key that belongs to it';
    throw new ConfigError([{ name: CERTIFICATE, problem, hint }]);
  }
  const problem = 'is no certificate for this key';
  parsed(() => createSecureContext({ cert, key }), { name: CERTIFICATE, problem, hint: GIVE_BOTH });
}

/** When is this certificate valid? Instants are Unix milliseconds. */
export function validityOf({ cert }: TlsPair): { readonly from: number; readonly until: number } {
  const { validFrom, validTo } = new X509Certificate(cert);
  return { from: Date.parse(validFrom), until: Date.parse(validTo) };
}

function parsed<T>(parse: () => T, { name, problem, hint }: SettingFault): T {
  try {
    return parse();
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new ConfigError([{ name, problem: `${problem} (${reason})`, hint }]);
  }
}
