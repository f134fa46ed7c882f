import { ConnectorError } from '../ports/errors.ts';
import type { Log } from '../ports/log.ts';

/** A shared listing that is refused, missing or unavailable: the run asks another way. Anything else ends the run. */
export async function tolerate<T>(log: Log, listing: string, read: () => Promise<T>): Promise<T | undefined> {
  try {
    return await read();
  } catch (error) {
    if (!(error instanceof ConnectorError) || error.recovery !== 'skip') throw error;
    log.warn({ listing, code: error.code }, 'a shared listing is not available: users are asked instead');
    log.debug({ listing, err: error }, 'why the listing is not available');
    return undefined;
  }
}
