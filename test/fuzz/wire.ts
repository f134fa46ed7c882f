import { once } from 'node:events';
import { createServer, type Socket } from 'node:net';
import { brotliCompressSync, deflateSync, gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { ConnectorError } from '../../src/ports/errors.ts';
import { createIntakeClient } from '../../src/sinks/sekoia/client.ts';
import { createLog } from '../../src/process/log.ts';
import { OktaClient } from '../../src/okta/client.ts';
import { createApiToken } from '../../src/okta/auth/credential.ts';
import { createHttpGet } from '../../src/http/client.ts';
import { listPages } from '../../src/okta/read/paging.ts';
import { readRate } from '../../src/okta/pace/rate-headers.ts';
import { Secret } from '../../src/settings/secret.ts';
import { must, name, text, type Target } from './target.ts';

/** The parts that a server writes, and its next step. */
export interface Written {
  readonly parts: readonly Uint8Array[];
  readonly after: 'end' | 'reset' | 'stay';
}

const TIMEOUT_MS = 400;
const LONGEST_MS = 20_000;
const bytes = (said: string): Uint8Array => Buffer.from(said, 'latin1');

const headerName = fc.oneof(
  fc.constantFrom(
    'link',
    'date',
    'x-rate-limit-limit',
    'x-rate-limit-remaining',
    'x-rate-limit-reset',
    'content-encoding',
  ),
  fc.constantFrom(
    'content-length',
    'transfer-encoding',
    'set-cookie',
    'location',
    'retry-after',
    'connection',
    'x-okta-request-id',
  ),
  fc.string({ maxLength: 20 }),
);
const headerValue = fc.oneof(
  name,
  fc.integer().map(String),
  fc.constantFrom(
    'gzip',
    'br',
    'zstd',
    'deflate, gzip',
    'chunked',
    'close',
    'upgrade',
    '600, 600',
    '9'.repeat(40),
  ),
  fc.constantFrom(
    '</api/v1/users?after=1>; rel="next"',
    '<http://thief.example/>; rel="next"',
    '<',
    '"'.repeat(500),
  ),
);
const header = fc.tuple(headerName, headerValue).map(([key, value]) => `${key}: ${value}\r\n`);
const status = fc.oneof(
  fc.constantFrom(100, 101, 103, 200, 204, 301, 401, 403, 404, 429, 500),
  fc.integer({ min: 0, max: 9999 }),
);

/** HTTP, more or less. */
const message = fc
  .record({
    status,
    headers: fc.array(header, { maxLength: 6 }),
    body: text,
    packed: fc.constantFrom('no', 'gzip', 'deflate', 'br'),
  })
  .map(({ status: code, headers, body, packed }): Uint8Array[] => {
    const plain = Buffer.from(body);
    const sent = {
      no: () => plain,
      gzip: () => gzipSync(plain),
      deflate: () => deflateSync(plain),
      br: () => brotliCompressSync(plain),
    }[packed]();
    const encoding = packed === 'no' ? '' : `content-encoding: ${packed}\r\n`;
    return [
      bytes(`HTTP/1.1 ${code} X\r\n${encoding}${headers.join('')}content-length: ${sent.length}\r\n\r\n`),
      sent,
    ];
  });
const written: fc.Arbitrary<Written> = fc.record({
  parts: fc.oneof(
    { weight: 8, arbitrary: message },
    { weight: 1, arbitrary: fc.array(fc.uint8Array({ maxLength: 200 }), { maxLength: 4 }) },
    { weight: 1, arbitrary: fc.tuple(message, message).map(([one, other]) => [...one, ...other]) },
  ),
  after: fc.oneof({ weight: 12, arbitrary: fc.constant('end' as const) }, fc.constantFrom('reset', 'stay')),
});

async function startWriter(): Promise<{
  url: string;
  next: { said: Written | undefined };
  close: () => void;
}> {
  const next: { said: Written | undefined } = { said: undefined };
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on('error', () => undefined).on('close', () => sockets.delete(socket));
    socket.on('data', () => {
      const { said } = next;
      for (const part of said?.parts ?? []) socket.write(part);
      if (said?.after === 'end') socket.end();
      if (said?.after === 'reset') socket.resetAndDestroy();
    });
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  const close = (): void => {
    server.close();
    for (const socket of sockets) socket.destroy();
  };
  return { url: `http://127.0.0.1:${typeof address === 'object' ? address?.port : ''}`, next, close };
}

async function inTime(work: Promise<unknown>): Promise<void> {
  const startedAt = performance.now();
  try {
    await work;
  } catch (error) {
    if (!(error instanceof ConnectorError)) throw error;
    must(!error.message.includes('SECRET') && error.code !== 'internal', `${error.code}: ${error.message}`);
  }
  must(performance.now() - startedAt < LONGEST_MS, 'it took too long');
}

/** Okta's client and its paging, over a real socket. */
export async function oktaOnTheWire(): Promise<Target<Written>> {
  const { url, next, close } = await startWriter();
  const clock = { now: () => Date.now(), sleep: () => Promise.resolve() };
  const client = new OktaClient({
    baseUrl: new URL(url),
    credential: createApiToken(new Secret('SECRET-token')),
    http: createHttpGet({ timeoutMs: TIMEOUT_MS, userAgent: 'fuzz' }),
    limits: {
      schedule: (_, call) => call(),
      observe: () => undefined,
      refused: (_, rate) => (rate?.limit === 0 ? 'concurrency' : 'bucket'),
      waitedMs: 0,
    },
    clock,
    random: () => 0.5,
    log: createLog(
      { write: (line) => must(!line.includes('SECRET'), line) },
      { level: 'trace', secrets: [], pretty: { colour: false }, now: () => 0 },
    ),
    signal: new AbortController().signal,
  });
  const read = async (): Promise<void> => {
    const listing = { path: '/api/v1/users?limit=200', template: '/api/v1/users', next: 'link' } as const;
    for await (const { headers } of listPages(client, listing, new Set())) readRate(headers);
  };
  return {
    name: "Okta's answers, byte by byte",
    input: written,
    tryOne: async (said) => {
      next.said = said;
      await inTime(read());
    },
    close,
  };
}

export async function intakeOnTheWire(): Promise<Target<Written>> {
  const { url, next, close } = await startWriter();
  const client = createIntakeClient({
    baseUrl: url,
    connectorUuid: 'x',
    apiKey: () => 'SECRET-key',
    userAgent: 'fuzz',
    timeoutMs: TIMEOUT_MS,
  });
  return {
    name: "the intake's answers, byte by byte",
    input: written,
    tryOne: async (said) => {
      next.said = said;
      await inTime(client.push(['{}']));
    },
    close,
  };
}
