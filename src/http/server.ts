import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { getRequestListener } from '@hono/node-server';
import { ConfigError } from '../ports/errors.ts';
import { createApp, type AppParts } from './app.ts';

/** A request fits into one packet, so a client that takes longer than this is cut off. */
const REQUEST_TIMEOUT_MS = 5000;
const IDLE_TIMEOUT_MS = 10_000;
/** A burst of 200 requests finds room; each connection holds little, and is idle for seconds at most. */
const MOST_CONNECTIONS = 256;
const MOST_HEADER_BYTES = 8192;

export interface ListenOptions extends AppParts {
  readonly host: string;
  /** 0: any free port. */
  readonly port: number;
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
  const { host, port, log, requestTimeoutMs = REQUEST_TIMEOUT_MS } = options;
  const server = createServer(
    {
      headersTimeout: requestTimeoutMs,
      requestTimeout: requestTimeoutMs,
      connectionsCheckingInterval: requestTimeoutMs / 5,
      maxHeaderSize: MOST_HEADER_BYTES,
    },
    answerBy(options),
  );
  server.maxConnections = MOST_CONNECTIONS;
  server.setTimeout(IDLE_TIMEOUT_MS);
  await startOn(server, host, port);
  server.on('error', (error) => log.warn({ err: error }, 'the HTTP server had an error'));
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

/** Stands in for the `Host` that HTTP/1.0 does not send. */
const NAMELESS_HOST = 'localhost';

function answerBy(parts: AppParts): (request: IncomingMessage, response: ServerResponse) => void {
  const app = createApp(parts);
  const answer = getRequestListener(app.fetch, { hostname: NAMELESS_HOST, overrideGlobalObjects: false });
  return (request, response) => {
    response.setHeader('cache-control', 'no-store');
    response.setHeader('x-content-type-options', 'nosniff');
    response.setHeader('connection', 'close');
    // A whole URL is a request to a proxy.
    if (request.url?.startsWith('/') === true) void answer(request, response);
    else response.writeHead(400).end();
  };
}
