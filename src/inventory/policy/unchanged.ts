/** Decides whether an event is news, by the events that the sink has or is about to have. */
import type { NewsRule } from '../../ports/inventory.ts';

/** The hashes of an event: of all of it, and of all but the last sign-in. */
export interface Hashes {
  readonly hash: string;
  readonly hashWithoutSignIn: string;
}

/** The user's earlier events. */
export interface EarlierEvents {
  /** The newest event that the sink has not confirmed. */
  readonly onItsWay: Hashes | undefined;
  /** The last event that the sink confirmed. */
  readonly delivered: Hashes | undefined;
  /** The hash of the event that was refused for what it is. */
  readonly refusedHash: string | undefined;
}

/**
 * `unchanged-again`: the event equals the one that the sink has, so an event that it refused in between is out of date.
 * `refused-before`: the sink would refuse it again.
 */
export type Fate = 'emitted' | 'unchanged' | 'unchanged-again' | 'refused-before';

/** Compares with the newest event that is not confirmed yet, else with the last confirmed one. */
export function fateOf(made: Hashes, earlier: EarlierEvents, newsRule: NewsRule): Fate {
  if (newsRule === 'none') return 'emitted';
  const before = earlier.onItsWay ?? earlier.delivered;
  const isRefused = earlier.refusedHash === made.hash;
  if (before === undefined || !isSame(before, made, newsRule))
    return isRefused ? 'refused-before' : 'emitted';
  return earlier.onItsWay === undefined && !isRefused ? 'unchanged-again' : 'unchanged';
}

function isSame(before: Hashes, made: Hashes, newsRule: NewsRule): boolean {
  if (newsRule === 'but-sign-in') return before.hashWithoutSignIn === made.hashWithoutSignIn;
  return before.hash === made.hash;
}
