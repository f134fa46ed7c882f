import { z } from 'zod';
import {
  OktaAuthError,
  OktaFeatureOffError,
  OktaForbiddenError,
  OktaNotFoundError,
  OktaRefusedQuestionError,
  OktaResponseError,
  OktaUnavailableError,
} from '../../ports/errors.ts';
import { describeFault, type FaultKind, type FaultSide } from '../../http/faults.ts';
import type { ConnectorError } from '../../ports/errors.ts';
import { readChallenge } from '../auth/challenge.ts';
import { assignRole, grantScope, howToGrant } from '../auth/grants.ts';
import type { CredentialKind } from '../auth/grants.ts';
import type { HttpAnswer, HttpFault } from '../../http/client.ts';
import { endpointOf, READ_USERS } from '../endpoints.ts';
import { parseExactly } from './exact-json.ts';
import { isOvergrown } from './overgrown.ts';
import { scopeFor } from '../auth/scopes.ts';

/** The verdict on one exchange: use the answer, wait for the bucket, try again, or give up with an error. */
export type OktaVerdict =
  | { readonly kind: 'ok'; readonly body: unknown }
  | { readonly kind: 'rate-limited' }
  /** `isOverload`: Okta itself gave up on the question, so a smaller one may pass. */
  | { readonly kind: 'again'; readonly why: string; readonly isOverload: boolean; readonly hint?: string }
  | { readonly kind: 'error'; readonly error: ConnectorError };

/** All tries ended in 5xx or without an answer. That is a gap like any other, but a smaller page may pass. */
export class OktaOverloadError extends OktaUnavailableError {}

/** The answer was larger than is read; a smaller page may pass. */
export class OktaTooLargeError extends OktaResponseError {}

/**
 * A 404 without an error code of Okta's: what stands between, or a wrong address, knows no such page. It says of nothing
 * that it is gone.
 */
export class NoOktaPageError extends OktaUnavailableError {}

/** A 400 that objects to a search or a parameter rather than to a cursor: E0000031 or E0000001. */
export class OktaInvalidQuestionError extends OktaRefusedQuestionError {}

/** The words for Okta in the table of faults. */
export const OKTA_SIDE: FaultSide = {
  setting: 'OKTA_BASE_URL',
  what: 'an Okta org',
  status: 'status.okta.com',
};

const problem = z.object({ errorCode: z.string().regex(/^E\d{7}$/) });
/** Both go into messages, so a text that does not look like Okta's is left out. */
const requestId = z.string().regex(/^[\w@.-]{1,100}$/);

function parseJson(text: string): { readonly value: unknown } | undefined {
  try {
    return { value: parseExactly(text) };
  } catch {
    return undefined;
  }
}

/** Okta's own error code, such as E0000006, where the body is Okta's. Edges and proxies answer in HTML. */
export function errorCodeOf(text: string): string | undefined {
  const parsed = problem.safeParse(parseJson(text)?.value);
  return parsed.success ? parsed.data.errorCode : undefined;
}

/** A name that does not resolve and a certificate that does not verify will stay so during this run. */
const LASTING: ReadonlySet<FaultKind> = new Set(['no-such-name', 'certificate', 'no-tls']);

/** A fault of the connection. */
export function judgeFault(fault: HttpFault, host: string): Exclude<OktaVerdict, { kind: 'ok' }> {
  const { kind, what, hint } = describeFault(fault, OKTA_SIDE);
  const message = `${host} ${what}`;
  if (fault.proxy?.kind === 'passing')
    return { kind: 'again', why: fault.proxy.what, isOverload: false, hint };
  if (fault.proxy?.kind === 'refused') return { kind: 'error', error: new OktaAuthError(message, { hint }) };
  if (kind === 'too-large') return { kind: 'error', error: new OktaTooLargeError(message, { hint }) };
  if (kind === 'proxy' || LASTING.has(kind)) {
    return { kind: 'error', error: new OktaUnavailableError(message, { hint }) };
  }
  return { kind: 'again', why: `it ${what}`, isOverload: kind === 'timed-out' || kind === 'never-ended' };
}

/** Describes an answer by Okta's code and request id, never by its body, which may hold a profile. */
function describe(answer: HttpAnswer, template: string, host: string): string {
  const code = errorCodeOf(answer.text);
  const id = requestId.safeParse(answer.headers['x-okta-request-id']);
  const details = [code, id.success ? `request ${id.data}` : undefined].filter((part) => part !== undefined);
  return `${host} answered ${answer.status} to GET ${template}${details.length > 0 ? ` (${details.join(', ')})` : ''}`;
}

/** A refusal with the facts that its error needs. */
interface Refused {
  readonly answer: HttpAnswer;
  readonly told: string;
  readonly template: string;
  readonly credential: CredentialKind;
}

/** The setting whose credential or rights Okta refused: the message names it (contract.md, exit code 3). */
const SETTING: Readonly<Record<CredentialKind, string>> = {
  token: 'OKTA_API_TOKEN',
  'service-app': 'OKTA_CLIENT_ID',
};

const REJECTED: Readonly<Record<CredentialKind, string>> = {
  token:
    'check OKTA_API_TOKEN: a token ends after 30 days without use, when it is revoked, and when its creator is deactivated; and that OKTA_BASE_URL is the org that issued it',
  'service-app':
    'a fresh access token was refused: check that the service app is active, and that OKTA_BASE_URL is the org that holds it',
};

/**
 * Okta's API answers in JSON. A page of HTML comes from something in between, or from an edge that no admin role can
 * change.
 */
export function isWebPage({ headers, text }: HttpAnswer): boolean {
  return (
    errorCodeOf(text) === undefined && (/html/i.test(headers['content-type'] ?? '') || /^\s*</.test(text))
  );
}

export const BETWEEN_HINT =
  "check what stands between: a proxy or web application firewall, and the org's network zones (Security > Networks) and IP rules of the token: is this machine's address allowed?";

function unauthorised({ answer, told, credential }: Refused): ConnectorError {
  if (isWebPage(answer)) {
    const message = `${told} with a web page, so it was not Okta's API that refused ${SETTING[credential]}`;
    return new OktaAuthError(message, { hint: BETWEEN_HINT });
  }
  if (errorCodeOf(answer.text) === 'E0000015')
    return new OktaFeatureOffError(`${told}: the feature is off in this org`);
  const message = `${told}: the credential of ${SETTING[credential]} was not accepted`;
  return new OktaAuthError(message, { hint: REJECTED[credential] });
}

/** A missing scope and a missing admin role are mended in two different places. */
function forbidden({ answer, told, template, credential }: Refused): ConnectorError {
  if (isWebPage(answer)) {
    const message = `${told} with a web page, so it was not Okta's API that refused ${SETTING[credential]}`;
    return new OktaForbiddenError(message, { hint: BETWEEN_HINT });
  }
  const notAllowed = `${told}: not allowed with this ${SETTING[credential]}`;
  const grant = endpointOf(template)?.grant ?? READ_USERS;
  if (credential === 'token') {
    return new OktaForbiddenError(notAllowed, { hint: howToGrant(grant, credential) });
  }
  const { error, scope: named } = readChallenge(answer);
  if (error === 'insufficient_scope') {
    const scope = named ?? scopeFor(template) ?? 'the scope of this endpoint';
    return new OktaForbiddenError(
      `${told}: the service app of ${SETTING[credential]} lacks the scope ${scope}`,
      { hint: grantScope(scope) },
    );
  }
  if (errorCodeOf(answer.text) === 'E0000006') {
    const message = `${told}: no admin role of the service app of ${SETTING[credential]} allows it`;
    return new OktaForbiddenError(message, { hint: assignRole(template) });
  }
  return new OktaForbiddenError(notAllowed, { hint: howToGrant(grant, credential) });
}

function redirected(told: string): ConnectorError {
  return new OktaResponseError(`${told}, a redirect, which is never followed with a token`, {
    hint: "give OKTA_BASE_URL as the org's own address, without -admin and without a path",
  });
}

function notFound({ answer, told }: Refused): ConnectorError {
  if (errorCodeOf(answer.text) !== undefined)
    return new OktaNotFoundError(`${told}: not found`, { hint: 'check OKTA_BASE_URL' });
  return new NoOktaPageError(`${told} without a word of Okta's API, so nothing counts as gone`, {
    hint: `check OKTA_BASE_URL, and ${BETWEEN_HINT.replace('check ', '')}`,
  });
}

/** The search is wrong, or a validation failed (okta-api section 7). */
const INVALID_QUESTION: ReadonlySet<string> = new Set(['E0000031', 'E0000001']);

/** One table from status to error (style.md). `undefined`: a status that may pass by itself. */
function refusalOf(subject: Refused): ConnectorError | undefined {
  const { told, answer } = subject;
  const { status } = answer;
  if (status >= 300 && status < 400) return redirected(told);
  if (status === 401) return unauthorised(subject);
  if (status === 403) return forbidden(subject);
  if (status === 404) return notFound(subject);
  if ([405, 410, 501].includes(status)) return new OktaFeatureOffError(`${told}: not offered by this org`);
  if (status >= 400 && status < 500 && ![408, 425].includes(status)) {
    const isInvalid = status === 400 && INVALID_QUESTION.has(errorCodeOf(answer.text) ?? '');
    const Kind = isInvalid ? OktaInvalidQuestionError : OktaRefusedQuestionError;
    return new Kind(`${told}: Okta did not accept the question`);
  }
  return undefined;
}

function overgrown(template: string, host: string): ConnectorError {
  const message = `${host} answered GET ${template} with millions of values, which were not read`;
  return new OktaTooLargeError(message, { hint: 'check that OKTA_BASE_URL is an Okta org' });
}

/** Judges a whole answer. A 2xx that is not JSON was cut or intercepted, and is asked for again. */
export function judgeAnswer(
  answer: HttpAnswer,
  template: string,
  host: string,
  credential: CredentialKind = 'token',
): OktaVerdict {
  if (answer.status >= 200 && answer.status < 300) {
    if (isOvergrown(answer.text)) return { kind: 'error', error: overgrown(template, host) };
    const parsed = parseJson(answer.text);
    return parsed === undefined
      ? { kind: 'again', why: 'a body that is not JSON', isOverload: false }
      : { kind: 'ok', body: parsed.value };
  }
  if (answer.status === 429) return { kind: 'rate-limited' };
  const error = refusalOf({ answer, told: describe(answer, template, host), template, credential });
  if (error !== undefined) return { kind: 'error', error };
  return { kind: 'again', why: `HTTP ${answer.status}`, isOverload: answer.status >= 500 };
}
