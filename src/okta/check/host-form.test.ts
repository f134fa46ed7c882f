import { expect, test } from 'vitest';
import { hostForm } from './host-form.ts';

test.each([
  ['acme.okta.com', 'an org on okta.com'],
  ['dev-123.okta.com', 'an org on okta.com, a free one with small rate limits'],
  ['acme.oktapreview.com', 'a preview org (oktapreview.com)'],
  ['acme.okta-emea.com', 'an org on okta-emea.com'],
  ['acme.okta-gov.com', 'a government org (okta-gov.com)'],
  ['acme.okta.mil', 'a military org (okta.mil)'],
  ['login.example.com', 'a custom domain'],
  ['evilokta.com', 'a custom domain'],
  ['acme.okta.com.evil.example', 'a custom domain'],
  ['127.0.0.1', 'on this machine'],
  ['[::1]', 'on this machine'],
])('okta, host form: %s is %s', (hostname, form) => {
  expect(hostForm(hostname)).toBe(form);
});
