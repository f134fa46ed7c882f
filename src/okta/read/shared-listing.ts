import { OktaResponseError, OktaUnavailableError } from '../../ports/errors.ts';

/**
 * Wraps a listing that the run can do without. A next link that loops, leaves the org or never ends only makes such a
 * listing unavailable, so the run asks in another way. Only the list of users ends a run over that.
 */
export async function* asDispensable<T>(pages: AsyncIterable<T>): AsyncGenerator<T> {
  try {
    yield* pages;
  } catch (error) {
    if (!(error instanceof OktaResponseError)) throw error;
    throw new OktaUnavailableError(error.message, { cause: error, hint: error.hint });
  }
}
