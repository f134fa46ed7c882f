import { certificateFaultOf } from './certificate.ts';
import type { HttpFault } from './client.ts';

export type FaultKind =
  | 'proxy'
  | 'too-large'
  | 'no-such-name'
  | 'name-unanswered'
  | 'nobody-there'
  | 'no-tls'
  | 'certificate'
  | 'wrong-length'
  | 'not-http'
  | 'not-unpackable'
  | 'never-ended'
  | 'timed-out'
  | 'bad-header'
  | 'broke-off';

/** The other side of a connection, as hints name it. */
export interface FaultSide {
  /** The setting that holds its address. */
  readonly setting: string;
  /** The kind of server that should be at that address, such as "an Okta org". */
  readonly what: string;
  /** The place that shows its state, such as "status.okta.com". */
  readonly status: string;
}

export interface FaultWords {
  readonly kind: FaultKind;
  /** Completes "<host> ...", with the code. */
  readonly what: string;
  readonly hint: string;
}

interface FaultRow {
  readonly kind: FaultKind;
  readonly codes: RegExp;
  readonly what: string;
  readonly hint: (side: FaultSide) => string;
  /** The row fits only when the head of an answer had come. */
  readonly isBegun?: true;
}

const checkBetween = ({ setting }: FaultSide): string =>
  `check ${setting}, and what stands between, such as a proxy`;
const checkName = ({ setting }: FaultSide): string =>
  `check ${setting} for a slip, and name resolution (DNS); behind a proxy set HTTPS_PROXY`;
const checkWay = ({ status }: FaultSide): string => `check the network and HTTPS_PROXY, and see ${status}`;

/** The one table from code to kind; the first row that fits counts. Certificates have a table of their own. */
const ROWS: readonly FaultRow[] = [
  { kind: 'no-such-name', codes: /^ENOTFOUND$/, what: 'was not found', hint: checkName },
  { kind: 'name-unanswered', codes: /^EAI_AGAIN$/, what: 'was not found', hint: checkName },
  {
    kind: 'nobody-there',
    codes: /^E(CONNREFUSED|(HOST|NET)(UNREACH|DOWN))$/,
    what: 'cannot be reached',
    hint: ({ setting }) => `check ${setting}, the network, the firewall and HTTPS_PROXY`,
  },
  {
    kind: 'no-tls',
    codes: /^EPROTO$|^ERR_SSL_|^ERR_TLS_(?!CERT)/,
    what: 'does not speak TLS as expected',
    hint: ({ setting }) => `check ${setting}: host, port, https; and what stands between, such as a proxy`,
  },
  {
    kind: 'wrong-length',
    codes: /CONTENT_LENGTH/,
    what: 'sent an answer whose length is not the one it told',
    hint: checkBetween,
  },
  { kind: 'not-http', codes: /^HPE_/, what: 'sent an answer that is not proper HTTP', hint: checkBetween },
  {
    kind: 'not-unpackable',
    codes: /^Z_|^ERR_BROTLI|^ERR_ZSTD|^ZSTD_/,
    what: 'sent an answer that cannot be unpacked',
    hint: checkBetween,
  },
  {
    kind: 'never-ended',
    codes: /^ETIMEDOUT$/,
    isBegun: true,
    what: 'sent an answer that began and did not end',
    hint: checkBetween,
  },
  { kind: 'timed-out', codes: /^ETIMEDOUT$/, what: 'did not answer in time', hint: checkWay },
  {
    kind: 'bad-header',
    codes: /^ERR_INVALID_CHAR$/,
    what: 'was not asked: a header would hold a character that none may carry',
    hint: () => 'check the credential: no line break, nothing but the credential itself',
  },
  { kind: 'broke-off', codes: /^/, what: 'broke off before it answered', hint: checkWay },
];

/** The fault behind an answer that did not come whole: its kind, and words that follow the host's name. */
export function describeFault({ code, proxy, hasBegun = false }: HttpFault, side: FaultSide): FaultWords {
  if (proxy !== undefined)
    return { kind: 'proxy', what: `cannot be reached: ${proxy.what}`, hint: proxy.hint };
  if (code === 'too-large') {
    const hint = `check that ${side.setting} is the address of ${side.what}`;
    return { kind: 'too-large', what: 'sent an answer over 64 MiB, which was not read on', hint };
  }
  const certificate = code.startsWith('ERR_SSL_') ? undefined : certificateFaultOf(code);
  if (certificate !== undefined) {
    const hint = `check ${side.setting}; ${certificate.hint}`;
    return { kind: 'certificate', what: `has a TLS certificate that ${certificate.what} (${code})`, hint };
  }
  const row = ROWS.find(({ codes, isBegun }) => codes.test(code) && (isBegun !== true || hasBegun));
  if (row === undefined) throw new Error('the last row fits every code');
  return { kind: row.kind, what: `${row.what} (${code})`, hint: row.hint(side) };
}
