/** Servers, and where they listen. */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { ConfigError } from '../ports/errors.ts';
import type { Log } from '../ports/log.ts';

/** A request fits into one packet, so a client that takes longer than this is cut off. */
const REQUEST_TIMEOUT_MS = 5000;
const IDLE_TIMEOUT_MS = 10_000;
/** A burst of 200 requests finds room; each connection holds little, and is idle for seconds at most. */
export const MOST_CONNECTIONS = 256;
const MOST_HEADER_BYTES = 8192;

export interface Place {
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

export type AnswerRequest = (request: IncomingMessage, response: ServerResponse) => void;

export function createPlain(options: Place, listener: AnswerRequest): Server {
  return createServer(limitsOf(options), listener);
}

export function limitsOf({ requestTimeoutMs = REQUEST_TIMEOUT_MS }: Place) {
  return {
    headersTimeout: requestTimeoutMs,
    requestTimeout: requestTimeoutMs,
    connectionsCheckingInterval: requestTimeoutMs / 5,
    maxHeaderSize: MOST_HEADER_BYTES,
  };
}

/** The settings that say where a server listens, for messages. */
interface PlaceNames {
  readonly host: string;
  readonly port: string;
}

interface Serving {
  readonly names: PlaceNames;
  readonly log: Log;
  readonly isTls?: boolean;
}

/**
 * Resolves once the server listens. Throws `ConfigError` when it cannot use host or port. Connections are not kept
 * alive.
 */
export async function serve(
  { host, port }: Place,
  server: Server,
  { names, log, isTls = false }: Serving,
): Promise<HttpServer> {
  server.maxConnections = MOST_CONNECTIONS;
  server.setTimeout(IDLE_TIMEOUT_MS);
  await startOn(server, { host, port }, names);
  server.on('error', (error) => log.warn({ err: error }, 'the HTTP server had an error'));
  return {
    url: urlOf(server, host, isTls ? 'https' : 'http'),
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

async function startOn(server: Server, place: Place, names: PlaceNames): Promise<void> {
  if (place.host !== EVERYWHERE) return start(server, place, names);
  try {
    await start(server, { ...place, host: EVERYWHERE_DUAL }, names);
  } catch {
    // Either IPv6 is off here or the port is taken; the second try finds out which.
    await start(server, place, names);
  }
}

function start(server: Server, { host, port }: Place, names: PlaceNames): Promise<void> {
  return new Promise((resolve, reject) => {
    const refuse = (cause: Error): void => reject(cannotListen(cause, { host, port }, names));
    server.once('error', refuse);
    server.listen({ host, port }, () => {
      server.off('error', refuse);
      resolve();
    });
  });
}

function urlOf(server: Server, host: string, scheme: 'http' | 'https'): string {
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  return `${scheme}://${host.includes(':') ? `[${host}]` : host}:${port}`;
}

function cannotListen(cause: Error, { host, port }: Place, names: PlaceNames): ConfigError {
  const code = 'code' in cause ? cause.code : undefined;
  if (code === 'EADDRINUSE') {
    const problem = `${port} is in use on ${host}`;
    return new ConfigError([{ name: names.port, problem, hint: 'give a free one, or 0 for any' }]);
  }
  if (code === 'EACCES') {
    const problem = `${port} may not be used by this user`;
    return new ConfigError([{ name: names.port, problem, hint: 'give one from 1024, for example 8080' }]);
  }
  const problem = `cannot be listened on (${cause.message})`;
  const hint = 'give an address of this machine: 127.0.0.1, or 0.0.0.0 for all of them';
  return new ConfigError([{ name: names.host, problem, hint }]);
}
