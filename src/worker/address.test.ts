import { expect, onTestFinished, test } from 'vitest';
import { listen } from '../http/server.ts';
import { createTestWorld } from '../process/world.fixture.ts';
import { createLog } from '../process/log.ts';
import { WorkerAddress, type ListenAddress } from './address.ts';

async function start(address: ListenAddress = { host: '127.0.0.1', port: 0 }) {
  const { world, stderr } = createTestWorld();
  const log = createLog(world.err, { level: 'info', secrets: [], pretty: false, now: () => 0 });
  const routes = { '/healthz': () => ({ status: 200, body: 'ok\n' }) };
  const worker = await WorkerAddress.listen(address, {
    listen: (where) => listen({ ...where, routes, log }),
    log,
  });
  onTestFinished(() => worker.close());
  return { worker, stderr };
}

async function freePort(): Promise<number> {
  const { worker } = await start();
  await worker.close();
  return portOf(worker);
}

function portOf({ url }: WorkerAddress): number {
  return Number(new URL(url ?? '').port);
}

function answers(url: string | undefined): Promise<boolean> {
  return fetch(`${url}/healthz`).then(
    ({ ok }) => ok,
    () => false,
  );
}

test('worker, address: it moves where the settings say, and says so', async () => {
  const { worker, stderr } = await start();
  const before = worker.url;
  const port = await freePort();

  await worker.move({ host: '127.0.0.1', port });

  expect([portOf(worker), await answers(worker.url), await answers(before)]).toEqual([port, true, false]);
  expect(stderr()).toContain(`"url":"http://127.0.0.1:${port}","msg":"listens at another address now`);
});

test('worker, address: it stays where it is when it cannot move, says why, and moves once it can', async () => {
  const { worker: other } = await start();
  const { worker, stderr } = await start();
  const before = worker.url;
  const taken = { host: '127.0.0.1', port: portOf(other) };

  await worker.move(taken);
  const stayed = [worker.url, await answers(worker.url)];
  await other.close();
  await worker.move(taken);

  expect(stayed).toEqual([before, true]);
  expect(stderr()).toMatch(/"level":"error".*HTTP_PORT: \d+ is in use.*the old one stays/);
  expect(portOf(worker)).toBe(taken.port);
});

test('worker, address: the same port on another host is no port in use, and a wrong host brings it back', async () => {
  const port = await freePort();
  const { worker, stderr } = await start({ host: '127.0.0.1', port });

  await worker.move({ host: '0.0.0.0', port });
  const everywhere = worker.url;
  await worker.move({ host: 'no.such.host.invalid', port });

  expect(everywhere).toBe(`http://0.0.0.0:${port}`);
  expect([worker.url, await answers(`http://127.0.0.1:${port}`)]).toEqual([everywhere, true]);
  expect(stderr()).toContain('HTTP_HOST');
});

test('worker, address: an unchanged setting moves nothing, and of many changes the last counts', async () => {
  const { worker, stderr } = await start();
  const before = worker.url;
  const ports = [await freePort(), await freePort()];

  await worker.move({ host: '127.0.0.1', port: 0 });
  const unchanged = [worker.url, stderr()];
  await Promise.all(ports.map((port) => worker.move({ host: '127.0.0.1', port })));

  expect(unchanged).toEqual([before, '']);
  expect(portOf(worker)).toBe(ports[1]);
  expect(stderr().split('\n')).toHaveLength(2);
});
