import { Hono } from 'hono';
import { connect } from 'node:net';
import { networkInterfaces } from 'node:os';
import { describe, expect, onTestFinished, test } from 'vitest';
import { ConfigError } from '../ports/errors.ts';
import type { Log } from '../ports/log.ts';
import { listen, type ListenOptions } from './server.ts';
import type { HttpServer } from './listen.ts';

const SILENT: Log = {
  error: () => undefined,
  warn: () => undefined,
  info: () => undefined,
  debug: () => undefined,
  trace: () => undefined,
};

async function serve(changes: Partial<ListenOptions> = {}): Promise<HttpServer> {
  const routes = {
    '/healthz': () => ({ status: 200, body: 'ok\n' }),
    '/broken': () => Promise.reject(new Error('secret detail')),
  };
  const server = await listen({ host: '127.0.0.1', port: 0, routes, log: SILENT, ...changes });
  onTestFinished(() => server.close());
  return server;
}

/** Sends text as it stands, and gives what came back until the other side ended. */
function exchange(server: HttpServer, text: string): Promise<string> {
  return new Promise((resolve, reject) => {
    let answer = '';
    const socket = connect(Number(new URL(server.url).port), '127.0.0.1', () => socket.write(text));
    socket.on('data', (part) => (answer += String(part)));
    socket.on('error', reject);
    socket.on('close', () => resolve(answer));
  });
}

test('http, server: 0.0.0.0 answers by IPv4, and by IPv6 where this machine has it', async () => {
  const { port } = new URL((await serve({ host: '0.0.0.0' })).url);
  const hasIpv6 = Object.values(networkInterfaces()).some((all) =>
    all?.some(({ address }) => address === '::1'),
  );

  for (const host of ['127.0.0.1', ...(hasIpv6 ? ['[::1]'] : [])]) {
    expect((await fetch(`http://${host}:${port}/healthz`)).status).toBe(200);
  }
});

describe('http, server: answers', () => {
  test.each([
    ['GET', '/healthz', 200, 'ok\n'],
    ['GET', '/healthz?verbose=1', 200, 'ok\n'],
    ['HEAD', '/healthz', 200, ''],
    ['POST', '/healthz', 405, 'only GET and HEAD\n'],
    ['DELETE', '/healthz', 405, 'only GET and HEAD\n'],
    ['GET', '/', 404, 'not found\n'],
    ['GET', '/healthz/', 404, 'not found\n'],
    ['GET', '/constructor', 404, 'not found\n'],
    ['POST', '/nope', 404, 'not found\n'],
    ['GET', '/broken', 500, 'error\n'],
  ])('%s %s: %i', async (method, path, status, body) => {
    const { url } = await serve();

    const answer = await fetch(url + path, { method });

    expect([answer.status, await answer.text()]).toEqual([status, body]);
  });

  test('tell nothing of the program that answers and keep no connection', async () => {
    const { url } = await serve();
    const { headers } = await fetch(`${url}/healthz`);

    expect([...headers.keys()].toSorted()).toEqual([
      'cache-control',
      'connection',
      'content-length',
      'content-type',
      'date',
      'x-content-type-options',
    ]);
    expect(headers.get('connection')).toBe('close');
  });

  test.each([
    'GET http://elsewhere/healthz HTTP/1.1\r\nhost: x\r\n\r\n',
    'nonsense\r\n\r\n',
    'GET /%zz HTTP/1.1\r\nhost: x\r\n\r\n',
    `GET /healthz HTTP/1.1\r\nhost: x\r\nx-large: ${'x'.repeat(9000)}\r\n\r\n`,
  ])('to %j are a 4xx', async (text) => {
    expect(await exchange(await serve(), text)).toMatch(/^HTTP\/1\.1 4\d\d /);
  });
});

describe('http, server: pages for people', () => {
  const OWN_PAGE = 'GET /page HTTP/1.1\r\nhost: ';

  function servePage(): Promise<HttpServer> {
    const app = new Hono().get('/page', (context) => context.text('for people'));
    return serve({ pages: { app, allowedHosts: () => ['status.example.com'] } });
  }

  test.each([
    ['localhost', 200],
    ['LOCALHOST:8080', 200],
    ['org.localhost.', 200],
    ['127.0.0.1:8080', 200],
    ['10.1.2.3', 200],
    ['[::1]:8080', 200],
    ['[fd00::7]', 200],
    ['status.example.com', 200],
    ['Status.Example.com:443', 200],
    ['evil', 421],
    ['evil.example.com', 421],
    ['other.status.example.com', 421],
    ['127.0.0.1.evil.example.com', 421],
    ['localhost.evil.example.com', 421],
  ])('are answered under Host %s: %i', async (host, status) => {
    const answer = await exchange(await servePage(), `${OWN_PAGE}${host}\r\n\r\n`);

    expect(answer).toMatch(new RegExp(`^HTTP/1\\.1 ${status} `));
    expect(answer.includes('for people')).toBe(status === 200);
  });

  test.each(['', 'localhost@evil', 'evil/localhost', '[::1', 'a b'])(
    'are not answered under a Host that is none: %j',
    async (host) => {
      const answer = await exchange(await servePage(), `${OWN_PAGE}${host}\r\n\r\n`);

      expect(answer).toMatch(/^HTTP\/1\.1 4\d\d /);
    },
  );

  test('leave health to any Host, and to none', async () => {
    const server = await servePage();

    expect(await exchange(server, 'GET /healthz HTTP/1.1\r\nhost: evil\r\n\r\n')).toMatch(/ 200 [^]*ok\n$/);
    expect(await exchange(server, 'GET /healthz HTTP/1.0\r\n\r\n')).toMatch(/ 200 [^]*ok\n$/);
  });

  test('are for GET and HEAD only', async () => {
    const { url } = await servePage();
    const answers = ['GET', 'HEAD', 'POST', 'PUT', 'OPTIONS'].map((method) =>
      fetch(`${url}/page`, { method }),
    );

    expect((await Promise.all(answers)).map(({ status }) => status)).toEqual([200, 200, 405, 405, 405]);
  });

  test('200 requests at once are answered', async () => {
    const { url } = await servePage();
    const answers = await Promise.all(Array.from({ length: 200 }, () => fetch(`${url}/page`)));

    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([200]));
  });
});

describe('http, server: clients that take their time', () => {
  test('one that never ends its request is cut off', async () => {
    const server = await serve({ requestTimeoutMs: 100 });

    expect(await exchange(server, 'GET /healthz HTTP/1.1\r\nx-slow: ')).toMatch(/^HTTP\/1\.1 408 /);
  });

  test('one that is still connected does not hold up the end', async () => {
    const server = await serve();
    const ended = exchange(server, 'GET /healthz HTTP/1.1\r\nx-slow: ');
    await fetch(`${server.url}/healthz`);

    await server.close();

    expect(await ended).toBe('');
  });
});

describe('http, server: what cannot be listened on names the setting', () => {
  test('a port in use', async () => {
    const { url } = await serve();
    const port = Number(new URL(url).port);
    const again = serve({ port });

    await expect(again).rejects.toThrow(ConfigError);
    await expect(again).rejects.toThrow(`HTTP_PORT: ${port} is in use on 127.0.0.1`);
  });

  test('an address that is not of this machine', async () => {
    await expect(serve({ host: '192.0.2.1' })).rejects.toThrow('HTTP_HOST: cannot be listened on');
  });
});
