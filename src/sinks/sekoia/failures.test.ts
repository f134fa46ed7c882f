import { describe, expect, test } from 'vitest';
import { SinkUnavailableError } from '../../ports/errors.ts';
import { failureOf } from './failures.ts';

const withCode = (code: string) => ({ kind: 'fault', code }) as const;

describe('sinks, failures: a push without an answer, in words', () => {
  test.each([
    ['ENOTFOUND', 'was not found', 'SEKOIA_BASE_URL'],
    ['EAI_AGAIN', 'was not found', 'DNS'],
    ['ECONNREFUSED', 'cannot be reached', 'firewall'],
    ['ENETUNREACH', 'cannot be reached', 'HTTPS_PROXY'],
    ['SELF_SIGNED_CERT_IN_CHAIN', 'authority that is not trusted', 'NODE_EXTRA_CA_CERTS'],
    ['UNABLE_TO_VERIFY_LEAF_SIGNATURE', 'certificate that comes without', 'NODE_EXTRA_CA_CERTS'],
    ['ERR_TLS_CERT_ALTNAME_INVALID', 'certificate that is for another host', 'SEKOIA_BASE_URL'],
    ['CERT_HAS_EXPIRED', 'certificate that has expired', 'renew'],
    ['CERT_NOT_YET_VALID', 'certificate that is not valid yet', 'clock of this machine'],
    ['EPROTO', 'does not speak TLS', 'port'],
    ['ETIMEDOUT', 'did not answer in time', 'network'],
    ['ECONNRESET', 'broke off', 'network'],
    ['HPE_INVALID_CONSTANT', 'not proper HTTP', 'proxy'],
    ['HPE_UNEXPECTED_CONTENT_LENGTH', 'an answer whose length', 'proxy'],
  ])('%s', (code, what, advice) => {
    const error = failureOf(withCode(code), 'intake.example');

    expect(error).toBeInstanceOf(SinkUnavailableError);
    expect(error.message).toMatch(/^the intake at intake\.example /);
    expect(error.message).toContain(what);
    expect(error.message).toContain(code);
    expect(error.hint).toContain(advice);
    expect(error.cause).toEqual({ code });
  });

  test('an answer that began and never ended is told from none at all', () => {
    const error = failureOf({ ...withCode('ETIMEDOUT'), hasBegun: true }, 'intake.example');

    expect(error.message).toBe(
      'the intake at intake.example sent an answer that began and did not end (ETIMEDOUT)',
    );
  });
});
