import { once } from 'node:events';
import { createServer, type Server, type Socket } from 'node:net';
import { afterEach, describe, expect, test } from 'vitest';
import { ConnectorError } from '../../src/ports/errors.ts';
import { createIntakeClient } from '../../src/sinks/sekoia/client.ts';

const servers: { server: Server; sockets: Set<Socket> }[] = [];
afterEach(() => {
  for (const { server, sockets } of servers.splice(0)) {
    server.close();
    for (const socket of sockets) socket.destroy();
  }
});

/** An intake that gets each connection as it is, nothing read from it. */
async function intake(answer: (socket: Socket) => void, timeoutMs = 20_000) {
  const sockets = new Set<Socket>();
  const server = createServer({ pauseOnConnect: true }, (socket) => {
    sockets.add(socket);
    socket.on('error', () => undefined);
    answer(socket);
  }).listen(0, '127.0.0.1');
  servers.push({ server, sockets });
  await once(server, 'listening');
  const address = server.address();
  const baseUrl = `http://127.0.0.1:${typeof address === 'object' ? address?.port : ''}`;
  return createIntakeClient({
    baseUrl,
    connectorUuid: 'uuid',
    apiKey: () => 'secret-key',
    userAgent: 'x',
    timeoutMs,
  });
}

/** Answers with this text once the request has come. */
const saying = (text: string) => (socket: Socket) => {
  socket.resume();
  socket.once('data', () => socket.end(text));
};
const answer = (status: number, body: string, headers = ''): string =>
  `HTTP/1.1 ${status} Whatever\r\n${headers}content-length: ${Buffer.byteLength(body)}\r\n\r\n${body}`;

async function outcome(pushing: Promise<unknown>): Promise<unknown> {
  return pushing.catch((error: unknown) => (error instanceof ConnectorError ? error.code : error));
}

describe('hostile input, intake: a 2xx has confirmed the batch only when its body is empty or JSON without an error', () => {
  test.each([
    ['100,000 levels', `${'['.repeat(100_000)}${']'.repeat(100_000)}`],
    ['keys that reach for the prototype', '{"__proto__":{"kind":"refused"}}'],
    ['megabytes of results', `[${'{"status":"stored"},'.repeat(100_000)}{}]`],
  ])('%s', async (_, body) => {
    const client = await intake(saying(answer(200, body)));

    expect(await client.push(['{}'])).toEqual({ kind: 'accepted' });
  });

  test.each([
    ['HTML', '<html>Welcome</html>'],
    ['levels without an end', '['.repeat(100_000)],
    ['an error in words', '{"code":"E1","message":"not stored"}'],
    ['bytes that are no text', '\u00FF\u00FE\u0000'],
    ['more than is read of a confirmation', `{"ok":true${' '.repeat(17_000_000)}}`],
  ])('not %s', async (_, body) => {
    const client = await intake(saying(answer(200, body)));

    expect(await outcome(client.push(['{}']))).toBe('intake_unavailable');
  });
});

describe('hostile input, intake: the reason of a refusal is one short line', () => {
  test.each([
    ['100,000 levels', '{"message":'.repeat(100_000), /^HTTP 422: \{"message"/],
    ['another prototype', '{"__proto__":{"message":"polluted"}}', /^HTTP 422: \{"__proto__"/],
    ['a message that is no text', '{"message":{"toString":7}}', /^HTTP 422: \{"message"/],
    ['signs for a terminal', '{"message":"\\u001b[2J\\u202e\\u009b2J gone"}', /^HTTP 422: \[2J 2J gone$/],
    ['the key', '{"message":"you sent secret-key"}', /^HTTP 422: you sent \[secret\]$/],
    ['megabytes', `{"message":"${'x'.repeat(5_000_000)}"}`, /^HTTP 422: \{"message":"x+…$/],
  ])('that holds %s', async (_, body, reason) => {
    const client = await intake(saying(answer(422, body)));

    const receipt = await client.push(['{}']);

    expect(receipt).toMatchObject({ kind: 'refused', reason: expect.stringMatching(reason) });
    expect(JSON.stringify(receipt).length).toBeLessThan(1100);
  });
});

describe('hostile input, intake: no usable answer asks to send the batch again', () => {
  test.each([
    ['another protocol', 'SSH-2.0-OpenSSH_9.6\r\n\r\n'],
    ['a status that is none', answer(999, '')],
    ['more headers than Node takes', answer(200, '', `x-a: ${'x'.repeat(100_000)}\r\n`)],
    ['two lengths', 'HTTP/1.1 200 OK\r\ncontent-length: 2\r\ncontent-length: 3\r\n\r\n{}'],
    ['an upgrade', 'HTTP/1.1 101 Switching Protocols\r\nupgrade: x\r\nconnection: upgrade\r\n\r\n'],
    ['a length and chunks', 'HTTP/1.1 200 OK\r\ncontent-length: 2\r\ntransfer-encoding: chunked\r\n\r\n{}'],
  ])('%s', async (_, text) => {
    const client = await intake(saying(text), 3000);

    expect(await outcome(client.push(['{}']))).toBe('intake_unavailable');
  });

  test('a wish that is nonsense, or repeated, is no wish', async () => {
    const wishes = 'retry-after: -1\r\nretry-after: 99999999999999999999\r\ndate: x\r\n';
    const client = await intake(saying(answer(429, '', wishes)));

    await expect(client.push(['{}'])).rejects.toMatchObject({
      code: 'intake_unavailable',
      waitMs: undefined,
    });
  });

  test('heads that never end', async () => {
    const client = await intake((socket) => {
      socket.resume();
      const timer = setInterval(() => socket.write('HTTP/1.1 100 Continue\r\n\r\n'), 20);
      socket.on('close', () => clearInterval(timer));
    }, 500);

    expect(await outcome(client.push(['{}']))).toBe('intake_unavailable');
  });
});

describe('hostile input, intake: accepting slowly', () => {
  const large = [JSON.stringify({ text: 'x'.repeat(20_000_000) })];

  test('a batch that is never read ends in time', async () => {
    const client = await intake(() => undefined, 1000);

    expect(await outcome(client.push(large))).toBe('intake_unavailable');
  });

  test('a batch that is read drop by drop ends in time', async () => {
    const client = await intake((socket) => {
      const timer = setInterval(() => {
        socket.resume();
        setImmediate(() => socket.pause());
      }, 100);
      socket.on('close', () => clearInterval(timer));
    }, 1000);

    expect(await outcome(client.push(large))).toBe('intake_unavailable');
  });
});
