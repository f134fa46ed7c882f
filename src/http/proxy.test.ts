import { createServer, type Server } from 'node:net';
import { afterEach, describe, expect, test } from 'vitest';
import { createHttpGet } from './client.ts';
import { needsProxy, routeTo } from './proxy.ts';
import { Secret } from '../settings/secret.ts';

const servers: Server[] = [];

afterEach(() => {
  for (const server of servers.splice(0)) server.close();
});

describe('http, proxy: NO_PROXY', () => {
  test.each([
    ['https://acme.okta.com', undefined, true],
    ['https://acme.okta.com', '', true],
    ['https://acme.okta.com', '*', false],
    ['https://acme.okta.com', 'acme.okta.com', false],
    ['https://acme.okta.com', 'example.com, ACME.okta.com', false],
    ['https://acme.okta.com', 'okta.com', false],
    ['https://acme.okta.com', '.okta.com', false],
    ['https://acme.okta.com', '*.okta.com', false],
    ['https://acme.okta.com.', 'okta.com.', false],
    ['https://evilokta.com', 'okta.com', true],
    ['https://okta.com.evil.example', 'okta.com', true],
    ['https://acme.okta.com', 'acme.okta.com:443', false],
    ['https://acme.okta.com', 'acme.okta.com:8443', true],
    ['https://acme.okta.com:8443', 'acme.okta.com:8443', false],
    ['https://10.0.0.7', '10.0.0.7', false],
    ['https://[fd00::1]', '[fd00::1]', false],
    ['https://acme.okta.com', ':443,.,,', true],
  ])('for %s, %j: proxy %s', (url, noProxy, expected) => {
    expect(needsProxy(new URL(url), noProxy)).toBe(expected);
  });

  test.each(['http://127.0.0.1:8080', 'https://127.0.0.1', 'https://localhost:8443', 'https://[::1]'])(
    'need not name this machine: %s',
    (url) => {
      expect(needsProxy(new URL(url))).toBe(false);
    },
  );
});

test('http, proxy: a proxy that never answers is given up', async () => {
  const server = createServer((socket) => socket.on('error', () => undefined));
  servers.push(server);
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  const httpsProxy = new Secret(`http://reader:pass-word@127.0.0.1:${port}`);
  const route = routeTo('https://acme.okta.example', { httpsProxy }, 200);
  const get = createHttpGet({ timeoutMs: 60_000, userAgent: 'x', route });

  const fault = await get(new URL('https://acme.okta.example/'), {}, new AbortController().signal);

  expect(fault).toMatchObject({ kind: 'fault', proxy: { kind: 'passing' } });
  expect(JSON.stringify(fault)).toContain('HTTPS_PROXY');
  expect(JSON.stringify(fault)).not.toContain('pass-word');
});
