import { generateKeyPairSync } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { connect } from 'node:net';
import { once } from 'node:events';
import { expect, onTestFinished, test } from 'vitest';
import type { HttpCall } from './call.ts';
import { listenForCalls } from './call-server.ts';
import type { TlsPair } from './tls-pair.ts';

const PRIVATE_CA = new URL('../../test/private-ca/', import.meta.url);

const SILENT = {
  error: () => undefined,
  warn: () => undefined,
  info: () => undefined,
  debug: () => undefined,
  trace: () => undefined,
};

/** A server that says how it saw the request's body, with room for 1,500 bytes at once. Gives its port. */
async function serve(
  withinMs: number,
  answered: (call: HttpCall) => void = () => undefined,
  more: { readonly requestTimeoutMs?: number; readonly tls?: TlsPair } = {},
): Promise<number> {
  const room = { left: 1500 };
  const server = await listenForCalls({
    host: '127.0.0.1',
    port: 0,
    ...more,
    log: SILENT,
    answer: async (call) => {
      answered(call);
      if (call.method === 'GET') throw new Error('secret detail');
      const body = await call.body({ mostBytes: 1000, withinMs, room });
      return { status: body.kind === 'whole' ? 200 : 413, body: body.kind };
    },
  });
  onTestFinished(() => server.close());
  return Number(new URL(server.url).port);
}

/** Sends text as it stands, and gives what came back until the other side ended. */
function exchange(port: number, ...parts: readonly string[]): Promise<string> {
  return new Promise((resolve, reject) => {
    let answer = '';
    const socket = connect(port, '127.0.0.1', () => {
      for (const part of parts) socket.write(part);
    });
    socket.on('data', (part) => {
      answer += String(part);
      // A client that reads its answer and goes.
      if (/too-|no-room/.test(answer)) socket.end();
    });
    socket.on('error', reject);
    socket.on('close', () => resolve(answer));
  });
}

const HEAD = 'POST /a?b=c HTTP/1.1\r\nhost: x\r\n';

test('http, call: the answer comes although the body is too large, and its client still sends', async () => {
  const port = await serve(60_000);

  expect(await exchange(port, `${HEAD}content-length: 1001\r\n\r\n`, 'x'.repeat(500))).toMatch(
    /^HTTP\/1.1 413[^]*too-large/,
  );
  const chunked = `${HEAD}transfer-encoding: chunked\r\n\r\n`;
  expect(await exchange(port, chunked, `7d0\r\n${'x'.repeat(2000)}\r\n`)).toMatch(
    /^HTTP\/1.1 413[^]*too-large/,
  );
});

test('http, call: a body that takes too long is not waited for', async () => {
  expect(await exchange(await serve(1), `${HEAD}content-length: 10\r\n\r\n`, 'x')).toMatch(/too-slow/);
});

test('http, call: bodies that are read at once share the room, and give it back', async () => {
  const calls: HttpCall[] = [];
  const port = await serve(60_000, (call) => calls.push(call));
  const part = `${HEAD}content-length: 1000\r\n\r\n${'x'.repeat(900)}`;
  const first = connect(port, '127.0.0.1', () => first.write(part));
  await expect.poll(() => calls.length, { interval: 5 }).toBe(1);

  expect(await exchange(port, part)).toMatch(/^HTTP\/1.1 413[^]*no-room/);
  first.destroy();
  await expect.poll(() => exchange(port, part, 'x'.repeat(100))).toMatch(/^HTTP\/1.1 200[^]*whole/);
});

test('http, call: shows each header that was sent, and the path without its query', async () => {
  const seen: HttpCall[] = [];
  const port = await serve(60_000, (call) => seen.push(call));
  const answer = await exchange(port, `${HEAD}X-Key: 1\r\nx-key: 2\r\ncontent-length: 2\r\n\r\nok`);

  expect(answer).toMatch(/^HTTP\/1.1 200[^]*nosniff[^]*whole$/);
  expect(seen.map((call) => [call.path, ...call.header('x-key')])).toEqual([['/a', '1', '2']]);
});

test('http, call: a fault of ours tells nothing', async () => {
  const answer = await exchange(await serve(60_000), 'GET / HTTP/1.1\r\nhost: x\r\n\r\n');

  expect(answer).toMatch(/^HTTP\/1.1 500/);
  expect(answer).not.toContain('secret detail');
});

test('http, call: a certificate and a key that do not belong together are refused, whatever their kinds', async () => {
  const cert = readFileSync(new URL('server.pem', PRIVATE_CA), 'utf8');
  const pem = { type: 'pkcs8', format: 'pem' } as const;
  const rsa = generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey;
  const ec = generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey;
  const sealed = ec.export({ ...pem, cipher: 'aes-256-cbc', passphrase: 'x' });
  const withKey = (key: string | Buffer) => serve(1, undefined, { tls: { cert, key: String(key) } });

  for (const key of [rsa, ec])
    await expect(withKey(key.export(pem))).rejects.toThrow('HOOK_TLS_CERT_FILE: begins with a certificate');
  for (const key of [sealed, cert, ''])
    await expect(withKey(key)).rejects.toThrow('HOOK_TLS_KEY_FILE: holds no private key');
  await expect(serve(1, undefined, { tls: { cert: 'half a certifi', key: '' } })).rejects.toThrow(
    'HOOK_TLS_CERT_FILE: holds no certificate',
  );
});

test('http, call: a client that connects and says nothing is cut off, over TLS too', async () => {
  const [cert, key] = ['server.pem', 'server-key.pem'].map((name) =>
    readFileSync(new URL(name, PRIVATE_CA), 'utf8'),
  );
  const tls = { cert: cert ?? '', key: key ?? '' };

  expect(await exchange(await serve(60_000, undefined, { requestTimeoutMs: 50 }))).toMatch(/^HTTP\/1.1 408/);
  expect(await exchange(await serve(60_000, undefined, { requestTimeoutMs: 50, tls }))).toBe('');
});

test('http, call: connections that say nothing keep nobody out', async () => {
  const port = await serve(60_000);
  const silent = Array.from({ length: 300 }, () => connect(port, '127.0.0.1').on('error', () => undefined));
  onTestFinished(() => silent.forEach((socket) => void socket.destroy()));
  await Promise.all(silent.map((socket) => once(socket, 'connect')));

  expect(await exchange(port, `${HEAD}content-length: 2\r\n\r\nok`)).toMatch(/^HTTP\/1.1 200/);
});
