import { http, HttpResponse, type JsonBodyType } from 'msw';
import { setupServer } from 'msw/node';
import { afterAll, afterEach, beforeAll, expect } from 'vitest';
import type { Log } from '../ports/log.ts';
import type { Clock } from '../ports/clock.ts';
import type { Asset } from '../ports/assets.ts';
import type { Lookup } from '../ports/org.ts';
import { Secret } from '../settings/secret.ts';
import { OktaClient, type ClientOptions } from './client.ts';
import { createApiToken } from './auth/credential.ts';
import { createHttpGet } from '../http/client.ts';
import { bucketGuessOf, ENDPOINTS } from './endpoints.ts';
import type { Rate } from './pace/rate-headers.ts';
import { CONCURRENCY } from './pace/rate-limits.ts';
import { OktaSource } from './read/source.ts';

export const ORIGIN = 'https://acme.okta.example';
export const HOST = 'acme.okta.example';
export const TOKEN = '00token-that-nobody-may-see';
export const NOW = Date.UTC(2026, 7, 1, 10);

/** A request that Okta got: path with query, headers, body. */
export interface Asked {
  readonly path: string;
  readonly url: string;
  readonly headers: Headers;
  readonly text: () => Promise<string>;
}

export type Answering = (asked: Asked, times: number) => Response | Promise<Response>;

/**
 * An org on msw for the tests of a file. `serve` says how it answers; what nobody serves fails the test, and so does a
 * request that is no GET, but for a service app's token.
 */
export function useOkta(): { readonly serve: (answer: Answering) => readonly Asked[] } {
  const server = setupServer();
  const writes: string[] = [];
  beforeAll(() => server.listen({ onUnhandledFrame: 'error' }));
  afterEach(() => {
    server.resetHandlers();
    expect(writes.splice(0), 'requests to Okta that are no GET').toEqual([]);
  });
  afterAll(() => server.close());
  return {
    serve(answer) {
      const asked: Asked[] = [];
      server.use(
        http.all('*', ({ request }) => {
          const url = new URL(request.url);
          const { headers, method } = request;
          if (method !== 'GET' && url.pathname !== ENDPOINTS.token.template)
            writes.push(`${method} ${url.pathname}`);
          const text = (): Promise<string> => request.text();
          const each = { path: url.pathname + url.search, url: request.url, headers, text };
          asked.push(each);
          return answer(each, asked.length);
        }),
      );
      return asked;
    },
  };
}

export function json(body: JsonBodyType, init: ResponseInit = {}): Response {
  return HttpResponse.json(body, init);
}

/** An error as Okta words it, with what must not get any further. */
export function problem(
  status: number,
  errorCode = 'E0000009',
  headers: Record<string, string> = {},
): Response {
  return json(
    { errorCode, errorSummary: 'about zoe@example.com', errorLink: errorCode },
    { status, headers },
  );
}

/** A page of ids, and where the next one is. */
export function page(ids: readonly string[], next?: string): Response {
  const headers: Record<string, string> = next === undefined ? {} : { link: `<${next}>; rel="next"` };
  return json(
    ids.map((id) => ({ id })),
    { headers },
  );
}

/** A clock that passes every wait at once and remembers it. */
export class HastyClock implements Clock {
  readonly waits: number[] = [];
  #now = NOW;

  now(): number {
    return this.#now;
  }

  async sleep(ms: number): Promise<void> {
    this.waits.push(ms);
    this.#now += ms;
  }
}

export const silent: Log = {
  error: () => undefined,
  warn: () => undefined,
  info: () => undefined,
  debug: () => undefined,
  trace: () => undefined,
};

/** Rate limits that let everything pass and remember what they were told. */
export class NoLimits {
  readonly waitedMs = 0;
  readonly observed: (Rate | undefined)[] = [];
  readonly refusals: (Rate | undefined)[] = [];
  readonly toldWaits: (number | undefined)[] = [];

  schedule<T>(_template: string, call: () => Promise<T>): Promise<T> {
    return call();
  }

  observe(_template: string, rate: Rate | undefined): void {
    this.observed.push(rate);
  }

  refused(template: string, rate: Rate | undefined, waitMs?: number): string {
    this.refusals.push(rate);
    this.toldWaits.push(waitMs);
    return rate?.limit === 0 ? CONCURRENCY : bucketGuessOf(template).name;
  }
}

export function createClient(changes: Partial<ClientOptions> = {}): OktaClient {
  return new OktaClient({
    baseUrl: new URL(ORIGIN),
    credential: createApiToken(new Secret(TOKEN)),
    http: createHttpGet({ timeoutMs: 60_000, userAgent: 'okta-ocsf/1.2.3' }),
    limits: new NoLimits(),
    clock: new HastyClock(),
    random: () => 0.5,
    log: silent,
    signal: new AbortController().signal,
    ...changes,
  });
}

export interface SourceChanges {
  readonly client?: OktaClient;
  readonly userSearch?: string;
  readonly includeDeprovisioned?: boolean;
  readonly refusedBefore?: readonly Lookup[];
  readonly assets?: readonly Asset[];
}

export function createSource(changes: SourceChanges = {}): OktaSource {
  const { client = createClient(), userSearch, includeDeprovisioned = false } = changes;
  const { refusedBefore = [], assets = [] } = changes;
  return new OktaSource({
    client,
    host: HOST,
    userSearch,
    includeDeprovisioned,
    refusedBefore: new Set(refusedBefore),
    assets: new Set(assets),
  });
}

/** All that a listing gives. */
export async function collect<T>(items: AsyncIterable<T>): Promise<T[]> {
  const all: T[] = [];
  for await (const item of items) all.push(item);
  return all;
}

/** The value that was thrown; fails when nothing was. */
export async function thrownBy(promise: Promise<unknown>): Promise<unknown> {
  return promise.then(
    () => {
      throw new Error('nothing was thrown');
    },
    (error: unknown) => error,
  );
}
