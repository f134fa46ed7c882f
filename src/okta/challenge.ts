import { z } from 'zod';
import type { HttpAnswer } from './http.ts';

/** What an answer says of the credential: an OAuth error, in a header or in the body. */
export interface Challenge {
  /** Such as `invalid_token`, `insufficient_scope`, `use_dpop_nonce`. */
  readonly error: string | undefined;
  /** The scope that Okta names as missing. */
  readonly scope: string | undefined;
  /** Okta's own words; of the token endpoint only. */
  readonly description: string | undefined;
}

const LONGEST_DESCRIPTION = 200;
/** What is looked through for it: looking takes the square of the length. */
const LONGEST_READ = 2000;
const name = z.string().regex(/^[\w.-]{1,60}$/);
const body = z.object({
  error: name,
  error_description: z.string().optional().catch(undefined),
});

export function readChallenge(answer: HttpAnswer): Challenge {
  const header = answer.headers['www-authenticate'] ?? '';
  const said = body.safeParse(parseJson(answer.text)).data;
  return {
    error: parameterOf(header, 'error') ?? said?.error,
    scope: parameterOf(header, 'scope'),
    description: said?.error_description === undefined ? undefined : cleaned(said.error_description),
  };
}

function parameterOf(header: string, parameter: string): string | undefined {
  const value = new RegExp(String.raw`(?:^|[\s,])${parameter}="([^"]*)"`, 'i').exec(header)?.[1];
  return name.safeParse(value).data;
}

/** An answer may quote what was sent: whatever looks like a token is left out. */
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
