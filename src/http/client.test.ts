import { getEventListeners, once } from 'node:events';
import { createServer, type RequestListener, type ServerResponse } from 'node:http';
import { createServer as createSocketServer, type Server, type Socket } from 'node:net';
import { gzipSync } from 'node:zlib';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { MAX_ANSWER_BYTES } from './body.ts';
import { createHttpGet, type HttpAnswer, type HttpFault } from './client.ts';

const MEBIBYTE = 1024 * 1024;
const servers: { readonly server: Server; readonly sockets: Set<Socket> }[] = [];

afterEach(() => {
  vi.useRealTimers();
  for (const { server, sockets } of servers.splice(0)) {
    server.close();
    for (const socket of sockets) socket.destroy();
  }
});

async function open(server: Server): Promise<URL> {
  const sockets = new Set<Socket>();
  servers.push({ server, sockets });
  server.on('connection', (socket) => sockets.add(socket));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  return new URL(`http://127.0.0.1:${address.port}/api/v1/users?limit=2`);
}

const listen = (listener: RequestListener): Promise<URL> => open(createServer(listener));

/** A server that writes its bytes as they are, whatever was asked. */
const listenRaw = (answer: (socket: Socket) => void): Promise<URL> =>
  open(
    createSocketServer((socket) => {
      socket.on('error', () => undefined);
      socket.once('data', () => answer(socket));
    }),
  );

function get(
  url: URL,
  signal = new AbortController().signal,
  headers: Record<string, string> = {},
): Promise<HttpAnswer | HttpFault> {
  return createHttpGet({ timeoutMs: 60_000, userAgent: 'okta-ocsf/1.2.3' })(url, headers, signal);
}

describe('http, client: one GET', () => {
  test('gives the whole answer, whatever its status', async () => {
    const url = await listen((_, response) => response.writeHead(404, { 'x-a': 'b' }).end('{"Zoë":1}'));

    expect(await get(url)).toMatchObject({
      kind: 'answer',
      status: 404,
      headers: { 'x-a': 'b' },
      text: '{"Zoë":1}',
    });
  });

  test('gives a character whose bytes come apart', async () => {
    const bytes = Buffer.from('{"Zoë":"🔑"}');
    const url = await listenRaw((socket) => {
      socket.write(`HTTP/1.1 200 OK\r\nContent-Length: ${bytes.byteLength}\r\n\r\n`);
      let at = 0;
      const sendNext = (): void => {
        if (at < bytes.byteLength) socket.write(bytes.subarray(at, (at += 1)), () => setImmediate(sendNext));
      };
      sendNext();
    });

    expect(await get(url)).toMatchObject({ text: '{"Zoë":"🔑"}' });
  });

  test('says who asks, for what, with the headers given', async () => {
    const seen: unknown[] = [];
    const url = await listen((request, response) => {
      seen.push(request.method, request.url, request.headers);
      response.end('[]');
    });

    await get(url, undefined, { authorization: 'SSWS x' });

    expect(seen).toMatchObject([
      'GET',
      '/api/v1/users?limit=2',
      { authorization: 'SSWS x', 'user-agent': 'okta-ocsf/1.2.3', accept: 'application/json' },
    ]);
  });

  test('joins repeated Link headers', async () => {
    const url = await listen((_, response) => {
      response.setHeader('link', ['<https://a.example/1>; rel="self"', '<https://a.example/2>; rel="next"']);
      response.end('[]');
    });

    const answer = await get(url);

    expect(answer.kind === 'answer' && answer.headers.link).toBe(
      '<https://a.example/1>; rel="self", <https://a.example/2>; rel="next"',
    );
  });

  test.each([301, 302, 303, 304, 307, 308])('does not follow %i', async (status) => {
    const asked: (string | undefined)[] = [];
    const url = await listen((request, response) => {
      asked.push(request.url);
      response.writeHead(status, { location: '/elsewhere' }).end();
    });

    expect(await get(url)).toMatchObject({ kind: 'answer', status });
    expect(asked).toEqual(['/api/v1/users?limit=2']);
  });

  test('keeps no cookie', async () => {
    const cookies: (string | undefined)[] = [];
    const url = await listen((request, response) => {
      cookies.push(request.headers.cookie);
      response.writeHead(200, { 'set-cookie': 'sid=1; Path=/' }).end('[]');
    });
    const http = createHttpGet({ timeoutMs: 60_000, userAgent: 'x' });
    const { signal } = new AbortController();

    await http(url, {}, signal);
    await http(url, {}, signal);

    expect(cookies).toEqual([undefined, undefined]);
  });

  test.each([429, 500, 503])('does not repeat what got %i', async (status) => {
    const asked: unknown[] = [];
    const url = await listen((request, response) => {
      asked.push(request.url);
      response.writeHead(status, { 'retry-after': '0' }).end();
    });

    expect(await get(url)).toMatchObject({ status });
    expect(asked).toHaveLength(1);
  });

  test('leaves nothing hanging on the signal', async () => {
    const url = await listen((_, response) => response.end('[]'));
    const http = createHttpGet({ timeoutMs: 60_000, userAgent: 'x' });
    const { signal } = new AbortController();

    for (let call = 0; call < 20; call += 1) await http(url, {}, signal);

    expect(getEventListeners(signal, 'abort')).toHaveLength(0);
  });

  test('a header that no request can carry is a fault that does not show it', async () => {
    const url = await listen((_, response) => response.end('[]'));

    const fault = await get(url, undefined, { authorization: 'SSWS secret\n' });

    expect(fault).toEqual({ kind: 'fault', code: 'ERR_INVALID_CHAR' });
  });
});

test('http, client: large answers are read to their end one by one', async () => {
  const left: number[] = [];
  const lefts: number[][] = [];
  const pour = async (response: ServerResponse): Promise<void> => {
    const at = left.push(48) - 1;
    for (let mebibytes = 47; mebibytes >= 0; mebibytes -= 1) {
      if (!response.write(Buffer.alloc(MEBIBYTE, ' '))) await once(response, 'drain');
      left[at] = mebibytes;
    }
    lefts.push([...left]);
    response.end();
  };
  const url = await listen((_, response) => void pour(response));
  const http = createHttpGet({ timeoutMs: 60_000, userAgent: 'x' });
  const { signal } = new AbortController();

  const answers = await Promise.all([1, 2, 3].map(() => http(url, {}, signal)));

  expect(answers.map(({ kind }) => kind)).toEqual(['answer', 'answer', 'answer']);
  // The other answers are still in the sockets, unread.
  expect(lefts.map((each) => each.filter((mebibytes) => mebibytes > 20).length)).toEqual([2, 1, 0]);
});

describe('http, client: an answer over 64 MiB is not read on', () => {
  test('sent as it is', async () => {
    const sent = { bytes: 0 };
    const url = await listen((_, response) => {
      const part = Buffer.alloc(MEBIBYTE, ' ');
      const write = (): void => {
        while (!response.destroyed && response.write(part)) sent.bytes += MEBIBYTE;
      };
      response.on('drain', write);
      write();
    });

    expect(await get(url)).toEqual({ kind: 'fault', code: 'too-large' });
    expect(sent.bytes).toBeLessThan(2 * MAX_ANSWER_BYTES);
  });

  test.each([
    ['one gzip stream', gzipSync(Buffer.alloc(MAX_ANSWER_BYTES + 1))],
    [
      'gzip streams in a row',
      Buffer.concat(Array.from({ length: 70 }, () => gzipSync(Buffer.alloc(MEBIBYTE)))),
    ],
  ])('packed as %s', async (_, bomb) => {
    const url = await listen((_request, response) => {
      response.writeHead(200, { 'content-encoding': 'gzip' }).end(bomb);
    });

    expect(bomb.length).toBeLessThan(MEBIBYTE);
    expect(await get(url)).toEqual({ kind: 'fault', code: 'too-large' });
  });
});

test('http, client: a packed answer is unpacked', async () => {
  const url = await listen((_, response) => {
    response.writeHead(200, { 'content-encoding': 'gzip' }).end(gzipSync('["Zoë"]'));
  });

  expect(await get(url)).toMatchObject({ kind: 'answer', text: '["Zoë"]' });
});

describe('http, client: no whole answer is a fault', () => {
  const head = 'HTTP/1.1 200 OK\r\ncontent-type: application/json\r\n';
  const packed = gzipSync(JSON.stringify(Array.from({ length: 1000 }, (_, id) => ({ id }))));

  test.each([
    ['nothing', ''],
    ['half a head', 'HTTP/1.1 200 OK\r\ncontent-'],
    ['no HTTP', 'SSH-2.0-OpenSSH_9.6\r\n\r\n'],
    ['less than announced', `${head}content-length: 100\r\n\r\n[{"id":`],
    ['JSON, but less than announced', `${head}content-length: 100\r\n\r\n[]`],
    ['a chunk that breaks off', `${head}transfer-encoding: chunked\r\n\r\n10\r\n[{"id"`],
    ['no last chunk', `${head}transfer-encoding: chunked\r\n\r\n2\r\n[]\r\n`],
    ['what is not gzip', `${head}content-encoding: gzip\r\ncontent-length: 4\r\n\r\n[{}]`],
  ])('%s', async (_, text) => {
    const url = await listenRaw((socket) => socket.end(text));

    expect(await get(url)).toMatchObject({ kind: 'fault' });
  });

  test('gzip that breaks off', async () => {
    const url = await listen((_, response) => {
      response.writeHead(200, { 'content-encoding': 'gzip' }).end(packed.subarray(0, packed.length - 20));
    });

    expect(await get(url)).toMatchObject({ kind: 'fault' });
  });

  test('a reset', async () => {
    const url = await listenRaw((socket) => socket.resetAndDestroy());

    expect(await get(url)).toEqual({ kind: 'fault', code: 'ECONNRESET' });
  });

  test('nobody there', async () => {
    const url = await listen(() => undefined);
    servers[0]?.server.close();

    expect(await get(url)).toEqual({ kind: 'fault', code: 'ECONNREFUSED' });
  });
});

describe('http, client: an answer has to be there in time', () => {
  test.each([
    ['that never comes', (): void => undefined],
    ['whose head trickles', (socket: Socket): void => void socket.write('HTTP/1.1 200 OK\r\nx-a: ')],
    [
      'whose body trickles',
      (socket: Socket): void => void socket.write('HTTP/1.1 200 OK\r\ncontent-length: 999\r\n\r\n['),
    ],
  ])('one %s', async (name, answer) => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    const drops = Promise.withResolvers<Socket>();
    const url = await listenRaw((socket) => {
      answer(socket);
      drops.resolve(socket);
    });

    const fault = get(url);
    const socket = await drops.promise;
    for (let second = 0; second < 60; second += 1) {
      if (name !== 'that never comes') socket.write(' ');
      await vi.advanceTimersByTimeAsync(1000);
    }

    const begun = name === 'whose body trickles' ? { hasBegun: true } : {};
    expect(await fault).toEqual({ kind: 'fault', code: 'ETIMEDOUT', ...begun });
  });
});

describe('http, client: the signal', () => {
  test('ends a request under way', async () => {
    const asked = Promise.withResolvers<void>();
    const url = await listenRaw(() => asked.resolve());
    const stop = new AbortController();

    const answer = get(url, stop.signal);
    await asked.promise;
    stop.abort(new Error('told to stop'));

    await expect(answer).rejects.toThrow('told to stop');
  });

  test('lets nothing leave once it has fired', async () => {
    const asked: unknown[] = [];
    const url = await listen((request) => asked.push(request));

    await expect(get(url, AbortSignal.abort(new Error('told to stop')))).rejects.toThrow('told to stop');
    expect(asked).toEqual([]);
  });
});
