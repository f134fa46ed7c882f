import { describe, expect, test } from 'vitest';
import {
  OktaAuthError,
  OktaFeatureOffError,
  OktaForbiddenError,
  OktaNotFoundError,
  OktaRefusedQuestionError,
  OktaResponseError,
  OktaUnavailableError,
} from '../../ports/errors.ts';
import { judgeAnswer, judgeFault, OktaTooLargeError } from './answers.ts';
import { HOST } from '../okta.fixture.ts';

const TEMPLATE = '/api/v1/users/{id}/factors';

function judge(status: number, text: string, headers: Record<string, string> = {}) {
  return judgeAnswer({ kind: 'answer', status, headers, text }, TEMPLATE, HOST);
}

function errorOf(status: number, text: string, headers: Record<string, string> = {}) {
  const verdict = judge(status, text, headers);
  if (verdict.kind !== 'error') throw new Error(`no error: ${verdict.kind}`);
  return verdict.error;
}

function body(errorCode: string): string {
  return JSON.stringify({ errorCode, errorSummary: 'zoe@example.com', errorCauses: [] });
}

const BODIES: readonly (readonly [string, string])[] = [
  ["Okta's own body", body('E0000009')],
  ['an HTML page', '<html><title>Zoë zoe@example.com</title></html>'],
  ['an empty body', ''],
  ['JSON of another shape', '["zoe@example.com"]'],
  ['a code that is none', body('zoe@example.com')],
];

describe.each(BODIES)('okta, answers: with %s', (_, text) => {
  test.each([
    [301, OktaResponseError, 'stop'],
    [302, OktaResponseError, 'stop'],
    [303, OktaResponseError, 'stop'],
    [304, OktaResponseError, 'stop'],
    [307, OktaResponseError, 'stop'],
    [308, OktaResponseError, 'stop'],
    [400, OktaRefusedQuestionError, 'skip'],
    [401, OktaAuthError, 'stop'],
    [403, OktaForbiddenError, 'skip'],
    [405, OktaFeatureOffError, 'skip'],
    [409, OktaRefusedQuestionError, 'skip'],
    [410, OktaFeatureOffError, 'skip'],
    [414, OktaRefusedQuestionError, 'skip'],
    [501, OktaFeatureOffError, 'skip'],
  ])('%i is %o', (status, kind, recovery) => {
    const error = errorOf(status, text);

    expect(error).toBeInstanceOf(kind);
    expect(error.recovery).toBe(recovery);
    expect(error.message).toContain(`${HOST} answered ${status} to GET ${TEMPLATE}`);
    expect(`${error.message} ${error.hint}`).not.toMatch(/zoe|zoë|html/i);
    expect(error.cause).toBeUndefined();
  });

  test.each([408, 425, 500, 502, 503, 504, 520])('%i is asked again', (status) => {
    expect(judge(status, text)).toEqual({ kind: 'again', why: `HTTP ${status}`, isOverload: status >= 500 });
  });

  test('429 waits', () => {
    expect(judge(429, text)).toEqual({ kind: 'rate-limited' });
  });
});

test("okta, answers: only Okta's own 404 says that something is gone", () => {
  expect(errorOf(404, body('E0000007'))).toBeInstanceOf(OktaNotFoundError);
  for (const [, text] of BODIES.slice(1)) {
    const error = errorOf(404, text);

    expect(error).not.toBeInstanceOf(OktaNotFoundError);
    expect(error).toBeInstanceOf(OktaUnavailableError);
    expect(error.hint).toContain('OKTA_BASE_URL');
    expect(`${error.message} ${error.hint}`).not.toMatch(/zoe|zoë|html/i);
  }
});

describe('okta, answers: 401', () => {
  test('with E0000015 is a feature that is off, not a credential', () => {
    expect(errorOf(401, body('E0000015'))).toBeInstanceOf(OktaFeatureOffError);
  });

  test.each(['E0000011', 'E0000004', 'E00000150', 'e0000015'])('with %s is the credential', (code) => {
    const error = errorOf(401, body(code));

    expect(error).toBeInstanceOf(OktaAuthError);
    expect(error.hint).toContain('OKTA_API_TOKEN');
  });
});

describe('okta, answers: what an error says', () => {
  test("Okta's code and the request's id", () => {
    const error = errorOf(403, body('E0000006'), { 'x-okta-request-id': 'aX_9-@b' });

    expect(error.message).toContain('(E0000006, request aX_9-@b)');
  });

  test('nothing of a request id that is none', () => {
    const error = errorOf(403, '', { 'x-okta-request-id': 'zoe@example.com and more' });

    expect(error.message).not.toContain('zoe');
  });
});

describe('okta, answers: a refusal that is a web page', () => {
  const pages = [
    ['<!DOCTYPE html><title>Blocked</title>', {}],
    ['Access denied', { 'content-type': 'text/html; charset=utf-8' }],
  ] as const;

  test.each(pages)('is not blamed on the admin role: %s', (text, headers) => {
    const { message, hint } = errorOf(403, text, headers);

    expect(message).toContain('with a web page');
    expect(hint).toMatch(/firewall.*network zones/);
    expect(hint).not.toMatch(/role/);
  });

  test.each(pages)('is not blamed on the token: %s', (text, headers) => {
    expect(errorOf(401, text, headers).hint).not.toContain('30 days');
  });
});

describe('okta, answers: whatever ends a run with exit code 3 names its setting', () => {
  const MISSING_SCOPE = { 'www-authenticate': 'Bearer error="insufficient_scope", scope="okta.users.read"' };

  test.each([
    ['token', 401, 'E0000011', {}, 'OKTA_API_TOKEN'],
    ['token', 403, 'E0000006', {}, 'OKTA_API_TOKEN'],
    ['service-app', 401, 'E0000011', {}, 'OKTA_CLIENT_ID'],
    ['service-app', 403, 'E0000006', {}, 'OKTA_CLIENT_ID'],
    ['service-app', 403, 'E0000005', {}, 'OKTA_CLIENT_ID'],
    ['service-app', 403, 'E0000006', MISSING_SCOPE, 'OKTA_CLIENT_ID'],
  ] as const)('%s, %i %s %o', (credential, status, code, headers, setting) => {
    const answer = { kind: 'answer', status, headers, text: body(code) } as const;

    const verdict = judgeAnswer(answer, '/api/v1/users', HOST, credential);

    expect(verdict).toMatchObject({ kind: 'error', error: { message: expect.stringContaining(setting) } });
  });
});

describe('okta, answers: 2xx', () => {
  test.each([
    ['[]', []],
    ['null', null],
    ['{"a":1}', { a: 1 }],
  ])('%s is the answer', (text, parsed) => {
    expect(judge(200, text)).toEqual({ kind: 'ok', body: parsed });
  });

  test.each(['', '<html>', '[{"id":"00u1"}', 'NaN'])('%j is no answer', (text) => {
    expect(judge(200, text)).toMatchObject({ kind: 'again' });
  });

  test('a list nested beyond all reason is an answer', () => {
    const deep = '['.repeat(200_000) + ']'.repeat(200_000);

    expect(judge(200, deep).kind).toBe('ok');
  });
});

describe('okta, answers: faults of the connection', () => {
  test.each(['ECONNRESET', 'ECONNREFUSED', 'EAI_AGAIN', 'EPIPE', 'UNKNOWN'])('%s is asked again', (code) => {
    expect(judgeFault({ kind: 'fault', code }, HOST)).toEqual({
      kind: 'again',
      why: expect.stringMatching(new RegExp(`^it .* \\(${code}\\)$`)),
      isOverload: false,
    });
  });

  test.each([
    ['HPE_INVALID_HEADER_TOKEN', 'not proper HTTP'],
    ['HPE_UNEXPECTED_CONTENT_LENGTH', 'whose length'],
    ['ERR_HTTP_CONTENT_LENGTH_MISMATCH', 'whose length'],
    ['Z_DATA_ERROR', 'cannot be unpacked'],
  ])('%s is asked again, in words', (code, words) => {
    expect(judgeFault({ kind: 'fault', code }, HOST)).toMatchObject({ why: expect.stringContaining(words) });
  });

  test('an answer that began and did not end is told from none at all', () => {
    const verdict = judgeFault({ kind: 'fault', code: 'ETIMEDOUT', hasBegun: true }, HOST);

    expect(verdict).toMatchObject({
      why: 'it sent an answer that began and did not end (ETIMEDOUT)',
      isOverload: true,
    });
  });

  test('an expired certificate is told as that', () => {
    const verdict = judgeFault({ kind: 'fault', code: 'CERT_HAS_EXPIRED' }, HOST);

    expect(verdict).toMatchObject({
      error: { message: `${HOST} has a TLS certificate that has expired (CERT_HAS_EXPIRED)` },
    });
  });

  test('no answer in time may be due to the size of the question', () => {
    const verdict = judgeFault({ kind: 'fault', code: 'ETIMEDOUT' }, HOST);

    expect(verdict).toMatchObject({ kind: 'again', isOverload: true });
  });

  test.each([
    ['too-large', OktaTooLargeError, 'OKTA_BASE_URL'],
    ['ENOTFOUND', OktaUnavailableError, 'OKTA_BASE_URL'],
    ['DEPTH_ZERO_SELF_SIGNED_CERT', OktaUnavailableError, 'NODE_EXTRA_CA_CERTS'],
    ['ERR_TLS_CERT_ALTNAME_INVALID', OktaUnavailableError, 'NODE_EXTRA_CA_CERTS'],
    ['CERT_HAS_EXPIRED', OktaUnavailableError, 'renew it'],
    ['CERT_NOT_YET_VALID', OktaUnavailableError, 'clock of this machine'],
    ['EPROTO', OktaUnavailableError, 'https'],
    ['UNABLE_TO_VERIFY_LEAF_SIGNATURE', OktaUnavailableError, 'NODE_EXTRA_CA_CERTS'],
  ])('%s stays so, and names what to look at', (code, kind, setting) => {
    const verdict = judgeFault({ kind: 'fault', code }, HOST);

    expect(verdict.kind === 'error' && verdict.error).toBeInstanceOf(kind);
    expect(verdict.kind === 'error' && verdict.error.hint).toContain(setting);
  });
});
