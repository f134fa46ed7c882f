import type { SettingFault } from '../ports/errors.ts';
import { facts, type SettingEffect } from './facts.ts';
import type { Given } from './given.ts';
import * as values from './hook-values.ts';
import { fromText } from './parsed.ts';
import { listenHost, wholeNumber } from './values.ts';

const WITH_PORT: SettingEffect = {
  words: 'with HOOK_PORT',
  holds: (textOf) => textOf('HOOK_PORT') !== '',
};

const CERTIFICATE = 'HOOK_TLS_CERT_FILE';
const KEY = 'HOOK_TLS_KEY_FILE';

/** The settings of the port for Okta's event hooks. */
export const HOOK_SETTINGS = {
  hookPort: fromText(wholeNumber(0, 65_535)).optional().register(facts, {
    name: 'HOOK_PORT',
    description: 'the port on which worker takes event hooks of Okta; without it there is none',
    example: '8443',
  }),
  hookHost: fromText(listenHost).register(facts, {
    name: 'HOOK_HOST',
    default: '127.0.0.1',
    description: 'the address on which worker takes event hooks; 0.0.0.0 is every address, of IPv6 too',
    allowed: 'an address or a host name, without scheme or port',
    example: '0.0.0.0',
  }),
  hookPath: fromText(values.path).register(facts, {
    name: 'HOOK_PATH',
    effect: WITH_PORT,
    default: '/okta/events',
    description: 'the path of event hooks, as Okta asks for it; every other one gets 404',
    allowed: 'a path of letters, digits and -._~/, at most 200 characters',
    example: '/okta/events',
  }),
  hookSecrets: fromText(values.secrets).optional().register(facts, {
    name: 'HOOK_SECRET',
    effect: WITH_PORT,
    isSecret: true,
    description:
      'what Okta sends in HOOK_HEADER; required with HOOK_PORT; two separated by a comma or a line break while it is rotated',
    allowed: 'one or two, each of at least 32 plain ASCII characters without commas',
    example: 'd41d8cd98f00b204e9800998ecf8427e...',
  }),
  hookHeader: fromText(values.headerName).register(facts, {
    name: 'HOOK_HEADER',
    effect: WITH_PORT,
    default: 'Authorization',
    description: 'the header in which Okta sends the secret',
    allowed: 'the name of a header',
    example: 'X-Hook-Secret',
  }),
  hookDelaySeconds: fromText(wholeNumber(0, 3600)).register(facts, {
    name: 'HOOK_DELAY',
    effect: WITH_PORT,
    default: '2',
    description: 'seconds from the first event of a hook to the run that reads what it names',
    example: '2',
  }),
  hookTlsCertFile: fromText(values.filePath).optional().register(facts, {
    name: CERTIFICATE,
    effect: WITH_PORT,
    description: 'the certificate, with its chain, for a port without a proxy before it',
    allowed: 'the path of a PEM file',
    example: '/etc/okta-ocsf/tls.crt',
  }),
  hookTlsKeyFile: fromText(values.filePath).optional().register(facts, {
    name: KEY,
    effect: WITH_PORT,
    description: 'the key of that certificate',
    allowed: 'the path of a PEM file',
    example: '/etc/okta-ocsf/tls.key',
  }),
};

/** There is no port that takes hooks of everybody, and no certificate without its key. */
export function hookFaults(given: ReadonlyMap<string, Given>): ReadonlyMap<string, SettingFault> {
  const faults = new Map<string, SettingFault>();
  if (!given.has('HOOK_PORT')) return faults;
  if (!given.has('HOOK_SECRET')) {
    const hint =
      'give a random text of at least 32 characters, for example HOOK_SECRET_FILE=/run/secrets/hook_secret; Okta sends the same';
    faults.set('HOOK_SECRET', { name: 'HOOK_SECRET', problem: 'is missing, and HOOK_PORT needs it', hint });
  }
  const alone = tlsFileFault((name) => given.get(name)?.from);
  if (alone !== undefined) faults.set(alone.name, alone);
  return faults;
}

/**
 * One of the two TLS files without the other is a mistake; `undefined`: it is none.
 *
 * @param givenAs the name under which a setting is given; `undefined`: it is not
 */
export function tlsFileFault(givenAs: (name: string) => string | undefined): SettingFault | undefined {
  const [cert, key] = [givenAs(CERTIFICATE), givenAs(KEY)];
  const one = cert ?? key;
  if (one === undefined || (cert !== undefined && key !== undefined)) return undefined;
  return {
    name: cert === undefined ? CERTIFICATE : KEY,
    problem: `is missing, and ${one} needs it`,
    hint: 'give both, or none where a proxy has the certificate',
  };
}
