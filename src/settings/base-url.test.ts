import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { intakeBaseUrl, oktaBaseUrl } from './base-url.ts';

describe('settings, base url: OKTA_BASE_URL', () => {
  test.each([
    ['https://acme.okta.com', 'https://acme.okta.com'],
    ['https://acme.okta.com/', 'https://acme.okta.com'],
    ['https://ACME.Okta.com:443//', 'https://acme.okta.com'],
    ['https://login.example.com', 'https://login.example.com'],
    ['https://login-admin.example.com', 'https://login-admin.example.com'],
    ['https://acme.oktapreview.com', 'https://acme.oktapreview.com'],
    ['https://acme.okta.com.', 'https://acme.okta.com.'],
    ['http://127.0.0.1:8080/', 'http://127.0.0.1:8080'],
    ['http://127.9.9.9', 'http://127.9.9.9'],
    ['http://localhost:1', 'http://localhost:1'],
    ['http://[::1]:99', 'http://[::1]:99'],
  ])('takes %s', (text, value) => {
    expect(oktaBaseUrl(text)).toEqual({ kind: 'right', value });
  });

  test.each([
    ['acme.okta.com', 'does not start with https://', 'write https://acme.okta.com'],
    ['acme.okta.com:443/', 'does not start with https://', 'write https://acme.okta.com'],
    ['localhost:8080', 'does not start with https://', 'write http://localhost:8080'],
    ['https:/acme.okta.com', 'does not start with https://', 'write https://acme.okta.com'],
    ['http://acme.okta.com', 'is not https', 'write https://acme.okta.com'],
    ['http://127.0.0.1.evil.com', 'is not https', 'write https://127.0.0.1.evil.com'],
    ['http://localhost.evil.com', 'is not https', 'write https://localhost.evil.com'],
    ['ftp://acme.okta.com', 'is not https', 'write https://acme.okta.com'],
    ['https://acme-admin.okta.com', 'Admin Console', 'write https://acme.okta.com'],
    ['https://acme-admin.okta-gov.com', 'Admin Console', 'write https://acme.okta-gov.com'],
    ['https://acme-admin.okta.com/admin/dashboard', 'Admin Console', 'write https://acme.okta.com'],
    ['https://acme.okta.com/api/v1/users', 'holds a path', 'write https://acme.okta.com'],
    ['https://me:hunter22@acme.okta.com', 'user name or password', 'write https://acme.okta.com'],
    ['https://acme.okta.com?x=1', 'holds a query or fragment', 'write https://acme.okta.com'],
    ['https://acme.okta.com/#x', 'holds a query or fragment', 'write https://acme.okta.com'],
    ['https://', 'is not a URL', undefined],
    ['https://acme okta.com', 'is not a URL', undefined],
    ['https:\\\\acme.okta.com', 'is not a URL', undefined],
  ])('refuses %s', (text, problem, hint) => {
    const parsed = oktaBaseUrl(text);

    expect(parsed).toMatchObject({ kind: 'wrong', problem: expect.stringContaining(problem) });
    expect(parsed).toEqual(
      hint === undefined ? expect.not.objectContaining({ hint }) : expect.objectContaining({ hint }),
    );
    expect(JSON.stringify(parsed)).not.toContain('hunter22');
  });

  test('does not repeat a token that was pasted here', () => {
    expect(
      JSON.stringify(oktaBaseUrl('00aBcDeFgHiJkLmNoPqRsTuVwXyZ0123456789_-ab')).toLowerCase(),
    ).not.toContain('00abc');
  });

  test('says something about every text, and only gives safe origins', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.webUrl({ size: '-1' })), (text) => {
        const parsed = oktaBaseUrl(text);
        if (parsed.kind === 'wrong') return;
        const url = new URL(parsed.value);
        expect(parsed.value).toBe(url.origin);
        expect(url.protocol === 'https:' || url.hostname.startsWith('127.')).toBe(true);
      }),
    );
  });
});

describe('settings, base url: SEKOIA_BASE_URL', () => {
  test('keeps the path below which some regions answer', () => {
    expect(intakeBaseUrl('https://app.fra2.sekoia.io/api/')).toEqual({
      kind: 'right',
      value: 'https://app.fra2.sekoia.io/api',
    });
  });

  test('refuses the whole address of the endpoint', () => {
    expect(intakeBaseUrl('https://api.sekoia.io/api/v2/asset-management/asset-connector/x')).toMatchObject({
      kind: 'wrong',
      hint: 'write https://api.sekoia.io',
    });
  });

  test('is http to this machine only', () => {
    expect(intakeBaseUrl('http://api.sekoia.io')).toMatchObject({ kind: 'wrong' });
    expect(intakeBaseUrl('http://127.0.0.1:1')).toMatchObject({ kind: 'right' });
  });
});
