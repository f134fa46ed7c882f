import { right, wrong, type Parsed } from './parsed.ts';

const LOOPBACK = /^(localhost|127(\.\d{1,3}){3}|\[::1\])$/;
const HOST = /^([a-z0-9_-]{1,63}\.)+[a-z0-9-]{1,63}$/;
/** The Admin Console's hosts of Okta's own domains (okta-api.md, 11). A custom domain may end in -admin. */
const ADMIN_HOST = /^([a-z0-9-]+)-admin(\.(?:okta|oktapreview|okta-emea|okta-gov)\.com|\.okta\.mil)$/;

/** The org's origin without a slash at its end. */
export function oktaBaseUrl(text: string): Parsed<string> {
  return baseUrl(text, (url) => [
    ...(ADMIN_HOST.test(url.hostname) ? ['names the host of the Admin Console'] : []),
    ...(url.pathname.replace(/\/+$/, '') === '' ? [] : ['holds a path']),
  ]);
}

/** The intake's base URL without a slash at its end. It may have a path, because some regions answer below `/api`. */
export function intakeBaseUrl(text: string): Parsed<string> {
  return baseUrl(text, (url) =>
    url.pathname.includes('/asset-management') ? ['holds the path of an endpoint'] : [],
  );
}

/** `ownProblems` concern host and path; the hint cures them with its host, without a path. */
function baseUrl(text: string, ownProblems: (url: URL) => readonly string[]): Parsed<string> {
  const hasScheme = /^[a-z][a-z0-9+.-]*:\/\//i.test(text);
  const written = hasScheme ? text : `https://${text.replace(/^https?:\/*/i, '')}`;
  if (/[\s\\]/.test(text) || !URL.canParse(written)) return wrong('is not a URL');

  const url = new URL(written);
  const problems = [
    ...(hasScheme ? [] : ['does not start with https://']),
    ...(isSafe(url) ? [] : ['is not https (http is for this machine only)']),
    ...(url.username === '' && url.password === '' ? [] : ['holds a user name or password']),
    ...(url.search === '' && url.hash === '' ? [] : ['holds a query or fragment']),
    ...ownProblems(url),
  ];
  if (problems.length > 0) return wrong(problems.join(', '), suggestion(url));
  return right(`${url.origin}${url.pathname.replace(/\/+$/, '')}`);
}

/** https, or http to this machine. */
export function isSafe(url: URL): boolean {
  return url.protocol === 'https:' || (url.protocol === 'http:' && LOOPBACK.test(url.hostname));
}

/** Repeats only a text that looks like a host, because a secret may have been pasted here by mistake. */
function suggestion(url: URL): string | undefined {
  const host = url.hostname.replace(ADMIN_HOST, '$1$2');
  const port = url.port === '' ? '' : `:${url.port}`;
  if (LOOPBACK.test(host)) return `write http://${host}${port}`;
  return HOST.test(host) ? `write https://${host}${port}` : undefined;
}
