import type { GapReason, Lookup, Saved } from '../ports.ts';

export type GapCounts = Partial<Record<Lookup, Partial<Record<GapReason, number>>>>;

/** What a run has counted so far: users by what became of them, and facets that stayed unknown. */
export class Tally {
  listed = 0;
  emitted = 0;
  unchanged = 0;
  deadLettered = 0;
  /** Users whose reading has ended, whatever came of it. */
  done = 0;
  readonly #gaps: GapCounts = {};

  count(outcome: Saved['outcome']): void {
    if (outcome === 'emitted') this.emitted += 1;
    if (outcome === 'unchanged') this.unchanged += 1;
    if (outcome === 'dead-lettered') this.deadLettered += 1;
  }

  gap(lookup: Lookup, reason: GapReason): void {
    const reasons = (this.#gaps[lookup] ??= {});
    reasons[reason] = (reasons[reason] ?? 0) + 1;
  }

  get gaps(): GapCounts {
    return this.#gaps;
  }

  get hasGaps(): boolean {
    return Object.keys(this.#gaps).length > 0;
  }
}
