/** Is an event worth sending? By what its user's sink has, or is about to have. */
import type { NewsRule } from '../../ports/inventory.ts';

/** An event by its hashes: of all of it, and of all but the last sign-in. */
export interface Hashes {
  readonly hash: string;
  readonly hashWithoutSignIn: string;
}

/** What became of the user's events before. */
export interface EarlierEvents {
  /** The newest one on its way. */
  readonly onItsWay: Hashes | undefined;
  /** The last one that was confirmed. */
  readonly delivered: Hashes | undefined;
  /** Of the one that was refused for what it is. */
  readonly refusedHash: string | undefined;
}

/**
 * `unchanged-again`: what the sink has is said again, so that an event that it refused in between is not of today.
 * `refused-before`: it would be refused again.
 */
export type Fate = 'emitted' | 'unchanged' | 'unchanged-again' | 'refused-before';

/** Compared with the newest event on its way, else with the last confirmed one. */
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
