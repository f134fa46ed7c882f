import { inspect } from 'node:util';
import { http, HttpResponse, type JsonBodyType } from 'msw';
import { setupServer } from 'msw/node';
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from 'vitest';
import { ConnectorError, SinkAuthError, SinkUnavailableError } from '../../ports/errors.ts';
import { createIntakeClient, type IntakeClientSettings } from './client.ts';

const KEY = 'key-that-nobody-may-see';
const UUID = '0f3d2c1b-1111-4222-8333-444455556666';
const ADDRESS = `https://intake.example/api/v2/asset-management/asset-connector/${UUID}`;
const MEBIBYTE = 1024 * 1024;

const server = setupServer();
beforeAll(() => server.listen({ onUnhandledFrame: 'error' }));
afterEach(() => {
  vi.useRealTimers();
  server.resetHandlers();
});
afterAll(() => server.close());

function createClient(settings: Partial<IntakeClientSettings> = {}) {
  return createIntakeClient({
    baseUrl: 'https://intake.example',
    connectorUuid: UUID,
    apiKey: () => KEY,
    userAgent: 'okta-ocsf/1.2.3',
    ...settings,
  });
}

/** The requests that the intake got, and its answer to all of them. */
function answerWith(answer: () => Response | Promise<Response>) {
  const seen: { headers: Headers; body: string; url: string }[] = [];
  server.use(
    http.post('*', async ({ request }) => {
      seen.push({ headers: request.headers, body: await request.text(), url: request.url });
      return answer();
    }),
  );
  return seen;
}

const answerJson = (status: number, body: JsonBodyType, headers: Record<string, string> = {}) =>
  answerWith(() => HttpResponse.json(body, { status, headers }));

/** The error of a push, after a look for the key in every corner of it. */
async function failureOf(push: Promise<unknown>): Promise<ConnectorError> {
  const thrown: unknown = await push.then(
    () => undefined,
    (error: unknown) => error,
  );
  const seen = [inspect(thrown, { depth: Infinity, showHidden: true }), JSON.stringify(thrown)].join('\n');
  expect(seen).not.toContain(KEY);
  expect(seen).not.toContain('Bearer');
  if (!(thrown instanceof ConnectorError)) throw new Error(`no error of ours: ${seen}`);
  expect(thrown.hint ?? '').not.toContain(KEY);
  return thrown;
}

describe('sinks, client: a key that is refused', () => {
  function keep(keys: string[]) {
    let renewals = 0;
    const client = createClient({
      apiKey: () => keys[0] ?? '',
      renewKey: () => {
        renewals += 1;
        keys.shift();
      },
    });
    return { client, renewals: () => renewals };
  }

  test('is read again once, and another one is used', async () => {
    const seen: (string | null)[] = [];
    server.use(
      http.post('*', ({ request }) => {
        const sent = request.headers.get('authorization');
        seen.push(sent);
        return HttpResponse.json({}, { status: sent === 'Bearer new' ? 200 : 401 });
      }),
    );
    const { client, renewals } = keep(['old', 'new']);

    expect(await client.push(['{}'])).toEqual({ kind: 'accepted' });
    await client.push(['{}']);

    expect(seen).toEqual(['Bearer old', 'Bearer new', 'Bearer new']);
    expect(renewals()).toBe(1);
  });

  test('fails as before where it is unchanged, and never goes round', async () => {
    const seen = answerJson(401, {});

    const unchanged = await failureOf(createClient({ renewKey: () => undefined }).push(['{}']));
    const changing = await failureOf(keep(['one', 'two', 'three', 'four']).client.push(['{}']));

    expect([unchanged, changing].map((error) => error instanceof SinkAuthError)).toEqual([true, true]);
    expect(seen).toHaveLength(3);
  });
});

describe('sinks, client: what the intake gets', () => {
  test('the envelope with the events as they stand, the key and who is asking', async () => {
    const seen = answerJson(200, { ok: true });

    const receipt = await createClient().push(['{"a": 1}', '{"name":"Zoë"}']);

    expect(receipt).toEqual({ kind: 'accepted' });
    expect(seen).toHaveLength(1);
    expect(seen[0]?.url).toBe(ADDRESS);
    expect(seen[0]?.body).toBe('{"version":1,"items":[{"a": 1},{"name":"Zoë"}]}');
    expect(Object.fromEntries(seen[0]?.headers ?? [])).toMatchObject({
      authorization: `Bearer ${KEY}`,
      'content-type': 'application/json',
      'user-agent': 'okta-ocsf/1.2.3',
    });
  });

  test('an empty batch is the connection test', async () => {
    const seen = answerJson(422, { message: 'no items' });

    const receipt = await createClient().push([]);

    expect(seen[0]?.body).toBe('{"version":1,"items":[]}');
    expect(receipt).toEqual({ kind: 'refused', reason: 'HTTP 422: no items' });
  });

  test.each(['https://intake.example/', 'https://intake.example///'])(
    'slashes after %s do no harm',
    async (baseUrl) => {
      const seen = answerJson(200, {});

      await createClient({ baseUrl }).push(['{}']);

      expect(seen[0]?.url).toBe(ADDRESS);
    },
  );
});

describe('sinks, client: receipts', () => {
  test.each([
    ['200 with JSON', () => HttpResponse.json({ ok: true })],
    ['200 without a body', () => new HttpResponse(null)],
    ['200 with white space', () => HttpResponse.text(' \r\n')],
    ['201', () => HttpResponse.json({}, { status: 201 })],
    ['204', () => new HttpResponse(null, { status: 204 })],
  ])('%s is accepted', async (_, answer) => {
    answerWith(answer);

    expect(await createClient().push(['{}'])).toEqual({ kind: 'accepted' });
  });

  test.each([
    [400, { code: 'E1', message: 'bad item' }, 'HTTP 400: E1: bad item'],
    [422, { message: 'bad item' }, 'HTTP 422: bad item'],
    [422, { code: 7, message: 'bad item' }, 'HTTP 422: 7: bad item'],
    [400, { detail: ['other shape'] }, 'HTTP 400: {"detail":["other shape"]}'],
    [400, null, 'HTTP 400: null'],
  ])('%i with %j is refused with its words', async (status, body, reason) => {
    answerJson(status, body);

    expect(await createClient().push(['{}'])).toEqual({ kind: 'refused', reason });
  });

  test('413 is too large', async () => {
    answerWith(() => HttpResponse.html('<html><h1>413</h1>\r\n<p>Too Large</p></html>', { status: 413 }));

    expect(await createClient().push(['{}'])).toEqual({
      kind: 'too-large',
      reason: 'HTTP 413: 413 Too Large',
    });
  });

  test('an empty body leaves the status as the reason', async () => {
    answerWith(() => new HttpResponse(null, { status: 400 }));

    expect(await createClient().push(['{}'])).toEqual({
      kind: 'refused',
      reason: 'HTTP 400 without a reason',
    });
  });

  test('a reason is one line of at most 500 characters, without control characters and without the key', async () => {
    answerJson(400, { message: `no\r\n\u001B[31mred\u0000 ${KEY} \u202E ${'🐝x'.repeat(1000)}` });

    const receipt = await createClient().push(['{}']);

    const reason = receipt.kind === 'refused' ? receipt.reason : '';
    expect(reason).toMatch(/^HTTP 400: no \[31mred \[secret\] 🐝x/u);
    expect(reason).not.toMatch(/[\p{Cc}\p{Cf}]/u);
    expect(reason.length).toBeLessThanOrEqual(500);
    expect(reason.isWellFormed()).toBe(true);
  });
});

describe('sinks, client: a 2xx that confirms nothing asks to send the batch again and tells what was seen', () => {
  test.each([
    [
      'an HTML page',
      () => HttpResponse.html('<title>Sign in</title>'),
      'HTTP 200 with an HTML page with the title "Sign in"',
    ],
    ['a text', () => HttpResponse.text('OK'), 'HTTP 200 with a text that is not JSON: "OK"'],
    [
      'an error',
      () => HttpResponse.json({ code: 'E1', message: 'not stored' }),
      'with a JSON error: E1: not stored',
    ],
    [
      'fewer events than were sent',
      () => HttpResponse.json({ accepted: 1 }),
      'HTTP 200 with accepted 1 of 2 events',
    ],
    [
      '207 with an error',
      () => HttpResponse.json([{ status: 422 }], { status: 207 }),
      'HTTP 207 with a JSON error: status 422',
    ],
  ])('%s', async (_, answer, told) => {
    answerWith(answer);

    const error = await failureOf(createClient().push(['{}', '{}']));

    expect(error).toBeInstanceOf(SinkUnavailableError);
    expect(error.message).toContain(told);
    expect(error.hint).toContain('SEKOIA_BASE_URL');
  });

  test('the key is not repeated, and what is quoted is one short line', async () => {
    answerJson(200, { code: 1, message: `no ${KEY}\r\n\u001B[31m ${'🐝'.repeat(1000)}` });

    const { message } = await failureOf(createClient().push(['{}']));

    expect(message).toContain('1: no [secret] [31m 🐝');
    expect(message).not.toMatch(/[\p{Cc}\p{Cf}]/u);
    expect(message.length).toBeLessThan(300);
  });
});

describe('sinks, client: errors that stop delivery', () => {
  test.each([401, 403])('%i names the key', async (status) => {
    answerJson(status, { message: `your key ${KEY} is wrong` });

    const error = await failureOf(createClient().push(['{}']));

    expect(error).toBeInstanceOf(SinkAuthError);
    expect(error.message).toContain(`HTTP ${status}`);
    expect(error.hint).toContain('SEKOIA_API_KEY');
  });

  test.each([402, 404, 405, 409, 410, 411, 415, 418, 451])('%i names the address', async (status) => {
    answerWith(() => HttpResponse.html(`<h1>${status}</h1>`, { status }));

    const error = await failureOf(createClient().push(['{}']));

    expect(error).toBeInstanceOf(SinkAuthError);
    expect(error.hint).toMatch(/SEKOIA_BASE_URL.*SEKOIA_CONNECTOR_UUID/);
  });

  test.each([301, 302, 303, 304, 307, 308])('%i is not followed', async (status) => {
    const seen = answerWith(
      () => new HttpResponse(null, { status, headers: { location: 'https://thief.example/take-it' } }),
    );

    const error = await failureOf(createClient().push(['{}']));

    expect(error).toBeInstanceOf(SinkAuthError);
    expect(error.hint).toContain('SEKOIA_BASE_URL');
    expect(seen.map(({ url }) => url)).toEqual([ADDRESS]);
  });

  test('a key that no header can carry is the key, not the network', async () => {
    const error = await failureOf(createClient({ apiKey: () => `${KEY}\n` }).push(['{}']));

    expect(error).toBeInstanceOf(SinkAuthError);
    expect(error.hint).toContain('SEKOIA_API_KEY');
  });
});

describe('sinks, client: errors that ask to try again', () => {
  test.each([408, 425, 429, 500, 502, 503, 504, 520])('%i', async (status) => {
    const seen = answerWith(() => HttpResponse.text('busy', { status }));

    const error = await failureOf(createClient().push(['{}']));

    expect(error).toBeInstanceOf(SinkUnavailableError);
    expect(error.message).toContain(`HTTP ${status}`);
    expect(seen).toHaveLength(1);
  });

  test.each([
    [429, { 'retry-after': '7' }, 7000],
    [503, { 'retry-after': '7' }, 7000],
    [429, { 'retry-after': 'Wed, 21 Oct 2026 07:28:30 GMT', date: 'Wed, 21 Oct 2026 07:28:00 GMT' }, 30_000],
    [429, { 'retry-after': '999999' }, 600_000],
    [429, { 'retry-after': 'later' }, undefined],
    [500, { 'retry-after': '7' }, undefined],
    [429, {}, undefined],
  ])('%i with %j', async (status, headers, waitMs) => {
    answerJson(status, {}, headers);

    const error = await failureOf(createClient().push(['{}']));

    expect(error).toMatchObject({ code: 'intake_unavailable', waitMs });
  });

  test('a connection that breaks', async () => {
    answerWith(() => HttpResponse.error());

    expect(await failureOf(createClient().push(['{}']))).toBeInstanceOf(SinkUnavailableError);
  });

  test('an answer that never comes ends after 30 seconds', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    const asked = Promise.withResolvers<void>();
    answerWith(() => {
      asked.resolve();
      return new Promise<Response>(() => undefined);
    });

    const failure = failureOf(createClient().push(['{}']));
    await asked.promise;
    await vi.advanceTimersByTimeAsync(30_001);

    expect((await failure).message).toContain('did not answer in time (ETIMEDOUT)');
  });

  test('an answer that trickles ends after 30 seconds too', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    const started = Promise.withResolvers<void>();
    const drops = new ReadableStream({
      pull(controller) {
        controller.enqueue(new TextEncoder().encode('{'));
        started.resolve();
        return new Promise(() => undefined);
      },
    });
    answerWith(() => new HttpResponse(drops));

    const failure = failureOf(createClient().push(['{}']));
    await started.promise;
    await vi.advanceTimersByTimeAsync(30_001);

    expect(await failure).toBeInstanceOf(SinkUnavailableError);
  });

  test('an answer without end is refused after 64 MiB', async () => {
    const sent = { bytes: 0 };
    const flood = new ReadableStream({
      pull(controller) {
        controller.enqueue(new Uint8Array(MEBIBYTE));
        sent.bytes += MEBIBYTE;
      },
    });
    answerWith(() => new HttpResponse(flood));

    const error = await failureOf(createClient().push(['{}']));

    expect(error.message).toContain('over 64 MiB');
    expect(sent.bytes).toBeLessThan(80 * MEBIBYTE);
  });

  test('an answer that announces more than 64 MiB is refused unread', async () => {
    answerWith(() => new HttpResponse('{}', { headers: { 'content-length': String(65 * MEBIBYTE) } }));

    expect((await failureOf(createClient().push(['{}']))).message).toContain('over 64 MiB');
  });

  test('the signal ends a push under way', async () => {
    const asked = Promise.withResolvers<void>();
    const stop = new AbortController();
    answerWith(() => {
      asked.resolve();
      return new Promise<Response>(() => undefined);
    });

    const failure = failureOf(createClient().push(['{}'], stop.signal));
    await asked.promise;
    stop.abort();

    expect(await failure).toBeInstanceOf(SinkUnavailableError);
  });

  test('a signal that has fired lets nothing leave', async () => {
    const seen = answerJson(200, {});

    const error = await failureOf(createClient().push(['{}'], AbortSignal.abort()));

    expect(error).toBeInstanceOf(SinkUnavailableError);
    expect(seen).toEqual([]);
  });
});
