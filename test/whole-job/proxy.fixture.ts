import { readFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import { connect, type Socket } from 'node:net';
import { join } from 'node:path';
import { createServer as createTlsServer } from 'node:tls';

const FOLDER = join(import.meta.dirname, '../private-ca');
/** The certificate that a process must trust to reach a server behind `startTlsFront`. */
export const CA_FILE = join(FOLDER, 'ca.pem');

interface Started {
  readonly port: number;
  readonly close: () => Promise<void>;
}

function start(server: Server | ReturnType<typeof createTlsServer>): Promise<Started> {
  const sockets = new Set<Socket>();
  server.on('connection', (socket: Socket) => {
    sockets.add(socket);
    socket.on('error', () => undefined);
  });
  const close = (): Promise<void> =>
    new Promise((resolve) => {
      server.close(() => resolve());
      for (const socket of sockets) socket.destroy();
    });
  return new Promise((resolve) => {
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      resolve({ port: typeof address === 'object' && address !== null ? address.port : 0, close });
    });
  });
}

/** TLS in front of a server on loopback, with the certificate of `okta.test` and `intake.test`. */
export function startTlsFront(url: string): Promise<Started> {
  const credentials = {
    key: readFileSync(join(FOLDER, 'server-key.pem')),
    cert: readFileSync(join(FOLDER, 'server.pem')),
  };
  return start(
    createTlsServer(credentials, (socket) =>
      joinSockets(socket, connect(Number(new URL(url).port), '127.0.0.1')),
    ),
  );
}

export interface TestProxy extends Started {
  /** `host:port` of each CONNECT, in their order. */
  readonly connects: readonly string[];
  /** `Proxy-Authorization` of each. */
  readonly authorizations: readonly (string | undefined)[];
}

export type Treatment = (
  target: string,
) => { readonly port: number } | { readonly refusal: string } | 'silence';

/** A CONNECT proxy that resolves names as it is told. */
export async function startProxy(treat: Treatment): Promise<TestProxy> {
  const connects: string[] = [];
  const authorizations: (string | undefined)[] = [];
  const server = createServer((_, response) => response.writeHead(400).end());
  server.on('connect', (request, socket: Socket) => {
    const target = request.url ?? '';
    connects.push(target);
    authorizations.push(request.headers['proxy-authorization']);
    socket.on('error', () => undefined);
    const treatment = treat(target);
    if (treatment === 'silence') return;
    if ('refusal' in treatment) {
      socket.end(`HTTP/1.1 ${treatment.refusal}\r\ncontent-length: 0\r\n\r\n`);
      return;
    }
    const upstream = connect(treatment.port, '127.0.0.1', () => {
      socket.write('HTTP/1.1 200 Connection established\r\n\r\n');
      joinSockets(socket, upstream);
    });
  });
  return { connects, authorizations, ...(await start(server)) };
}

function joinSockets(one: Socket, other: Socket): void {
  one.on('error', () => other.destroy());
  other.on('error', () => one.destroy());
  one.on('close', () => other.destroy());
  other.on('close', () => one.destroy());
  one.pipe(other).pipe(one);
}
