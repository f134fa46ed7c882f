import { byName } from '../enrich/by-name.ts';
import { ASSET_KINDS } from '../ports/asset.ts';
import type { ConnectorError } from '../ports/errors.ts';
import type { GapCounts, Report } from '../ports/report.ts';
import type { ProofCount } from '../ports/run-state.ts';
import type { Saved } from '../ports/inventory.ts';
import type { RecordKind } from '../ports/assets.ts';
import type { GapReason, Lookup } from '../ports/org.ts';
import type { Expected } from './pace.ts';
import type { Ages } from './say-ages.ts';

/** Records by kind, and the users of applications. */
type CountedAsset = RecordKind | 'app-users';

interface AssetCount {
  listed: number;
  changed: number;
  removed: number;
}

/** The counts of a run that the inventory does not have: users by their result, and gaps of groups. */
export class Tally {
  mode: Report['mode'] = 'full';
  /** Notes for the report beside its numbers, by subject. */
  readonly notes = new Map<string, string>();
  /** In a run for one user: why there is no event. */
  withoutEvent: string | undefined;
  listed = 0;
  removed = 0;
  leftSelection = 0;
  /** The end of reading: when, on this machine's clock, and the failure that ended it. Delivery may go on for long. */
  readingEnded: { readonly at: number; readonly failure: ConnectorError | undefined } | undefined;
  /** Users whose reading has ended, with or without an event. */
  done = 0;
  /** The calls that the run will have made when it ends, once that is known. */
  expected: Expected | undefined;
  /** How many groups were asked for roles whatever their admin flag says, and how many flags were wrong. */
  groupsVerified = 0;
  groupFlagsWrong = 0;
  /** Events by kind of asset and by result. */
  readonly saved = byName(ASSET_KINDS, () => ({ emitted: 0, unchanged: 0, 'dead-lettered': 0 }));
  /** Old answers that this run asked for again, and how many of them differed though no event had said so. */
  readonly proofs = new Map<Lookup, ProofCount>();
  /** The ages of the answers that differed, by lookup. */
  readonly drift = new Map<Lookup, Ages>();
  /** By lookup, of listed users and groups: answers that hold without asking, and those that were asked for. */
  readonly vouched = new Map<Lookup, { vouched: number; asked: number }>();
  /** Groups whose members could not be listed, by id, until every user's own list tells them. */
  readonly unlisted = new Map<string, readonly ['groups' | 'roles', GapReason]>();
  /** Applications whose users are not asked for. */
  readonly notAsked = new Set<string>();
  readonly assetCounts = new Map<CountedAsset, AssetCount>();
  readonly #nameless = new Map<string, number>();
  readonly #gaps: GapCounts = {};
  /** The gaps of the events so far, counted in events; the report counts each user once. */
  readonly #eventGaps: GapCounts = {};

  count({ asset, outcome, gaps }: Saved): void {
    for (const [lookup, reason] of gaps) add(this.#eventGaps, lookup, reason);
    this.saved[asset.kind][outcome] += 1;
  }

  /** The counts of a kind of assets, to be added to. */
  assets(kind: CountedAsset): AssetCount {
    const count = this.assetCounts.get(kind) ?? { listed: 0, changed: 0, removed: 0 };
    this.assetCounts.set(kind, count);
    return count;
  }

  /** `isVouched`: the answer holds without being asked for. */
  lookup(lookup: Lookup, isVouched: boolean): void {
    const count = this.vouched.get(lookup) ?? { vouched: 0, asked: 0 };
    count[isVouched ? 'vouched' : 'asked'] += 1;
    this.vouched.set(lookup, count);
  }

  /** Entries of the System Log that name nobody. */
  nameless(type: string): void {
    this.#nameless.set(type, (this.#nameless.get(type) ?? 0) + 1);
    const types = [...this.#nameless].map(([each, count]) => `${each} (${count})`).join(', ');
    this.notes.set(
      'nameless',
      `the System Log has entries that name nobody, so everybody whom they may mean is asked again: ${types}`,
    );
  }

  proved(made: ReadonlyMap<Lookup, ProofCount>): void {
    for (const [lookup, { proven, drift }] of made) {
      const sum = this.proofs.get(lookup) ?? { proven: 0, drift: 0 };
      this.proofs.set(lookup, { proven: sum.proven + proven, drift: sum.drift + drift });
    }
  }

  drifted(lookup: Lookup, ageMs: number): void {
    const { youngestMs, oldestMs } = this.drift.get(lookup) ?? { youngestMs: ageMs, oldestMs: ageMs };
    this.drift.set(lookup, {
      youngestMs: Math.min(youngestMs, ageMs),
      oldestMs: Math.max(oldestMs, ageMs),
    });
  }

  gap(subject: keyof GapCounts, reason: GapReason): void {
    add(this.#gaps, subject, reason);
  }

  /** These gaps together with those of the events, and with those of groups. */
  gapsWith(counted: GapCounts = this.#eventGaps): GapCounts {
    const all: Record<string, Record<string, number>> = {};
    const ofGroups: GapCounts = {};
    for (const [lookup, reason] of this.unlisted.values()) add(ofGroups, lookup, reason);
    for (const counts of [counted, this.#gaps, ofGroups]) {
      for (const [lookup, reasons] of Object.entries(counts)) {
        const sum = (all[lookup] ??= {});
        for (const [reason, count] of Object.entries(reasons)) sum[reason] = (sum[reason] ?? 0) + count;
      }
    }
    return all;
  }
}

function add(counts: GapCounts, subject: keyof GapCounts, reason: GapReason): void {
  const reasons = (counts[subject] ??= {});
  reasons[reason] = (reasons[reason] ?? 0) + 1;
}
