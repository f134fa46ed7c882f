import type { GapCounts } from '../ports/reader.ts';
import type { Saved } from '../ports/inventory.ts';
import type { GapReason, Lookup } from '../ports/org.ts';

/** What a run has counted so far that the inventory does not know: users by what became of them, and gaps of groups. */
export class Tally {
  mode: 'full' | 'incremental' | 'resend' = 'full';
  /** What the report should say beside its numbers, by subject. */
  readonly notes = new Map<string, string>();
  listed = 0;
  emitted = 0;
  unchanged = 0;
  deadLettered = 0;
  removed = 0;
  /** This run sends everything, once it is complete. */
  sentAllAt: number | undefined;
  leftSelection = 0;
  /** Users whose reading has ended, whatever came of it. */
  done = 0;
  /** All groups asked for roles, whatever their admin flag says: how many, and where the flag was wrong. */
  groupsVerified = 0;
  groupFlagsWrong = 0;
  readonly #gaps: GapCounts = {};
  /** Gaps of events so far, in events: the report counts each user once. */
  readonly #eventGaps: GapCounts = {};

  count({ outcome, gaps }: Saved): void {
    for (const [lookup, reason] of gaps) add(this.#eventGaps, lookup, reason);
    if (outcome === 'emitted') this.emitted += 1;
    if (outcome === 'unchanged') this.unchanged += 1;
    if (outcome === 'dead-lettered') this.deadLettered += 1;
  }

  gap(lookup: Lookup | 'users', reason: GapReason): void {
    add(this.#gaps, lookup, reason);
  }

  /** These gaps and those of the events. */
  gapsWith(counted: GapCounts = this.#eventGaps): GapCounts {
    const all: Record<string, Record<string, number>> = {};
    for (const counts of [counted, this.#gaps]) {
      for (const [lookup, reasons] of Object.entries(counts)) {
        const sum = (all[lookup] ??= {});
        for (const [reason, count] of Object.entries(reasons)) sum[reason] = (sum[reason] ?? 0) + count;
      }
    }
    return all;
  }
}

function add(counts: GapCounts, lookup: Lookup | 'users', reason: GapReason): void {
  const reasons = (counts[lookup] ??= {});
  reasons[reason] = (reasons[reason] ?? 0) + 1;
}
