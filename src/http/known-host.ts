import { isIP } from 'node:net';

/** A name, or an IPv6 address in brackets; then a port, perhaps. */
const HOST = /^(?:\[([0-9a-f:.]+)\]|([a-z0-9._-]+))(?::\d{1,5})?$/i;

/**
 * Does a request's `Host` mean this machine? A site that makes its own name point here could otherwise read the answers
 * in a visitor's browser. It cannot do that by an address.
 */
export function isKnownHost(header: string | undefined, allowed: readonly string[]): boolean {
  const [, address, name] = HOST.exec(header ?? '') ?? [];
  if (address !== undefined) return isIP(address) === 6;
  if (name === undefined) return false;
  const plain = name.toLowerCase().replace(/\.$/, '');
  return (
    isIP(plain) === 4 || plain === 'localhost' || plain.endsWith('.localhost') || allowed.includes(plain)
  );
}
