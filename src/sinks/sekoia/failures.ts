import { certificateFaultOf } from '../../http/certificate.ts';
import { ConnectorError, SinkAuthError, SinkUnavailableError } from '../../ports/errors.ts';
import { proxyTroubleOf, type Route } from '../../http/proxy.ts';
import { wireFaultWords } from '../../http/wire-fault.ts';

const NO_TLS = /^EPROTO$|^ERR_SSL_/;
const UNKNOWN_HOST = new Set(['ENOTFOUND', 'EAI_AGAIN']);
const NOBODY_THERE = new Set(['ECONNREFUSED', 'EHOSTUNREACH', 'ENETUNREACH', 'EHOSTDOWN', 'ENETDOWN']);

/**
 * A push without an answer, in words. The cause is only a code: what got throws carries the request, its key included.
 */
export function failureOf(
  thrown: unknown,
  host: string,
  { route, hasBegun = false }: { readonly route?: Route | undefined; readonly hasBegun?: boolean } = {},
): ConnectorError {
  if (thrown instanceof ConnectorError) return thrown;
  const code = codeOf(thrown);
  const proxy = route === undefined ? undefined : proxyTroubleOf(thrown, route);
  if (proxy !== undefined) {
    const Kind = proxy.kind === 'refused' ? SinkAuthError : SinkUnavailableError;
    const message = `the intake at ${host} cannot be reached: ${proxy.what}`;
    return new Kind(message, { hint: proxy.hint, cause: { code } });
  }
  if (code === 'ERR_INVALID_CHAR') {
    return new SinkAuthError('the API key holds a character that no HTTP header may carry', {
      hint: 'check SEKOIA_API_KEY: no line break, nothing but the key',
    });
  }
  const [what, hint] = describe(code, hasBegun);
  return new SinkUnavailableError(`the intake at ${host} ${what} (${code})`, { hint, cause: { code } });
}

function describe(code: string, hasBegun: boolean): readonly [what: string, hint: string] {
  if (UNKNOWN_HOST.has(code)) return ['was not found', 'check SEKOIA_BASE_URL and name resolution (DNS)'];
  if (NOBODY_THERE.has(code)) {
    return ['cannot be reached', 'check SEKOIA_BASE_URL, the network, the firewall and HTTPS_PROXY'];
  }
  if (NO_TLS.test(code))
    return ['does not speak TLS as expected', 'check SEKOIA_BASE_URL: host, port, https'];
  const certificate = certificateFaultOf(code);
  if (certificate !== undefined) {
    return [`has a certificate that ${certificate.what}`, `check SEKOIA_BASE_URL; ${certificate.hint}`];
  }
  const wire = wireFaultWords(code, hasBegun);
  if (wire !== undefined) {
    return [
      `sent ${wire.replace(` (${code})`, '')}`,
      'check SEKOIA_BASE_URL, and what stands between, such as a proxy',
    ];
  }
  if (code === 'ETIMEDOUT')
    return ['did not answer in time', 'check the network and the status of the intake'];
  return ['broke off before it answered', 'check the network and the status of the intake'];
}

function codeOf(thrown: unknown): string {
  const code = thrown instanceof Error && 'code' in thrown ? thrown.code : undefined;
  return typeof code === 'string' && /^[A-Z][A-Z0-9_]{0,60}$/.test(code) ? code : 'no code';
}
