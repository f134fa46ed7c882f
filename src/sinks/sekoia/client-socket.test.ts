import { once } from 'node:events';
import { createServer, type RequestListener, type Server } from 'node:http';
import { afterEach, describe, expect, test } from 'vitest';
import { createIntakeClient } from './client.ts';

const servers: Server[] = [];
afterEach(() => {
  for (const server of servers.splice(0)) server.close().closeAllConnections();
});

async function listen(listener: RequestListener): Promise<{ server: Server; baseUrl: string }> {
  const server = createServer(listener).listen(0, '127.0.0.1');
  servers.push(server);
  await once(server, 'listening');
  const address = server.address();
  const port = typeof address === 'object' ? address?.port : undefined;
  return { server, baseUrl: `http://127.0.0.1:${port}` };
}

const createClient = (baseUrl: string) =>
  createIntakeClient({ baseUrl, connectorUuid: 'uuid', apiKey: () => 'key', userAgent: 'okta-ocsf/1.2.3' });

describe('sinks, client socket: over a real socket', () => {
  test('nobody listens', async () => {
    const { server, baseUrl } = await listen(() => undefined);
    server.close();
    await once(server, 'close');

    await expect(createClient(baseUrl).push(['{}'])).rejects.toMatchObject({
      code: 'intake_unavailable',
      cause: { code: 'ECONNREFUSED' },
    });
  });

  test('a reset before the answer', async () => {
    const { baseUrl } = await listen((request) => request.socket.resetAndDestroy());

    await expect(createClient(baseUrl).push(['{}'])).rejects.toMatchObject({ code: 'intake_unavailable' });
  });

  test('a 200 that breaks off has confirmed nothing', async () => {
    const { baseUrl } = await listen((_, response) => {
      response.writeHead(200, { 'content-length': '100' }).write('{"ok":', () => response.socket?.destroy());
    });

    await expect(createClient(baseUrl).push(['{}'])).rejects.toMatchObject({ code: 'intake_unavailable' });
  });

  test('asks for an answer that is not compressed, and unpacks none', async () => {
    const { baseUrl } = await listen((request, response) => {
      expect(request.headers['accept-encoding']).toBe('identity');
      response.writeHead(400, { 'content-encoding': 'gzip' }).end('not gzip at all');
    });

    const receipt = await createClient(baseUrl).push(['{}']);

    expect(receipt).toEqual({ kind: 'refused', reason: 'HTTP 400: not gzip at all' });
  });

  test('a stop after an answer that came before the batch had left is no error', async () => {
    const { baseUrl } = await listen((_, response) => response.end('{}'));
    const uncaught: unknown[] = [];
    const note = (thrown: unknown): void => void uncaught.push(thrown);
    const others = process.listeners('uncaughtException');
    process.removeAllListeners('uncaughtException').on('uncaughtException', note);
    const stop = new AbortController();

    const receipt = await createClient(baseUrl).push([`"${'x'.repeat(16_000_000)}"`], stop.signal);
    stop.abort();
    await new Promise((resolve) => setImmediate(resolve));

    process.removeAllListeners('uncaughtException');
    for (const each of others) process.on('uncaughtException', each);
    expect(receipt).toEqual({ kind: 'accepted' });
    expect(uncaught).toEqual([]);
  });

  test('one connection and one signal serve many pushes', async () => {
    const { server, baseUrl } = await listen((request, response) => {
      request.resume().on('end', () => response.end('{}'));
    });
    const connections: unknown[] = [];
    server.on('connection', (socket) => connections.push(socket));
    const client = createClient(baseUrl);
    const stop = new AbortController();

    for (let push = 0; push < 30; push += 1) await client.push(['{}'], stop.signal);
    stop.abort();

    expect(connections).toHaveLength(1);
  });
});
