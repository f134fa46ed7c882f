import { hostname } from 'node:os';
import type { LockHolder } from '../inventory/sqlite/lock.ts';
import type { World } from '../process/world.ts';

/** The beginning of a worker's name as a lock holder. */
export const WORKER = 'worker';

/** The description of a lock holder that other processes show. */
export function holderNamed(who: string, { clock }: World): LockHolder {
  return { description: `${who} on ${hostname()}`, since: new Date(clock.now()).toISOString() };
}
