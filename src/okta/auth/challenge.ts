import { z } from 'zod';
import type { HttpAnswer } from '../../http/client.ts';

/** The OAuth error in an answer, which says what is wrong with the credential. It stands in a header or in the body. */
export interface Challenge {
  /** A code such as `invalid_token`, `insufficient_scope` or `use_dpop_nonce`. */
  readonly error: string | undefined;
  /** The scope that Okta says is missing; several have spaces between them. */
  readonly scope: string | undefined;
  /** Okta's own words; only the token endpoint gives any. */
  readonly description: string | undefined;
}

const LONGEST_DESCRIPTION = 200;
/** Only this much of a header is searched, since the search takes time that grows with the square of the length. */
const LONGEST_READ = 2000;
const name = z.string().regex(/^[\w.-]{1,60}$/);
const scopes = z.string().regex(/^[\w.-]{1,60}( [\w.-]{1,60}){0,9}$/);
/** One parameter of a header: its value in quotes or bare, with or without spaces around the sign (RFC 9110, 11.2). */
const PARAMETER = /([\w-]+)\s*=\s*(?:"((?:[^"\\]|\\.)*)"|([^\s",]+))/g;
const body = z.object({
  error: name,
  error_description: z.string().optional().catch(undefined),
});

export function readChallenge(answer: HttpAnswer): Challenge {
  const told = parametersOf(answer.headers['www-authenticate'] ?? '');
  const said = body.safeParse(parseJson(answer.text)).data;
  return {
    error: name.safeParse(told.get('error')).data ?? said?.error,
    scope: scopes.safeParse(told.get('scope')).data,
    description: said?.error_description === undefined ? undefined : cleaned(said.error_description),
  };
}

/** Parameters by name in lower case. Text inside a quoted value is never a parameter. */
function parametersOf(header: string): ReadonlyMap<string, string | undefined> {
  const found = [...header.slice(0, LONGEST_READ).matchAll(PARAMETER)];
  return new Map(found.map(([, key = '', quoted, bare]) => [key.toLowerCase(), quoted ?? bare]));
}

/** Takes out everything that looks like a token, because an answer may quote what was sent. */
function cleaned(text: string): string {
  return text
    .slice(0, LONGEST_READ)
    .replaceAll(/[\w-]{10,}\.[\w-]{10,}(\.[\w-]*)?/g, '[hidden]')
    .replaceAll(/[\s\p{Cc}\p{Cf}]+/gu, ' ')
    .trim()
    .slice(0, LONGEST_DESCRIPTION);
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined; // HTML or nothing: no challenge
  }
}
