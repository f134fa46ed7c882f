import { Agent as HttpAgent } from 'node:http';
import { Agent as HttpsAgent } from 'node:https';
import type { Secret } from '../settings/secret.ts';

const LOOPBACK = /^(localhost|127(\.\d{1,3}){3}|\[::1\])$/;
/** A proxy may never answer, and Node cannot end a request while its CONNECT waits, so the agent ends it. */
const TUNNEL_TIMEOUT_MS = 20_000;
const NOBODY_THERE = new Set([
  'ENOTFOUND',
  'EAI_AGAIN',
  'ECONNREFUSED',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'EHOSTDOWN',
  'ENETDOWN',
]);

export interface ProxySettings {
  /** The value of `HTTPS_PROXY`, with its credentials. */
  readonly httpsProxy?: Secret | undefined;
  /** The value of `NO_PROXY`. */
  readonly noProxy?: string | undefined;
}

/** The way of requests to one origin: connections that are kept alive, straight or through a proxy. */
export interface HttpRoute {
  readonly agents: { readonly http: HttpAgent; readonly https: HttpsAgent };
  readonly isProxied: boolean;
}

/** The proxy's failure to connect. */
export interface ProxyTrouble {
  /** `passing`: another try may succeed; `lasting`: none will; `refused`: the credential or permission is at fault. */
  readonly kind: 'passing' | 'lasting' | 'refused';
  /** Completes "cannot be reached: ...". Never holds the proxy's URL, which may hold a password. */
  readonly what: string;
  readonly hint: string;
}

/** Requests to loopback never go through a proxy. Plain http is allowed to loopback only. */
export function routeTo(
  baseUrl: string,
  { httpsProxy, noProxy }: ProxySettings,
  tunnelTimeoutMs = TUNNEL_TIMEOUT_MS,
): HttpRoute {
  const isProxied = httpsProxy !== undefined && needsProxy(new URL(baseUrl), noProxy);
  const proxied = isProxied
    ? { proxyEnv: { HTTPS_PROXY: httpsProxy.reveal() }, timeout: tunnelTimeoutMs }
    : {};
  const agents = {
    http: new HttpAgent({ keepAlive: true }),
    https: new HttpsAgent({ keepAlive: true, ...proxied }),
  };
  return { agents, isProxied };
}

/**
 * Reads `NO_PROXY` as curl does: each host or domain stands for all names below it too, with or without a port; `*`
 * stands for everything.
 */
export function needsProxy(url: URL, noProxy = ''): boolean {
  if (url.protocol !== 'https:' || LOOPBACK.test(url.hostname)) return false;
  const port = url.port === '' ? '443' : url.port;
  return !noProxy
    .toLowerCase()
    .split(/[\s,]+/)
    .filter((entry) => entry !== '')
    .some((entry) => isExcepted(url.hostname, port, entry));
}

function isExcepted(hostname: string, port: string, entry: string): boolean {
  if (entry === '*') return true;
  const [, host = '', , onlyPort = port] = /^(\[.*\]|[^:]*)(:(\d+))?$/.exec(entry) ?? [];
  const domain = host.replace(/^\*?\./, '').replace(/\.$/, '');
  const plain = hostname.replace(/\.$/, '');
  return domain !== '' && onlyPort === port && (plain === domain || plain.endsWith(`.${domain}`));
}

/** `undefined` when the proxy is not to blame: once it has connected, the other side may be. */
export function proxyTroubleOf(thrown: unknown, { isProxied }: HttpRoute): ProxyTrouble | undefined {
  if (!isProxied || !(thrown instanceof Error)) return undefined;
  const code = 'code' in thrown ? thrown.code : undefined;
  if (code === 'ERR_PROXY_TUNNEL') return refusal(statusOf(thrown));
  if (typeof code !== 'string' || !NOBODY_THERE.has(code)) return undefined;
  return {
    kind: code === 'ENOTFOUND' ? 'lasting' : 'passing',
    what: `the proxy cannot be reached (${code})`,
    hint: 'check host and port in HTTPS_PROXY; what needs no proxy is named in NO_PROXY',
  };
}

/** got wraps the error; the status is in Node's own error inside. */
function statusOf(thrown: Error): number | undefined {
  const inner = thrown.cause instanceof Error ? thrown.cause : thrown;
  const status = 'statusCode' in inner ? inner.statusCode : undefined;
  return typeof status === 'number' && status > 0 ? status : undefined;
}

function refusal(status: number | undefined): ProxyTrouble {
  if (status === undefined) {
    return {
      kind: 'passing',
      what: 'the proxy gave no proper answer to CONNECT',
      hint: 'check HTTPS_PROXY: is it the address of an HTTP proxy?',
    };
  }
  const what = `the proxy refused to connect (HTTP ${status})`;
  if (status === 407) {
    const hint = 'HTTPS_PROXY lacks the right user and password: write http://user:password@host:port';
    return { kind: 'refused', what, hint };
  }
  if (status >= 500 || status === 408 || status === 429) {
    const hint = 'the proxy of HTTPS_PROXY cannot reach this host: check the host, and the proxy itself';
    return { kind: 'passing', what, hint };
  }
  const hint = 'let the proxy of HTTPS_PROXY connect to this host, or name the host in NO_PROXY';
  return { kind: 'refused', what, hint };
}
