import type { Server } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { Socket } from 'node:net';
import type { Log } from '../ports/log.ts';
import { answerCall, type AnswerCall } from './call.ts';
import {
  createPlain,
  limitsOf,
  MOST_CONNECTIONS,
  serve,
  type AnswerRequest,
  type HttpServer,
  type Place,
} from './listen.ts';
import { refuseWrongPair, type TlsPair } from './tls-pair.ts';

const NAMES = { host: 'HOOK_HOST', port: 'HOOK_PORT' };

export interface CallsOptions extends Place {
  readonly answer: AnswerCall;
  readonly tls?: TlsPair | undefined;
  readonly log: Log;
}

export interface CallServer extends HttpServer {
  /**
   * Shows connections from now on another certificate; without TLS it does nothing. Throws `ConfigError` where that
   * cannot be, and the old one stays.
   */
  renew(tls: TlsPair): void;
}

/** A server of one purpose, which sees requests as they are sent. Throws `ConfigError` like `listen`. */
export async function listenForCalls(options: CallsOptions): Promise<CallServer> {
  const { tls, answer, log } = options;
  const limits = limitsOf(options);
  const listener: AnswerRequest = (request, response) => void answerCall(request, response, answer, log);
  if (tls !== undefined) refuseWrongPair(tls);
  const withTls =
    tls && createTlsServer({ ...limits, ...tls, handshakeTimeout: limits.requestTimeout }, listener);
  const server = withTls ?? createPlain(options, listener);
  const running = await serve(options, server, { names: NAMES, log, isTls: tls !== undefined });
  endSilent(server);
  const renew = (pair: TlsPair): void => {
    refuseWrongPair(pair);
    withTls?.setSecureContext(pair);
  };
  return { ...running, renew };
}

/** Whoever opens many connections and says nothing keeps nobody out: the oldest of them makes room for the next. */
function endSilent(server: Server): void {
  const silent = new Map<string, Socket>();
  // By address and port, which a connection and the TLS on top of it share.
  const keyOf = ({ remoteAddress, remotePort }: Socket): string => `${remoteAddress} ${remotePort}`;
  server.on('connection', (socket) => {
    const key = keyOf(socket);
    silent.set(key, socket);
    socket.once('close', () => silent.delete(key));
    const [oldest] = silent.values();
    if (silent.size > MOST_CONNECTIONS) oldest?.destroy();
  });
  server.on('request', ({ socket }) => silent.delete(keyOf(socket)));
  server.maxConnections = 2 * MOST_CONNECTIONS;
}
