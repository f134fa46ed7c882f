import { ConnectorError } from '../ports/errors.ts';
import type { Log } from '../ports/log.ts';

/**
 * Reads a shared listing. Where it is refused, missing or unavailable, the result is `undefined` and the run asks in
 * another way. Any other error ends the run.
 */
export async function tolerate<T>(log: Log, listing: string, read: () => Promise<T>): Promise<T | undefined> {
  try {
    return await read();
  } catch (error) {
    if (!(error instanceof ConnectorError) || error.recovery !== 'skip') throw error;
    log.warn({ listing, code: error.code }, 'a shared listing is not available: the run asks in another way');
    log.debug({ listing, err: error }, 'why the listing is not available');
    return undefined;
  }
}
