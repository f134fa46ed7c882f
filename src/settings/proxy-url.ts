import { right, wrong, type Parsed } from './parsed.ts';
import { Secret } from './secret.ts';

const EXAMPLE = 'write http://proxy.example.com:3128, or http://user:password@proxy.example.com:3128';

/** The URL of an HTTP proxy; http when it names no scheme. It is a secret, since it may contain a password. */
export function proxyUrl(text: string): Parsed<Secret> {
  const written = /^[a-z][a-z0-9+.-]*:\/\//i.test(text) ? text : `http://${text}`;
  if (/[\s\\]/.test(text) || !URL.canParse(written)) return wrong('is not the URL of a proxy', EXAMPLE);
  const url = new URL(written);
  if (!['http:', 'https:'].includes(url.protocol))
    return wrong('is not an HTTP proxy (http:// or https://)', EXAMPLE);
  const passwords = passwordForms(url);
  if (passwords === undefined) return wrong('holds a % that is not written as %25', EXAMPLE);
  return right(new Secret(url.href, passwords));
}

/** The forms in which the password may turn up in messages and headers. */
function passwordForms({ username, password }: URL): string[] | undefined {
  if (password === '') return [];
  try {
    const plain = decodeURIComponent(password);
    const basic = Buffer.from(`${decodeURIComponent(username)}:${plain}`).toString('base64');
    return [password, plain, basic];
  } catch {
    return undefined;
  }
}
