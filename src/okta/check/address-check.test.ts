import { describe, expect, test } from 'vitest';
import { checkAddress, type Address } from './address-check.ts';
import type { HttpAnswer, HttpFault, HttpGet } from '../../http/client.ts';
import { HastyClock, HOST, NOW, ORIGIN } from '../okta.fixture.ts';

const ORG = { id: '00oAAA', pipeline: 'idx', _links: { organization: { href: ORIGIN } } };

function answer(body: unknown, changes: Partial<HttpAnswer> = {}): HttpAnswer {
  const headers = { date: new Date(NOW).toUTCString() };
  return { kind: 'answer', status: 200, headers, text: JSON.stringify(body), ...changes };
}

interface Checked extends Address {
  readonly asked: readonly [url: string, headers: object][];
}

async function check(...outcomes: readonly (HttpAnswer | HttpFault)[]): Promise<Checked> {
  const asked: [string, object][] = [];
  const http: HttpGet = async (url, headers) => {
    asked.push([url.href, headers]);
    const outcome = outcomes[Math.min(asked.length, outcomes.length) - 1];
    if (outcome === undefined) throw new Error('nothing to answer');
    return outcome;
  };
  const baseUrl = new URL(ORIGIN);
  const address = await checkAddress({
    http,
    baseUrl,
    clock: new HastyClock(),
    signal: new AbortController().signal,
  });
  return { ...address, asked };
}

describe('okta, address check: the address of the org', () => {
  test('is asked once, without a credential', async () => {
    const { asked, isOrg, pipeline, checks } = await check(answer(ORG));

    expect(asked).toEqual([[`${ORIGIN}/.well-known/okta-organization`, {}]]);
    expect([isOrg, pipeline]).toEqual([true, 'idx']);
    expect(checks.map(({ status }) => status)).toEqual(['passed', 'passed', 'passed']);
    expect(checks[0]?.detail).toBe(`${HOST} is the org 00oAAA: a custom domain, TLS verified`);
  });

  test('that the org does not name itself by is a warning', async () => {
    const links = { organization: { href: 'https://other.okta.com' } };

    const { isOrg, checks } = await check(answer({ ...ORG, _links: links }));

    expect([isOrg, checks[0]?.status]).toEqual([true, 'warning']);
    expect(checks[0]?.detail).toContain('it names itself other.okta.com');
  });

  test.each([
    ['ENOTFOUND', /was not found/, /slip/],
    ['DEPTH_ZERO_SELF_SIGNED_CERT', /certificate/, /NODE_EXTRA_CA_CERTS/],
    ['ERR_TLS_CERT_ALTNAME_INVALID', /certificate/, /NODE_EXTRA_CA_CERTS/],
    ['EPROTO', /does not speak TLS/, /port/],
    ['ECONNREFUSED', /cannot be reached/, /firewall/],
    ['ETIMEDOUT', /did not answer in time/, /network/],
    ['too-large', /over 64 MiB/, /OKTA_BASE_URL/],
  ])('%s is told in words', async (code, detail, todo) => {
    const { isOrg, checks, asked } = await check({ kind: 'fault', code });

    expect([isOrg, asked.length]).toEqual([false, 1]);
    expect(checks).toEqual([
      expect.objectContaining({
        code: 'okta_address',
        status: 'failed',
        detail: expect.stringMatching(detail),
        todo: expect.stringMatching(todo),
      }),
    ]);
  });

  test('what a proxy did is told as such', async () => {
    const proxy = {
      kind: 'refused',
      what: 'the proxy refuses (HTTP 407)',
      hint: 'check HTTPS_PROXY',
    } as const;

    const { checks, asked } = await check({ kind: 'fault', code: 'ECONNRESET', proxy });

    expect(checks).toEqual([
      expect.objectContaining({
        detail: `${HOST} cannot be reached: the proxy refuses (HTTP 407)`,
        todo: 'check HTTPS_PROXY',
      }),
    ]);
    expect(asked).toHaveLength(1);
  });

  test.each([[{ kind: 'fault', code: 'ECONNRESET' } as const], [answer('', { status: 503 })]])(
    'what may pass is tried a second time',
    async (first) => {
      const { isOrg, asked } = await check(first, answer(ORG));

      expect([isOrg, asked.length]).toEqual([true, 2]);
    },
  );

  test.each([
    answer({}, { status: 404 }),
    answer({}, { status: 302 }),
    answer(undefined, { text: '<html>' }),
    answer({ id: 'x' }),
    answer(null),
    answer([]),
  ])('what is no org gets no credential', async (other) => {
    const { isOrg, checks } = await check(other);

    expect(isOrg).toBe(false);
    expect(checks.map(({ detail }) => detail)).toEqual([
      expect.stringContaining('the credential was not sent'),
    ]);
  });
});

describe('okta, address check: the clock', () => {
  test.each([
    [0, 'passed', /agrees/],
    [30, 'passed', /(29|30|31) s from/],
    [90, 'warning', /(89|90|91) s behind/],
    [-90, 'warning', /(89|90|91) s ahead/],
  ])('%i s off: %s', async (seconds, status, detail) => {
    const headers = { date: new Date(NOW + seconds * 1000).toUTCString() };

    const { checks } = await check(answer(ORG, { headers }));

    expect(checks.find(({ code }) => code === 'okta_clock')).toMatchObject({
      status,
      detail: expect.stringMatching(detail),
    });
  });

  test('an answer without a Date tells nothing', async () => {
    const { checks } = await check(answer({ ...ORG, pipeline: 'v1' }, { headers: {} }));

    expect(checks.map(({ detail }) => detail).slice(1)).toEqual([
      'Classic Engine',
      'Okta did not tell its time',
    ]);
  });
});
