import { createServer } from 'node:http';
import type { IncomingMessage, ServerResponse } from 'node:http';

export interface LoopbackServer {
  readonly url: string;
  /** Ends every connection, answered or not. */
  readonly close: () => Promise<void>;
}

/** Starts on a port of 127.0.0.1: by default a free one. */
export function startLoopback(
  onRequest: (request: IncomingMessage, response: ServerResponse) => void,
  port = 0,
): Promise<LoopbackServer> {
  const server = createServer({ keepAliveTimeout: 120_000, requestTimeout: 0 }, onRequest);
  const close = (): Promise<void> =>
    new Promise((resolve) => {
      server.close(() => resolve());
      server.closeAllConnections();
    });
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, '127.0.0.1', () => {
      const address = server.address();
      const listeningPort = typeof address === 'object' && address !== null ? address.port : port;
      resolve({ url: `http://127.0.0.1:${listeningPort}`, close });
    });
  });
}

export async function readBody(request: IncomingMessage): Promise<string> {
  const parts: Buffer[] = [];
  for await (const part of request) if (Buffer.isBuffer(part)) parts.push(part);
  return Buffer.concat(parts).toString('utf8');
}
