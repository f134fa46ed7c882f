import { OktaAuthError, OktaForbiddenError } from '../../ports/errors.ts';
import type { ConnectorError } from '../../ports/errors.ts';

/** Pauses before a refusal is asked again; after the last it counts. */
const PAUSES_MS = [1000, 4000] as const;
/** Refusals of one endpoint in a row that stood when asked again: the next ones count at once. */
const MOST_IN_VAIN = 3;
/** A 401 is about the credential, whatever was asked. */
const CREDENTIAL = 'the credential';

/**
 * What Okta allowed before. A 403 or 401 to what was allowed a moment ago may pass; one to what never was allowed is not
 * asked again, so that a missing permission costs no more calls than before.
 */
export class Permissions {
  readonly #allowed = new Set<string>();
  readonly #inVain = new Map<string, number>();

  allowed(template: string): void {
    this.#allowed.add(template).add(CREDENTIAL);
  }

  /** How long to wait before the refusal is asked again; `undefined`: it counts. */
  pauseMs(error: ConnectorError, template: string, askedAgain: number): number | undefined {
    const subject = subjectOf(error, template);
    if (subject === undefined || !this.#allowed.has(subject)) return undefined;
    const isBelieved = (this.#inVain.get(subject) ?? 0) >= MOST_IN_VAIN;
    return isBelieved ? undefined : PAUSES_MS[askedAgain];
  }

  /** What came of a refusal that was asked again. */
  settled(error: ConnectorError, template: string, hasPassed: boolean): void {
    const subject = subjectOf(error, template);
    if (subject === undefined) return;
    this.#inVain.set(subject, hasPassed ? 0 : (this.#inVain.get(subject) ?? 0) + 1);
  }
}

function subjectOf(error: ConnectorError, template: string): string | undefined {
  if (error instanceof OktaAuthError) return CREDENTIAL;
  return error instanceof OktaForbiddenError ? template : undefined;
}
