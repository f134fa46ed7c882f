import { describe, expect, test } from 'vitest';
import { describeFault } from './faults.ts';

const SIDE = { setting: 'BASE_URL', what: 'the other side', status: 'its status page' };

describe('http, faults', () => {
  test.each([
    ['ENOTFOUND', 'no-such-name', 'was not found', 'DNS'],
    ['EAI_AGAIN', 'name-unanswered', 'was not found', 'DNS'],
    ['ECONNREFUSED', 'nobody-there', 'cannot be reached', 'firewall'],
    ['EHOSTUNREACH', 'nobody-there', 'cannot be reached', 'firewall'],
    ['ENETDOWN', 'nobody-there', 'cannot be reached', 'firewall'],
    ['CERT_HAS_EXPIRED', 'certificate', 'has a TLS certificate that has expired', 'renew'],
    ['ERR_TLS_CERT_ALTNAME_INVALID', 'certificate', 'is for another host', 'NODE_EXTRA_CA_CERTS'],
    ['CERT_OF_A_NEW_KIND', 'certificate', 'could not be verified', 'NODE_EXTRA_CA_CERTS'],
    ['EPROTO', 'no-tls', 'does not speak TLS', 'https'],
    ['ERR_SSL_WRONG_VERSION_NUMBER', 'no-tls', 'does not speak TLS', 'https'],
    ['ERR_SSL_SSLV3_ALERT_CERTIFICATE_UNKNOWN', 'no-tls', 'does not speak TLS', 'https'],
    ['ERR_TLS_HANDSHAKE_TIMEOUT', 'no-tls', 'does not speak TLS', 'https'],
    ['ERR_HTTP_CONTENT_LENGTH_MISMATCH', 'wrong-length', 'whose length', 'proxy'],
    ['HPE_UNEXPECTED_CONTENT_LENGTH', 'wrong-length', 'whose length', 'proxy'],
    ['HPE_INVALID_CONSTANT', 'not-http', 'not proper HTTP', 'proxy'],
    ['Z_DATA_ERROR', 'not-unpackable', 'cannot be unpacked', 'proxy'],
    ['ETIMEDOUT', 'timed-out', 'did not answer in time', 'its status page'],
    ['ERR_INVALID_CHAR', 'bad-header', 'character', 'credential'],
    ['ECONNRESET', 'broke-off', 'broke off', 'its status page'],
    ['UNKNOWN', 'broke-off', 'broke off', 'its status page'],
  ])('%s is %s', (code, kind, words, advice) => {
    const { kind: told, what, hint } = describeFault({ kind: 'fault', code }, SIDE);

    expect(told).toBe(kind);
    expect(what).toContain(words);
    expect(what).toContain(`(${code})`);
    expect(hint).toContain(advice);
  });

  test('an answer that began and did not end is told from none at all', () => {
    const fault = { kind: 'fault', code: 'ETIMEDOUT', hasBegun: true } as const;

    expect(describeFault(fault, SIDE).kind).toBe('never-ended');
  });

  test('an answer that is too large asks whether the address is right', () => {
    expect(describeFault({ kind: 'fault', code: 'too-large' }, SIDE)).toEqual({
      kind: 'too-large',
      what: 'sent an answer over 64 MiB, which was not read on',
      hint: 'check that BASE_URL is the address of the other side',
    });
  });

  test('what a proxy did comes before the code', () => {
    const proxy = { kind: 'refused', what: 'the proxy refused', hint: 'ask its owner' } as const;

    expect(describeFault({ kind: 'fault', code: 'ECONNRESET', proxy }, SIDE)).toEqual({
      kind: 'proxy',
      what: 'cannot be reached: the proxy refused',
      hint: 'ask its owner',
    });
  });
});
