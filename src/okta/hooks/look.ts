import { lookup } from 'node:dns/promises';
import { BlockList, isIP } from 'node:net';
import { describeFault } from '../../http/faults.ts';
import type { HttpFault, HttpGet } from '../../http/client.ts';

const CHALLENGE = 'x-okta-verification-challenge';
const LOOK_UP_WITHIN_MS = 2000;

/** The reason why an address does not answer Okta, as far as it can be told from here. */
export const CAUSES = [
  'private-address',
  'no-name',
  'no-answer',
  'tls',
  'wrong-status',
  'wrong-answer',
  'unknown',
] as const;
type VerificationCause = (typeof CAUSES)[number];

export interface Cause {
  readonly cause: VerificationCause;
  /** In words, a whole sentence. */
  readonly says: string;
  /** The way to mend it. */
  readonly todo: string;
}

const PRIVATE = privateAddresses();

function privateAddresses(): BlockList {
  const list = new BlockList();
  const nets: readonly (readonly [string, number, 'ipv4' | 'ipv6'])[] = [
    ['0.0.0.0', 8, 'ipv4'],
    ['10.0.0.0', 8, 'ipv4'],
    ['100.64.0.0', 10, 'ipv4'],
    ['127.0.0.0', 8, 'ipv4'],
    ['169.254.0.0', 16, 'ipv4'],
    ['172.16.0.0', 12, 'ipv4'],
    ['192.168.0.0', 16, 'ipv4'],
    ['::', 127, 'ipv6'],
    ['fc00::', 7, 'ipv6'],
    ['fe80::', 10, 'ipv6'],
  ];
  for (const [net, prefix, family] of nets) list.addSubnet(net, prefix, family);
  return list;
}

/** The private addresses of a URL's host, as this machine resolves it. */
export async function privateAddressesOf(url: URL): Promise<readonly string[]> {
  const host = bareHost(url);
  const addresses = isIP(host) === 0 ? await resolve(host) : [host];
  return addresses.filter((address) => PRIVATE.check(address, isIP(address) === 6 ? 'ipv6' : 'ipv4'));
}

function bareHost(url: URL): string {
  return url.hostname.replaceAll(/^\[|\]$/g, '');
}

/** No addresses where the name is not known here, or the answer does not come in time. */
async function resolve(host: string): Promise<readonly string[]> {
  const timeout = new AbortController();
  const late = new Promise<readonly string[]>((end) => {
    const timer = setTimeout(() => end([]), LOOK_UP_WITHIN_MS);
    timeout.signal.addEventListener('abort', () => clearTimeout(timer));
  });
  try {
    const found = lookup(host, { all: true }).then((all) => all.map(({ address }) => address));
    return await Promise.race([found, late]);
  } catch {
    return [];
  } finally {
    timeout.abort();
  }
}

export interface LookParts {
  readonly url: URL;
  /** The private addresses that the host has here, where they matter. */
  readonly unreachable: readonly string[];
  readonly get: HttpGet;
  readonly challenge: string;
  readonly signal: AbortSignal;
}

/**
 * Asks the address as Okta does, with a challenge of our own, and tells the cause of a wrong answer. An address that
 * answers this machine rightly may still be out of Okta's reach.
 */
export async function causeOf(look: LookParts): Promise<Cause> {
  const cause = await seenFromHere(look);
  const [address] = look.unreachable;
  if (address === undefined) return cause;
  const isName = isIP(bareHost(look.url)) === 0;
  const says = `${cause.says} It is ${isName ? `${address} here, ` : ''}a private address, which Okta cannot reach.`;
  // A name may have another address elsewhere, so what is seen of it here may be worth mending.
  if (isName && cause.cause !== 'unknown' && cause.cause !== 'no-answer') return { ...cause, says };
  const todo =
    'give a name that public DNS resolves to a public address; where DNS differs inside, check the public one';
  return { cause: 'private-address', says, todo };
}

async function seenFromHere({ url, get, challenge, signal }: LookParts): Promise<Cause> {
  const outcome = await get(url, { [CHALLENGE]: challenge }, signal);
  if (outcome.kind === 'fault') return faultSeen(url, outcome);
  if (outcome.status === 200) return answeredBy(url, outcome.text, challenge);
  return {
    cause: 'wrong-status',
    says: `From here, ${url.host} answers ${outcome.status} to the challenge.`,
    todo: 'check the path of --url against HOOK_PATH, and that the proxy hands this path to HOOK_PORT without a login of its own',
  };
}

function faultSeen(url: URL, fault: HttpFault): Cause {
  const { kind, what } = describeFault(fault, { setting: '--url', what: 'the receiver', status: '' });
  const says = `From here, ${url.host} ${what}.`;
  if (kind === 'certificate' || kind === 'no-tls') {
    const todo =
      'give it a certificate that public authorities vouch for, with its whole chain; Okta takes no other';
    return { cause: 'tls', says, todo };
  }
  if (kind === 'no-such-name' || kind === 'name-unanswered')
    return { cause: 'no-name', says, todo: 'check --url for a slip, and that public DNS knows the name' };
  const todo =
    'let the worker run with HOOK_PORT, or give --serve; check the proxy before it, the firewall and DNS';
  return { cause: 'no-answer', says, todo };
}

function answeredBy(url: URL, text: string, challenge: string): Cause {
  if (verificationIn(text) !== challenge)
    return {
      cause: 'wrong-answer',
      says: `From here, ${url.host} answers 200, but without the value of the challenge.`,
      todo: 'something else answers at this address: check the path of --url and the proxy before the worker',
    };
  return {
    cause: 'unknown',
    says: `From here, ${url.host} answers the challenge rightly.`,
    todo: "check that Okta can reach it from the internet: the firewall must let Okta's addresses in, and public DNS must name the same host",
  };
}

function verificationIn(text: string): unknown {
  try {
    const body: unknown = JSON.parse(text);
    return typeof body === 'object' && body !== null && 'verification' in body
      ? body.verification
      : undefined;
  } catch {
    return undefined;
  }
}
