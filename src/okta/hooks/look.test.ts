import { describe, expect, test } from 'vitest';
import type { HttpAnswer, HttpFault, HttpGet } from '../../http/client.ts';
import { causeOf, privateAddressesOf } from './look.ts';

const url = new URL('https://hooks.example.com/okta/events');

async function causeWith(outcome: HttpAnswer | HttpFault, unreachable: readonly string[] = []) {
  const get: HttpGet = async () => outcome;
  return causeOf({ url, unreachable, get, challenge: 'c', signal: new AbortController().signal });
}

function answer(status: number, text: string): HttpAnswer {
  return { kind: 'answer', status, headers: {}, text };
}

describe('hooks, cause of a failed verification', () => {
  test.each([
    ['no-name', { kind: 'fault', code: 'ENOTFOUND' }],
    ['no-answer', { kind: 'fault', code: 'ECONNREFUSED' }],
    ['no-answer', { kind: 'fault', code: 'ETIMEDOUT' }],
    ['tls', { kind: 'fault', code: 'CERT_HAS_EXPIRED' }],
    ['tls', { kind: 'fault', code: 'EPROTO' }],
    ['wrong-status', answer(404, 'not found')],
    ['wrong-answer', answer(200, '<html>')],
    ['wrong-answer', answer(200, '{"verification":"another"}')],
    ['unknown', answer(200, '{"verification":"c"}')],
  ] as const)('is %s', async (cause, outcome) => {
    expect(await causeWith(outcome)).toMatchObject({ cause, says: expect.stringContaining(url.hostname) });
  });

  test('is the address where that is a private one itself, whatever answers there', async () => {
    const get: HttpGet = async () => ({ kind: 'fault', code: 'DEPTH_ZERO_SELF_SIGNED_CERT' });
    const address = new URL('https://10.0.0.1/okta/events');
    const { signal } = new AbortController();

    const cause = await causeOf({ url: address, unreachable: ['10.0.0.1'], get, challenge: 'c', signal });

    expect(cause).toMatchObject({
      cause: 'private-address',
      says: expect.stringMatching(/\. It is a private address, which Okta cannot reach\.$/),
      todo: expect.stringContaining('public address'),
    });
  });

  test('is the address where that is private, though it answers this machine', async () => {
    const found = await causeWith(answer(200, '{"verification":"c"}'), ['10.1.2.3']);

    expect(found).toMatchObject({ cause: 'private-address', says: expect.stringContaining('10.1.2.3') });
  });

  test.each([
    ['https://10.1.2.3/', ['10.1.2.3']],
    ['https://172.31.0.1/', ['172.31.0.1']],
    ['https://172.32.0.1/', []],
    ['https://[::1]/', ['::1']],
    ['https://[fd00::1]/', ['fd00::1']],
    ['https://[2001:4860:4860::8888]/', []],
    ['https://192.0.2.7/', []],
  ])('of %s these are private: %j', async (address, found) => {
    expect(await privateAddressesOf(new URL(address))).toEqual(found);
  });
});
