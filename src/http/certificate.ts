/** The fault of a certificate and its remedy. `what` follows the words "a TLS certificate that". */
export interface CertificateFault {
  readonly what: string;
  readonly hint: string;
}

const CA_HINT =
  'behind an inspecting proxy, or with a certificate of your own authority, name its CA file in NODE_EXTRA_CA_CERTS';

const FAULTS: ReadonlyMap<string, CertificateFault> = new Map([
  [
    'CERT_HAS_EXPIRED',
    {
      what: 'has expired',
      hint: 'let the owner of the host renew it, and check the clock of this machine; behind an inspecting proxy it may be that of NODE_EXTRA_CA_CERTS',
    },
  ],
  [
    'CERT_NOT_YET_VALID',
    {
      what: 'is not valid yet',
      hint: 'check the clock of this machine: it may be behind',
    },
  ],
  [
    'ERR_TLS_CERT_ALTNAME_INVALID',
    {
      what: 'is for another host',
      hint: `another server answers there: check the address and DNS; ${CA_HINT}`,
    },
  ],
  ['CERT_REVOKED', { what: 'was revoked', hint: 'let the owner of the host replace it' }],
  ['DEPTH_ZERO_SELF_SIGNED_CERT', { what: 'is self-signed', hint: CA_HINT }],
  ['SELF_SIGNED_CERT_IN_CHAIN', { what: 'comes from an authority that is not trusted', hint: CA_HINT }],
  ['UNABLE_TO_GET_ISSUER_CERT', { what: 'comes from an authority that is not known', hint: CA_HINT }],
  ['UNABLE_TO_GET_ISSUER_CERT_LOCALLY', { what: 'comes from an authority that is not known', hint: CA_HINT }],
  [
    'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
    {
      what: 'comes without the certificates that lead to a known authority',
      hint: `let the server send its whole chain; ${CA_HINT}`,
    },
  ],
]);

const UNTRUSTED = /CERT|SELF_SIGNED|UNABLE_TO_/;

/** `undefined`: the fault is not about a certificate. */
export function certificateFaultOf(code: string): CertificateFault | undefined {
  const known = FAULTS.get(code);
  if (known !== undefined) return known;
  return UNTRUSTED.test(code) ? { what: 'could not be verified', hint: CA_HINT } : undefined;
}
