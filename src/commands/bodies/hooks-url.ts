import { ConfigError } from '../../ports/errors.ts';

/** The address must be one that Okta may call: https, or this machine for a simulated org. */
export function receiverUrl(text: string): URL {
  const url = URL.parse(text);
  if (url === null) throw urlFault('is no URL');
  const isHere = /^(localhost|127(\.\d{1,3}){3}|\[::1\])$/.test(url.hostname);
  if (url.protocol !== 'https:' && !(url.protocol === 'http:' && isHere))
    throw urlFault('must be https: Okta calls no other');
  if (url.username !== '' || url.password !== '' || url.search !== '' || url.hash !== '')
    throw urlFault('holds more than host, port and path');
  return url;
}

export function urlFault(problem: string): ConfigError {
  return new ConfigError([
    { name: '--url', problem, hint: 'for example --url https://hooks.example.com/okta/events' },
  ]);
}
