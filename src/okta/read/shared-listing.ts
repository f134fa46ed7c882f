import { OktaResponseError, OktaUnavailableError } from '../../ports/errors.ts';

/**
 * A listing that the run can do without. A next link that loops, leaves the org or never ends makes it a listing that is not
 * available, so that the run asks another way; only the list of users ends a run over that.
 */
export async function* asDispensable<T>(pages: AsyncIterable<T>): AsyncGenerator<T> {
  try {
    yield* pages;
  } catch (error) {
    if (!(error instanceof OktaResponseError)) throw error;
    throw new OktaUnavailableError(error.message, { cause: error, hint: error.hint });
  }
}
