import { createServer, type AddressInfo } from 'node:net';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { run } from './programs.fixture.ts';

const SCRIPT = join(import.meta.dirname, '../../bin/healthcheck.js');

/** Answers every request with this status; returns its port. */
async function answering(status: number, host: string): Promise<number> {
  const server = createServer((socket) => {
    socket.end(`HTTP/1.1 ${status} x\r\ncontent-length: 0\r\nconnection: close\r\n\r\n`);
  });
  await new Promise<void>((resolve) => {
    server.listen(0, host, resolve);
  });
  onTestFinished(() => {
    server.close();
  });
  const address: AddressInfo | string | null = server.address();
  return typeof address === 'object' && address !== null ? address.port : 0;
}

test.each([
  ['every address', '127.0.0.1', { HTTP_HOST: '0.0.0.0' }, 200, 0],
  ['every address, of IPv6 alone', '::1', { HTTP_HOST: '0.0.0.0' }, 200, 0],
  ['one address', '127.0.0.2', { HTTP_HOST: '127.0.0.2' }, 200, 0],
  ['one address of IPv6', '::1', { HTTP_HOST: '::1' }, 200, 0],
  ['a worker that is stuck', '127.0.0.1', {}, 503, 1],
])('image, health check: asks where the worker listens: %s', async (_case, host, env, status, code) => {
  const port = await answering(status, host);

  expect((await run(process.execPath, [SCRIPT], { ...env, HTTP_PORT: String(port) })).code).toBe(code);
});

test('image, health check: nobody who listens is not healthy', async () => {
  expect((await run(process.execPath, [SCRIPT], { HTTP_PORT: '1' })).code).toBe(1);
});
