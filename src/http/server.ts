import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { ConfigError } from '../ports/errors.ts';
import type { Log } from '../ports/log.ts';

/** A probe or a scrape fits into one packet, so a client that takes longer than this is cut off. */
const REQUEST_TIMEOUT_MS = 5000;
const IDLE_TIMEOUT_MS = 10_000;
const MOST_CONNECTIONS = 100;
const MOST_HEADER_BYTES = 8192;
const PLAIN_TEXT = 'text/plain; charset=utf-8';

interface ServedAnswer {
  readonly status: number;
  readonly body: string;
  readonly type?: string;
}

/** Answers by path. */
export type Routes = Readonly<Record<string, () => Promise<ServedAnswer> | ServedAnswer>>;

export interface ListenOptions {
  readonly host: string;
  /** 0: any free port. */
  readonly port: number;
  readonly routes: Routes;
  readonly log: Log;
  /** The limit until a request has come whole. */
  readonly requestTimeoutMs?: number;
}

export interface HttpServer {
  readonly url: string;
  /** Ends every connection, even one without an answer. */
  close(): Promise<void>;
}

/**
 * Resolves once the server listens. Throws `ConfigError` when it cannot use host or port. Connections are not kept
 * alive.
 */
export async function listen(options: ListenOptions): Promise<HttpServer> {
  const { host, port, routes, log, requestTimeoutMs = REQUEST_TIMEOUT_MS } = options;
  const server = createServer(
    {
      headersTimeout: requestTimeoutMs,
      requestTimeout: requestTimeoutMs,
      connectionsCheckingInterval: requestTimeoutMs / 5,
      maxHeaderSize: MOST_HEADER_BYTES,
    },
    (request, response) => void answer(request, response, routes, log),
  );
  server.maxConnections = MOST_CONNECTIONS;
  server.setTimeout(IDLE_TIMEOUT_MS);
  await startOn(server, host, port);
  server.on('error', (error) =>
    log.warn({ err: error }, 'the HTTP server of health and metrics had an error'),
  );
  return {
    url: urlOf(server, host),
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

/** All of IPv4, as images and manifests write it. Probes may come over IPv6 alone, and `::` answers both. */
const EVERYWHERE = '0.0.0.0';
const EVERYWHERE_DUAL = '::';

async function startOn(server: Server, host: string, port: number): Promise<void> {
  if (host !== EVERYWHERE) return start(server, host, port);
  try {
    await start(server, EVERYWHERE_DUAL, port);
  } catch {
    // Either IPv6 is off here or the port is taken; the second try finds out which.
    await start(server, EVERYWHERE, port);
  }
}

function start(server: Server, host: string, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    const refuse = (cause: Error): void => reject(cannotListen(cause, host, port));
    server.once('error', refuse);
    server.listen({ host, port }, () => {
      server.off('error', refuse);
      resolve();
    });
  });
}

function urlOf(server: Server, host: string): string {
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  return `http://${host.includes(':') ? `[${host}]` : host}:${port}`;
}

function cannotListen(cause: Error, host: string, port: number): ConfigError {
  const code = 'code' in cause ? cause.code : undefined;
  if (code === 'EADDRINUSE') {
    const problem = `${port} is in use on ${host}`;
    return new ConfigError([{ name: 'HTTP_PORT', problem, hint: 'give a free one, or 0 for any' }]);
  }
  if (code === 'EACCES') {
    const problem = `${port} may not be used by this user`;
    return new ConfigError([{ name: 'HTTP_PORT', problem, hint: 'give one from 1024, for example 8080' }]);
  }
  const problem = `cannot be listened on (${cause.message})`;
  const hint = 'give an address of this machine: 127.0.0.1, or 0.0.0.0 for all of them';
  return new ConfigError([{ name: 'HTTP_HOST', problem, hint }]);
}

async function answer(
  request: IncomingMessage,
  response: ServerResponse,
  routes: Routes,
  log: Log,
): Promise<void> {
  try {
    write(response, await decide(request, routes));
  } catch (thrown) {
    log.warn({ err: thrown }, 'a request for health or metrics could not be answered');
    write(response, { status: 500, body: 'error\n' });
  }
}

function decide({ method, url = '' }: IncomingMessage, routes: Routes): Promise<ServedAnswer> | ServedAnswer {
  const path = url.split('?')[0] ?? '';
  const route = Object.hasOwn(routes, path) ? routes[path] : undefined;
  if (route === undefined) return { status: 404, body: 'not found\n' };
  if (method === 'GET' || method === 'HEAD') return route();
  return { status: 405, body: 'only GET and HEAD\n' };
}

function write(response: ServerResponse, { status, body, type = PLAIN_TEXT }: ServedAnswer): void {
  response.writeHead(status, {
    'content-type': type,
    'content-length': Buffer.byteLength(body),
    'cache-control': 'no-store',
    'x-content-type-options': 'nosniff',
    connection: 'close',
    ...(status === 405 ? { allow: 'GET, HEAD' } : {}),
  });
  response.end(body);
}
