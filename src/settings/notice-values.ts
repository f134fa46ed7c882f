import { NOTICE_CAUSES, type NoticeCause } from '../ports/notices.ts';
import type { SettingFault } from '../ports/errors.ts';
import { isSafe } from './base-url.ts';
import type { Given } from './given.ts';
import { someOf } from './list-values.ts';
import { allowing, right, wrong, type Parsed } from './parsed.ts';
import { Secret } from './secret.ts';

/** The specification of Standard Webhooks asks for at least so many. */
const SHORTEST_KEY_BYTES = 24;
const PREFIX = 'whsec_';
const MAKE_ONE = 'make one with: echo whsec_$(openssl rand -base64 32)';
/** A shorter path has no room for a token, and would hide too much in logs. */
const SHORTEST_SECRET_PATH = 16;

/** The URL of a receiver. It is a secret, since its path or query is what lets a sender in, as at Slack. */
export function webhookUrl(text: string): Parsed<Secret> {
  if (/[\s\\]/.test(text) || !URL.canParse(text)) return wrong('is not a URL');
  const url = new URL(text);
  const problems = [
    ...(isSafe(url) ? [] : ['is not https (http is for this machine only)']),
    ...(url.username === '' && url.password === '' ? [] : ['holds a user name or password']),
    ...(url.hash === '' ? [] : ['holds a fragment']),
  ];
  if (problems.length > 0) return wrong(problems.join(', '));
  const path = `${url.pathname}${url.search}`;
  return right(new Secret(url.href, path.length < SHORTEST_SECRET_PATH ? [] : [path]));
}

/** Reads `whsec_` and base64, or any plain text that is long enough and counts byte by byte. */
export function webhookKey(text: string): Parsed<Secret> {
  if (!/^[\x21-\x7e]+$/.test(text))
    return wrong('holds spaces, line breaks or characters that are not plain ASCII', MAKE_ONE);
  const isEncoded = text.startsWith(PREFIX);
  const encoded = text.slice(PREFIX.length);
  if (isEncoded && !/^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/.test(encoded))
    return wrong('is not whsec_ with base64 behind it', MAKE_ONE);
  const bytes = isEncoded ? Buffer.from(encoded, 'base64').length : text.length;
  if (bytes < SHORTEST_KEY_BYTES) return wrong(`is shorter than ${SHORTEST_KEY_BYTES} bytes`, MAKE_ONE);
  return right(new Secret(text, isEncoded ? [encoded] : []));
}

const ALL = 'all';
const someCauses = someOf('cause', [...NOTICE_CAUSES, ALL]);

/** Reads causes, separated by commas; `all` stands for each of them. */
export const causes = allowing(
  { kind: 'several', values: [...NOTICE_CAUSES, ALL] },
  (text): Parsed<ReadonlySet<NoticeCause>> => {
    const parsed = someCauses(text);
    if (parsed.kind === 'wrong') return parsed;
    return right(new Set(NOTICE_CAUSES.filter((cause) => parsed.value.has(ALL) || parsed.value.has(cause))));
  },
);

/** Mistakes between the settings of notices, each under the setting that reports it. */
export function noticeFaults(given: ReadonlyMap<string, Given>): ReadonlyMap<string, SettingFault> {
  const faults = new Map<string, SettingFault>();
  const [url, key] = ['ALERT_WEBHOOK_URL', 'ALERT_WEBHOOK_KEY'];
  if (given.has('NOTIFY') && !given.has(url)) {
    const hint = 'for example ALERT_WEBHOOK_URL=https://hooks.example.com/okta-ocsf';
    faults.set(url, { name: url, problem: 'is missing: NOTIFY sends there', hint });
  }
  const isSigned = given.get('ALERT_WEBHOOK_FORMAT')?.text?.toLowerCase() !== 'slack';
  if (given.has(url) && isSigned && !given.has(key)) {
    const hint = `${MAKE_ONE}; or set ALERT_WEBHOOK_FORMAT=slack for a receiver that checks no signature`;
    faults.set(key, { name: key, problem: 'is missing: messages are signed with it', hint });
  }
  return faults;
}
