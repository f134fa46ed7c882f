const LOOPBACK = /^(localhost|127(\.\d{1,3}){3}|\[::1\])$/;

/** Okta's own domains (okta-api section 11). Each begins with its dot, so that `evilokta.com` is none of them. */
const DOMAINS = [
  ['.okta.com', 'an org on okta.com'],
  ['.oktapreview.com', 'a preview org (oktapreview.com)'],
  ['.okta-emea.com', 'an org on okta-emea.com'],
  ['.okta-gov.com', 'a government org (okta-gov.com)'],
  ['.okta.mil', 'a military org (okta.mil)'],
] as const;

const FREE = /^(integrator|trial|dev)-/;

/** The kind of address that a host name is, in words. */
export function hostForm(hostname: string): string {
  if (LOOPBACK.test(hostname)) return 'on this machine';
  const form = DOMAINS.find(([domain]) => hostname.endsWith(domain))?.[1];
  if (form === undefined) return 'a custom domain';
  return FREE.test(hostname) ? `${form}, a free one with small rate limits` : form;
}
