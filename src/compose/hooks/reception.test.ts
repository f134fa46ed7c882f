import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connect } from 'node:tls';
import { expect, onTestFinished, test, vi } from 'vitest';
import { ReceivedHooks } from '../../hooks/desk.ts';
import type { ReceptionKnowledge } from '../../hooks/thread-messages.ts';
import type { TlsPair } from '../../http/tls-pair.ts';
import { SqliteHookInbox } from '../../inventory/sqlite/hooks/inbox.ts';
import { ConfigError } from '../../ports/errors.ts';
import { systemClock } from '../../process/clock.ts';
import { HookReception } from './reception.ts';

const SOON = { timeout: 20_000 };
const FIRST = 'the-first-secret-of-more-than-32-characters';
const SECOND = 'the-second-secret-of-more-than-32-characters';

const PRIVATE_CA = new URL('../../../test/private-ca/', import.meta.url);

function pem(name: string): string {
  return readFileSync(new URL(name, PRIVATE_CA), 'utf8');
}

/** The subject of the certificate that comes with that of the port; `undefined`: none does. */
async function issuerAt(url: string): Promise<string | undefined> {
  const { port } = new URL(url);
  const socket = connect({ host: '127.0.0.1', port: Number(port), rejectUnauthorized: false });
  await once(socket, 'secureConnect');
  const subject = socket.getPeerX509Certificate()?.issuerCertificate?.subject;
  socket.destroy();
  return subject;
}

async function open(port = 0, tls?: TlsPair) {
  const stateDir = mkdtempSync(join(tmpdir(), 'okta-ocsf-reception-'));
  const lines: string[] = [];
  const say = (_: unknown, message: string): void => void lines.push(message);
  const log = { error: say, warn: say, info: say, debug: say, trace: say };
  const inbox = new SqliteHookInbox(stateDir, systemClock, { waitMs: 1000 });
  const ignore = (): void => undefined;
  const timings = { hookAnswered: ignore, hookEvents: ignore, hookLag: ignore, hookDelivered: ignore };
  const onArrival = vi.fn<() => void>();
  const onUnauthorized = vi.fn<() => void>();
  const desk = new ReceivedHooks({
    openInbox: () => inbox,
    delayMs: 0,
    clock: systemClock,
    timings,
    onArrival,
    log,
  });
  const known: { now: ReceptionKnowledge } = {
    now: { secrets: [FIRST], baseUrl: 'https://org.example', ownHosts: new Set(), assets: new Set() },
  };
  const place = { host: '127.0.0.1', port, path: '/okta/events', header: 'authorization', tls };
  const { reception, url } = await HookReception.open(
    { ...place, stateDir },
    { desk, knowledge: () => known.now, onUnauthorized, clock: systemClock, log },
  );
  onTestFinished(async () => {
    await reception.close();
    inbox.close();
    rmSync(stateDir, { recursive: true });
  });
  return { reception, url, desk, inbox, known, lines, onArrival, onUnauthorized };
}

async function send(
  url: string,
  authorization: string,
  uuid = '1',
  org = 'https://org.example',
): Promise<number> {
  const target = [{ id: '00u1abcdefghijkl0h7', type: 'User' }];
  const events = [{ uuid, published: '2026-01-01T00:00:00Z', eventType: 'user.account.lock', target }];
  const body = JSON.stringify({ source: `${org}/api/v1/eventHooks/who1`, data: { events } });
  try {
    return (await fetch(`${url}/okta/events`, { method: 'POST', headers: { authorization }, body })).status;
  } catch {
    return 0;
  }
}

test('compose, reception: what a hook marks is on disk before its answer, and wakes the worker once', async () => {
  const { url, desk, inbox, onArrival } = await open();

  expect([await send(url, FIRST, '1'), await send(url, FIRST, '2')]).toEqual([204, 204]);
  await expect.poll(() => desk.counts(), SOON).toMatchObject({ requests: 2, events: 2 });
  expect((await inbox.waiting(10)).marks).toMatchObject([{ subject: 'user', question: 'record' }]);
  expect(onArrival).toHaveBeenCalledTimes(1);
});

test('compose, reception: another secret counts as soon as it is told, and so do hosts of the org', async () => {
  const { reception, url, desk, known, onUnauthorized } = await open();
  expect(await send(url, FIRST, '1', 'https://own.example')).toBe(204);
  await expect.poll(() => desk.dueAt(), SOON).toBeDefined();
  known.now = { ...known.now, ownHosts: new Set(['own.example']) };
  reception.tellAgain();
  await expect.poll(() => send(url, FIRST, '1', 'https://other.example'), SOON).toBe(400);
  known.now = { ...known.now, secrets: [SECOND] };
  reception.tellAgain();

  await expect.poll(() => send(url, SECOND), SOON).toBe(204);
  onUnauthorized.mockClear();
  expect(await send(url, FIRST)).toBe(401);
  await expect.poll(() => onUnauthorized.mock.calls.length, SOON).toBe(1);
});

test('compose, reception: a port that is in use is told as a mistake in the settings', async () => {
  const { url } = await open();
  const failure = open(Number(new URL(url).port));

  await expect(failure).rejects.toThrow(ConfigError);
  await expect(failure).rejects.toThrow('HOOK_PORT');
});

test('compose, reception: a thread that ends is begun anew on its port, and the System Log is asked meanwhile', async () => {
  const { reception, url, desk, inbox, known, lines } = await open();
  const closed = vi.spyOn(inbox, 'portClosed');
  const opened = vi.spyOn(inbox, 'portOpened');
  const { now } = known;
  // No thread can go on with this.
  Reflect.set(known, 'now', { place: 7 });
  reception.tellAgain();
  await expect.poll(() => lines, SOON).toEqual([expect.stringContaining('it begins anew')]);
  known.now = now;

  await expect.poll(() => send(url, FIRST), SOON).toBe(204);
  expect(desk.dueAt()).toBeDefined();
  expect([closed, opened].map(({ mock }) => mock.calls.length)).toEqual([1, 1]);
});

test('compose, reception: a thread that is begun anew shows the certificate that was renewed', async () => {
  const tls = { cert: pem('server.pem'), key: pem('server-key.pem') };
  const { reception, url, known, lines } = await open(0, tls);
  expect(await issuerAt(url)).toBeUndefined();
  reception.showCertificate({ ...tls, cert: tls.cert + pem('ca.pem') });
  const { now } = known;
  Reflect.set(known, 'now', { place: 7 });
  reception.tellAgain();
  await expect.poll(() => lines, SOON).toContainEqual(expect.stringContaining('it begins anew'));
  known.now = now;

  await expect.poll(() => issuerAt(url).catch(() => 'closed'), SOON).toBe('CN=okta-ocsf test CA');
});
