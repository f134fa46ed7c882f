import { OktaAuthError, OktaForbiddenError } from '../../ports/errors.ts';
import type { ConnectorError } from '../../ports/errors.ts';

/** The pauses before a refused question is asked again; after the last one the refusal counts. */
const PAUSES_MS = [1000, 4000] as const;
/** After so many refusals of one endpoint in a row that were asked again in vain, the next ones count at once. */
const MOST_IN_VAIN = 3;
/** A 401 is about the credential, not about the endpoint. */
const CREDENTIAL = 'the credential';

/**
 * Remembers what Okta has allowed. A 403 or 401 for something that was allowed before may pass. One for something that
 * never was is not asked again, so that a missing permission costs no more calls.
 */
export class Permissions {
  readonly #allowed = new Set<string>();
  readonly #inVain = new Map<string, number>();

  allowed(template: string): void {
    this.#allowed.add(template).add(CREDENTIAL);
  }

  /** The pause before the question is asked again; `undefined`: the refusal counts. */
  pauseMs(error: ConnectorError, template: string, askedAgain: number): number | undefined {
    const subject = subjectOf(error, template);
    if (subject === undefined || !this.#allowed.has(subject)) return undefined;
    const isBelieved = (this.#inVain.get(subject) ?? 0) >= MOST_IN_VAIN;
    return isBelieved ? undefined : PAUSES_MS[askedAgain];
  }

  /** Notes the result of asking again. */
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
