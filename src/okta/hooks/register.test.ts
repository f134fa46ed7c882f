import { describe, expect, test } from 'vitest';
import type { HttpAnswer } from '../../http/client.ts';
import type { JsonRequest } from '../../http/write.ts';
import { Secret } from '../../settings/secret.ts';
import { createApiToken } from '../auth/credential.ts';
import { EventHooks } from './api.ts';
import { HooksClient } from './client.ts';
import { registerHook } from './register.ts';

const WISH = {
  name: 'okta-ocsf hooks.example.com',
  url: 'https://hooks.example.com/okta/events',
  types: ['user.account.lock', 'user.mfa.factor.suspend', 'device.user.add', 'group.profile.update'],
  header: 'authorization',
  secret: 'a-secret-of-at-least-32-characters',
};

/** An org that answers as `reply` says, and the waits of its client. */
function orgWith(reply: (request: JsonRequest, before: number) => HttpAnswer) {
  const asked: JsonRequest[] = [];
  const waits: number[] = [];
  const client = new HooksClient({
    baseUrl: new URL('https://acme.okta.com'),
    credential: createApiToken(new Secret('00hooks')),
    write: async (request) => reply(request, asked.push(request) - 1),
    clock: { now: () => 0, sleep: async (ms) => void waits.push(ms) },
    random: () => 0,
    signal: new AbortController().signal,
  });
  return { hooks: new EventHooks(client), asked, waits };
}

function answer(status: number, body: unknown, headers: HttpAnswer['headers'] = {}): HttpAnswer {
  return { kind: 'answer', status, headers, text: JSON.stringify(body) };
}

function hook(more: Readonly<Record<string, unknown>>): unknown {
  const config = { uri: WISH.url, authScheme: { type: 'HEADER', key: 'Authorization' } };
  return { id: 'who1', name: WISH.name, status: 'ACTIVE', channel: { type: 'HTTP', config }, ...more };
}

function typesIn({ body }: JsonRequest): readonly string[] {
  return JSON.parse(body ?? '').events.items;
}

describe('hooks, registration', () => {
  test('leaves out what a Classic org does not have where Okta names no type, and tries that once', async () => {
    const refusal = (summary: string) =>
      answer(400, { errorCode: 'E0000001', errorCauses: [{ errorSummary: summary }] });
    const classic = orgWith((request) =>
      typesIn(request).includes('device.user.add')
        ? refusal('One or more event types are not eligible')
        : answer(200, hook({ events: { items: typesIn(request) } })),
    );
    const full = orgWith(() => refusal('No more hooks'));

    const { hook: made, refused } = await registerHook(classic.hooks, undefined, WISH);

    expect(refused).toEqual(['user.mfa.factor.suspend', 'device.user.add']);
    expect(made.types).toEqual(['user.account.lock', 'group.profile.update']);
    await expect(registerHook(full.hooks, undefined, WISH)).rejects.toMatchObject({
      message: 'acme.okta.com answered 400 to POST /api/v1/eventHooks: No more hooks',
      hint: expect.stringContaining('--types'),
    });
    expect([classic.asked.length, full.asked.length]).toEqual([2, 2]);
  });

  test.each([
    [{}, true],
    [{ verificationStatus: 'VERIFIED' }, true],
    [{ verificationStatus: 'UNVERIFIED' }, undefined],
  ])('an answer to verify with %j counts as verified: %s', async (told, isVerified) => {
    const { hooks } = orgWith(() => answer(200, hook(told)));

    const verified = hooks.verify('who1').then((read) => read.isVerified);

    if (isVerified === true) await expect(verified).resolves.toBe(true);
    else await expect(verified).rejects.toThrow('the hook is not verified: it gave no reason');
  });

  test('a list that does not say whether a hook is verified leaves that open', async () => {
    const { hooks } = orgWith(() => answer(200, [hook({}), hook({ verificationStatus: 'UNVERIFIED' })]));

    const read = await hooks.list();

    expect(read.map(({ isVerified }) => isVerified)).toEqual([undefined, false]);
  });

  test('waits some seconds, and for no window, where too many calls are under way', async () => {
    const headers = {
      'x-rate-limit-limit': '0',
      'x-rate-limit-remaining': '0',
      'x-rate-limit-reset': '1796000060',
      date: new Date(1_796_000_000_000).toUTCString(),
    };
    const { hooks, waits } = orgWith((_, before) =>
      before < 2 ? answer(429, { errorCode: 'E0000047' }, headers) : answer(200, []),
    );

    await hooks.list();

    expect(waits).toEqual([2000, 4000]);
  });

  test('tells five reasons and the number of the others', async () => {
    const errorCauses = Array.from({ length: 39 }, (_, at) => ({ errorSummary: `no ${at}` }));
    const { hooks } = orgWith(() => answer(400, { errorCauses }));

    await expect(hooks.create(WISH)).rejects.toThrow(/: no 0; no 1; no 2; no 3; no 4; and 34 more$/);
  });
});
