import {
  OktaFeatureOffError,
  OktaForbiddenError,
  OktaNotFoundError,
  OktaResponseError,
  OktaUnavailableError,
} from '../ports/errors.ts';
import type { GapReason } from '../ports/org.ts';

/**
 * Why one question has no answer. `undefined`: the error concerns the whole run, such as a credential that is not
 * accepted. An answer that cannot be trusted ends a run only in the list of users, where there is no other way to ask.
 */
export function gapReasonOf(error: unknown): GapReason | undefined {
  if (error instanceof OktaForbiddenError) return 'refused';
  if (error instanceof OktaNotFoundError || error instanceof OktaFeatureOffError) return 'missing';
  if (error instanceof OktaUnavailableError) return 'unavailable';
  if (error instanceof OktaResponseError) return 'unreadable';
  return undefined;
}
