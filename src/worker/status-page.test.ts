import { expect, onTestFinished, test } from 'vitest';
import { listen } from '../http/server.ts';
import type { HttpServer } from '../http/listen.ts';
import type { Clock } from '../ports/clock.ts';
import type { Log } from '../ports/log.ts';
import { makeStatus } from '../status/make-status.ts';
import { AT, SCENES } from '../status/status.fixture.ts';
import { statusSchema, type Status } from '../status/status.ts';
import { statusPage, type StatusPageParts } from './status-page.ts';

const SILENT: Log = {
  error: () => undefined,
  warn: () => undefined,
  info: () => undefined,
  debug: () => undefined,
  trace: () => undefined,
};

/** A clock that moves only when it is told to. */
class StillClock implements Clock {
  #now = AT;
  readonly #sleepers = new Set<{ readonly at: number; readonly wake: () => void }>();

  now(): number {
    return this.#now;
  }

  sleep(ms: number, signal?: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      const sleeper = { at: this.#now + ms, wake: resolve };
      this.#sleepers.add(sleeper);
      signal?.addEventListener('abort', () => resolve());
    });
  }

  pass(ms: number): void {
    this.#now += ms;
    for (const sleeper of this.#sleepers) {
      if (sleeper.at > this.#now) continue;
      this.#sleepers.delete(sleeper);
      sleeper.wake();
    }
  }

  get sleeping(): number {
    return this.#sleepers.size;
  }
}

async function serve(changes: Partial<StatusPageParts> = {}): Promise<HttpServer> {
  const read = async (): Promise<Status> => makeStatus(SCENES.rest);
  const { app } = statusPage({ read, isShown: () => true, clock: new StillClock(), log: SILENT, ...changes });
  const server = await listen({
    host: '127.0.0.1',
    port: 0,
    routes: {},
    pages: { app, allowedHosts: () => [] },
    log: SILENT,
  });
  onTestFinished(() => server.close());
  return server;
}

/** Reads the whole answer: Node's client breaks where a body that is left unread is longer than its buffer. */
async function get(
  url: string,
): Promise<{ readonly status: number; readonly headers: Headers; readonly text: string }> {
  const response = await fetch(url);
  return { status: response.status, headers: response.headers, text: await response.text() };
}

/** Listens to the changes; gives each as it comes. */
async function follow(url: string): Promise<() => Promise<string>> {
  const response = await fetch(`${url}/events`);
  const reader = response.body?.pipeThrough(new TextDecoderStream()).getReader();
  let text = '';
  return async () => {
    while (!text.includes('\n\n')) text += (await reader?.read())?.value ?? '\n\n';
    const [event = '', ...rest] = text.split('\n\n');
    text = rest.join('\n\n');
    return event;
  };
}

test('status page: allows its own style and script, and nothing else', async () => {
  const { url } = await serve();
  const answer = await get(url);

  expect(answer.headers.get('content-type')).toBe('text/html; charset=UTF-8');
  expect(answer.headers.get('content-security-policy')).toMatch(
    /^default-src 'none'; script-src 'sha256-[^ ]+'; style-src 'sha256-[^ ]+'; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'$/,
  );
  expect(answer.headers.get('x-frame-options')).toBe('DENY');
  expect(answer.headers.get('cache-control')).toBe('no-store');
  expect(answer.text).toContain('All is well');
});

test('status page: /api/status is as its schema says', async () => {
  const { url } = await serve();
  const answer = await get(`${url}/api/status`);

  expect(answer.headers.get('content-type')).toBe('application/json');
  expect(statusSchema.parse(JSON.parse(answer.text))).toEqual(makeStatus(SCENES.rest));
});

test('status page: is gone while STATUS_PAGE is false', async () => {
  let isShown = false;
  const { url } = await serve({ isShown: () => isShown });
  const statusOf = async (path: string): Promise<number> => (await get(url + path)).status;

  expect([await statusOf('/'), await statusOf('/api/status'), await statusOf('/events')]).toEqual([
    404, 404, 404,
  ]);
  isShown = true;
  expect(await statusOf('/')).toBe(200);
});

test('status page: 200 who ask at once cost one look, and the next second costs another', async () => {
  let looks = 0;
  const clock = new StillClock();
  const read = async (): Promise<Status> => {
    looks += 1;
    return makeStatus(SCENES.rest);
  };
  const { url } = await serve({ read, clock });

  const answers = await Promise.all(
    Array.from({ length: 200 }, (_, at) => get(at % 2 === 0 ? url : `${url}/api/status`)),
  );
  expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([200]));
  expect(looks).toBe(1);
  clock.pass(1000);
  await get(url);
  expect(looks).toBe(2);
});

test('status page: a look that fails is a 500 without a word of why, and is made again at once', async () => {
  let isBroken = true;
  const read = async (): Promise<Status> => {
    if (isBroken) throw new Error('/secret/path');
    return makeStatus(SCENES.rest);
  };
  const { url } = await serve({ read });
  const broken = await get(url);
  isBroken = false;

  expect([broken.status, broken.text]).toEqual([500, 'error\n']);
  expect((await get(url)).status).toBe(200);
});

test('status page: tells listeners what has changed, at most once a second', async () => {
  const clock = new StillClock();
  let facts = SCENES.rest;
  const { url } = await serve({ read: async () => makeStatus({ ...facts, at: clock.now() }), clock });
  const next = await follow(url);

  const first = await next();
  expect(first).toMatch(/^event: status\ndata: \{"at":/);
  expect(statusSchema.parse(JSON.parse(first.slice(first.indexOf('{')))).health.state).toBe('well');

  await expect.poll(() => clock.sleeping).toBe(1);
  facts = SCENES.failure;
  clock.pass(999);
  expect(clock.sleeping).toBe(1);
  clock.pass(1);
  const second = await next();
  const changed: unknown = JSON.parse(second.slice(second.indexOf('{')));

  expect(changed).toMatchObject({ health: { state: 'unwell' }, dead_letters: { events: 3 } });
  expect(changed).not.toHaveProperty('version');
});

test('status page: keeps a connection without news alive', async () => {
  const clock = new StillClock();
  const { url } = await serve({ clock });
  const next = await follow(url);
  await next();
  for (let second = 0; second < 5; second += 1) {
    await expect.poll(() => clock.sleeping).toBe(1);
    clock.pass(1000);
  }

  expect(await next()).toBe(': nothing new');
});

test('status page: has 20 listeners, and room again when one has gone', async () => {
  const { url } = await serve();
  const gone = new AbortController();
  const signal = gone.signal;
  await Promise.all(Array.from({ length: 20 }, () => fetch(`${url}/events`, { signal })));

  const refused = await fetch(`${url}/events`);
  expect([refused.status, refused.headers.get('retry-after')]).toEqual([503, '30']);
  gone.abort();
  await expect
    .poll(async () => {
      const leave = new AbortController();
      const { status } = await fetch(`${url}/events`, { signal: leave.signal });
      leave.abort();
      return status;
    })
    .toBe(200);
});

test('status page: a listener does not hold up the end', async () => {
  const server = await serve();
  const next = await follow(server.url);
  await next();

  await server.close();

  await expect(next()).rejects.toThrow('terminated');
});

test('status page: a request for the headers of /events takes no place of a listener', async () => {
  const { url } = await serve();
  const headersOnly = () => fetch(`${url}/events`, { method: 'HEAD' });
  const answers = await Promise.all(Array.from({ length: 21 }, headersOnly));
  expect(answers.at(-1)?.headers.get('content-type')).toBe('text/event-stream');

  const gone = new AbortController();
  expect((await fetch(`${url}/events`, { signal: gone.signal })).status).toBe(200);
  gone.abort();
});

test('status page: /events ends without a word of why when a look fails', async () => {
  const told: unknown[] = [];
  const read = async (): Promise<Status> => {
    throw new Error('/secret/path');
  };
  const { url } = await serve({ read, log: { ...SILENT, warn: (...said: unknown[]) => told.push(said) } });

  expect((await get(`${url}/events`)).text).toBe('');
  expect(told).toHaveLength(1);
});
