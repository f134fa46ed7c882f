import fc from 'fast-check';
import { describe, expect, test, vi } from 'vitest';
import type { CallBody, HttpCall } from '../http/call.ts';
import type { ToldEvent } from '../ports/source.ts';
import { Secret } from '../settings/secret.ts';
import { createReceiver, type HookOutcome } from './receiver.ts';

const SECRET = 'AbCdEfGhIjKlMnOpQrStUvWxYz012345';
const OTHER = 'second-secret-while-it-is-rotated-1';
const SOURCE = 'https://acme.okta.com/api/v1/eventHooks/who1';
const EVENT = { eventType: 'user.account.lock', target: [{ type: 'User', id: '00u1' }] };

interface Asked {
  readonly method?: string;
  readonly path?: string;
  readonly headers?: readonly (readonly [string, string])[];
  readonly body?: CallBody | string | Uint8Array;
}

/** A receiver, with what it did. Each event with an id as its type marks that user. */
function receiver(secrets: readonly string[] = [SECRET]) {
  const outcomes: HookOutcome[] = [];
  const kept: string[] = [];
  let polls = 0;
  let bodiesRead = 0;
  const answer = createReceiver({
    path: '/okta/events',
    header: 'authorization',
    secrets: () => secrets.map((each) => new Secret(each)),
    isOwnHost: ({ host }) => (host === 'early.okta.com' ? 'unknown' : host === 'acme.okta.com'),
    read: (events) => ({
      events: events.flatMap(toldOf),
      unreadable: events.filter((each) => each === 7).length,
    }),
    keep: async (events) => void kept.push(...events.flatMap(({ marks }) => marks.map(({ id }) => id))),
    needPoll: () => (polls += 1),
    count: (outcome) => outcomes.push(outcome),
  });
  const ask = ({
    method = 'POST',
    path = '/okta/events',
    headers = [['authorization', SECRET]],
    body,
  }: Asked) => {
    const call: HttpCall = {
      method,
      path,
      header: (name) => headers.filter(([each]) => each.toLowerCase() === name).map(([, value]) => value),
      body: async () => {
        bodiesRead += 1;
        if (typeof body === 'object' && 'kind' in body) return body;
        return {
          kind: 'whole',
          bytes: typeof body === 'string' ? Buffer.from(body) : (body ?? new Uint8Array()),
        };
      },
    };
    return answer(call);
  };
  return { ask, outcomes, kept, polls: () => polls, bodiesRead: () => bodiesRead };
}

function toldOf(event: unknown): ToldEvent[] {
  if (typeof event !== 'object' || event === null || !('target' in event)) return [];
  if (!Array.isArray(event.target)) return [];
  const targets: readonly { readonly id?: unknown }[] = event.target.filter(
    (each) => typeof each === 'object' && each !== null,
  );
  const ids = targets.map(({ id }) => String(id));
  return [
    {
      type: 'user.account.lock',
      uuid: undefined,
      publishedAt: undefined,
      isHookable: true,
      marks: ids.map((id) => ({ subject: 'user', id, question: 'record', reason: 'changed' }) as const),
    },
  ];
}

const bodyOf = (data: unknown, source: unknown = SOURCE): string => JSON.stringify({ source, data });

describe('hooks, receiver: the order of checks', () => {
  test.each<[string, Asked, number]>([
    ['another path', { path: '/', headers: [] }, 404],
    ['a path below', { path: '/okta/events/', headers: [] }, 404],
    ['another method', { method: 'PUT', headers: [] }, 405],
    ['GET without a challenge', { method: 'GET' }, 405],
    ['no secret', { headers: [], body: 'x' }, 401],
    ['a body that is no JSON', { body: '{' }, 204],
    ['another org', { body: bodyOf({ events: [EVENT] }, 'https://evil.okta.com/x') }, 400],
    ['a source that is no URL', { body: bodyOf({ events: [EVENT] }, 7) }, 400],
    ['its own events', { body: bodyOf({ events: [EVENT] }) }, 204],
  ])('%s', async (_, asked, status) => {
    expect((await receiver().ask(asked)).status).toBe(status);
  });

  test('a challenge is answered with and without the secret, and whatever it says is given back as JSON', async () => {
    const { ask, outcomes } = receiver();
    for (const value of ['abc', '"}</script>']) {
      for (const more of [[], [['authorization', SECRET]]] as const) {
        const headers = [['X-Okta-Verification-Challenge', value], ...more] as const;
        const answer = await ask({ method: 'GET', headers });

        expect(answer).toEqual({
          status: 200,
          headers: { 'content-type': 'application/json' },
          body: JSON.stringify({ verification: value }),
        });
      }
    }
    expect(outcomes).toEqual(Array.from({ length: 4 }, () => 'challenge'));
  });

  test.each([['x'.repeat(1025)], ['a\u0000b'], ['é'], ['']])(
    'a challenge that is none: 400',
    async (value) => {
      const headers = [['x-okta-verification-challenge', value]] as const;

      expect((await receiver().ask({ method: 'GET', headers })).status).toBe(400);
    },
  );
});

describe('hooks, receiver: the secret', () => {
  test.each<[string, readonly (readonly [string, string])[]]>([
    ['wrong', [['authorization', OTHER]]],
    ['empty', [['authorization', '']]],
    ['absent', []],
    ['its beginning', [['authorization', SECRET.slice(0, -1)]]],
    ['longer', [['authorization', `${SECRET}x`]]],
    ['in the other case', [['authorization', SECRET.toLowerCase()]]],
    [
      'sent twice',
      [
        ['authorization', SECRET],
        ['authorization', SECRET],
      ],
    ],
    ['twice in one', [['authorization', `${SECRET}, ${SECRET}`]]],
    ['in another header', [['x-hook-secret', SECRET]]],
  ])('%s: 401, and the body is not read', async (_, headers) => {
    const { ask, outcomes, bodiesRead, polls } = receiver();

    expect((await ask({ headers, body: bodyOf({ events: [EVENT] }) })).status).toBe(401);
    expect([outcomes, bodiesRead(), polls()]).toEqual([['unauthorized'], 0, 0]);
  });

  test('while it is rotated, either of two counts', async () => {
    const { ask } = receiver([SECRET, OTHER]);
    const body = bodyOf({ events: [] });

    for (const value of [SECRET, OTHER])
      expect((await ask({ headers: [['authorization', value]], body })).status).toBe(204);
    expect((await ask({ headers: [['authorization', `${SECRET},${OTHER}`]], body })).status).toBe(401);
  });
});

describe('hooks, receiver: the body', () => {
  test('where it came late, and the store is busy, the answer comes before Okta gives up, and a poll is due', async () => {
    vi.useFakeTimers();
    try {
      let polls = 0;
      let status: number | undefined;
      const answer = createReceiver({
        path: '/',
        header: 'authorization',
        secrets: () => [new Secret(SECRET)],
        isOwnHost: () => true,
        read: (events) => ({ events: events.flatMap(toldOf), unreadable: 0 }),
        keep: () => new Promise(() => undefined),
        needPoll: () => (polls += 1),
        count: () => undefined,
      });
      const bytes = Buffer.from(bodyOf({ events: [EVENT] }));
      const body = (): Promise<CallBody> =>
        new Promise((resolve) => void setTimeout(() => resolve({ kind: 'whole', bytes }), 1900));
      void answer({ method: 'POST', path: '/', header: () => [SECRET], body }).then((answered) => {
        ({ status } = answered);
      });
      await vi.advanceTimersByTimeAsync(2400);
      const before = status;
      await vi.advanceTimersByTimeAsync(200);

      expect([before, status, polls]).toEqual([undefined, 204, 1]);
    } finally {
      vi.useRealTimers();
    }
  });

  test.each<[string, CallBody, number, HookOutcome]>([
    ['too large', { kind: 'too-large' }, 413, 'too-large'],
    ['too slow', { kind: 'too-slow' }, 408, 'unreadable'],
  ])('%s: refused, and a poll is due', async (_, body, status, outcome) => {
    const { ask, outcomes, polls } = receiver();

    expect((await ask({ body })).status).toBe(status);
    expect([outcomes, polls()]).toEqual([[outcome], 1]);
  });

  test.each<[string, CallBody | string | Uint8Array]>([
    ['no room for it beside others', { kind: 'no-room' }],
    ['no JSON', '{'],
    ['nothing', ''],
    ['a list', '[]'],
    ['broken UTF-8', Buffer.from([0x22, 0xff, 0xfe, 0x22])],
    ['very deep', `{"source":"${SOURCE}","data":${'['.repeat(200_000)}`],
    ['very wide', `{"source":"${SOURCE}","data":{"events":[${'{},'.repeat(300_000)}{}]}}`],
    ['no events', bodyOf({ events: { 0: EVENT } })],
    ['an event that is none', bodyOf({ events: [7] })],
    ['an id that is none', bodyOf({ events: [{ target: [{ id: '../../admin' }] }] })],
    ['before the org is known', bodyOf({ events: [EVENT] }, 'https://early.okta.com/x')],
  ])('%s: accepted, counted, and a poll is due', async (_, body) => {
    const { ask, outcomes, kept, polls } = receiver();

    expect((await ask({ body })).status).toBe(204);
    expect([outcomes, kept, polls()]).toEqual([['unreadable'], [], 1]);
  });

  test('events that can be read are kept beside those that cannot', async () => {
    const { ask, kept, polls } = receiver();
    await ask({ body: bodyOf({ events: [EVENT, 7, { target: [{ id: '00u2' }, { id: 'a b' }] }] }) });

    expect([kept, polls()]).toEqual([['00u1'], 1]);
  });

  test('whatever is sent, the answer is one of four, and only well-formed ids are kept', async () => {
    const json = fc.json({ maxDepth: 4 });
    const own = fc.jsonValue().map((data) => JSON.stringify({ source: SOURCE, data, __proto__: null }));
    const polluting = fc.constant(
      `{"source":"${SOURCE}","__proto__":{"x":1},"data":{"__proto__":[],"events":[{"__proto__":{}}]}}`,
    );
    await fc.assert(
      fc.asyncProperty(fc.oneof(json, own, polluting, fc.uint8Array({ maxLength: 200 })), async (body) => {
        const { ask, kept } = receiver();
        const { status } = await ask({ body });

        expect([204, 400]).toContain(status);
        expect(kept.filter((id) => !/^[\w-]{1,64}$/.test(id))).toEqual([]);
        expect(Object.hasOwn(Object.prototype, 'x')).toBe(false);
      }),
      { numRuns: 100 },
    );
  });
});
