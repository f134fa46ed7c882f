import type { Inventory, NewsRule, RunState } from '../ports/inventory.ts';
import type { RunHooks } from '../ports/hooks.ts';
import type { Log } from '../ports/log.ts';
import type { Asset, AssetSource } from '../ports/assets.ts';
import type { Lookup } from '../ports/org.ts';
import type { CallCount, Source } from '../ports/source.ts';
import type { ReportHead } from '../ports/report.ts';
import type { Clock } from '../ports/clock.ts';
import type { Delivery, Outbox } from '../ports/sink.ts';
import type { AssignmentEvents } from './assets/assignment-events.ts';
import type { AlertParts } from './alert-parts.ts';
import type { Tally } from './tally.ts';

/** The users that a run reads. */
export type Scope =
  | { readonly kind: 'all' }
  | { readonly kind: 'first'; readonly limit: number }
  | { readonly kind: 'one'; readonly idOrLogin: string };

/** The settings that shape a run. */
export interface RunSettings {
  /** The org's host, as `OKTA_BASE_URL` names it. */
  readonly host: string;
  readonly scope: Scope;
  /** True when the inventory outlives the run, so that later runs ask only for changes. */
  readonly isLasting: boolean;
  /**
   * The kind that the command line asks for; absent: the kind that is due. `marks`: what is marked, where that is enough.
   */
  readonly mode: 'full' | 'incremental' | 'marks' | undefined;
  readonly lookups: ReadonlySet<Lookup>;
  /** The assets that are read beside users. */
  readonly assets: ReadonlySet<Asset>;
  /** The applications whose users are read: those that not everybody has, all, or none. */
  readonly appUsers: 'auto' | 'all' | 'off';
  readonly includeDeprovisioned: boolean;
  /** How many users are read at the same time. */
  readonly width: number;
  readonly fullIntervalMs: number;
  /** Does this instant lie in `FULL_SYNC_WINDOW`? Always true without one. */
  readonly mayStartFull: (instant: number) => boolean;
  readonly frequencyMs: number;
  /** Every answer is asked for again after this time at the latest. */
  readonly verifyMs: number;
  /** Above this share of drift among verified answers the System Log is not believed for a lookup. */
  readonly maxDrift: number;
  /** Factors are read again over this time after a change that may move everybody's; 0: at once. */
  readonly policyRecheckMs: number;
  /** True when a full run believes no answer of an earlier run. */
  readonly asksEverybody: boolean;
  readonly delivery: 'changed' | 'all';
  readonly resendIntervalMs: number;
  /** Every how many full runs all groups are asked for roles; 0: never. */
  readonly verifyGroupRolesEvery: number;
  /** A share of the known users. When more than that would be removed at once, nobody is; see `removal-limit.ts`. */
  readonly maxRemovals: number;
  readonly acceptsRemovals: boolean;
  /** True when the run sends again what is known, and reads nothing. */
  readonly resends: boolean;
  /** True when settings select only some of the users. */
  readonly isSelecting: boolean;
  /** The settings that decide what events say, as text. When it changes, every event is made anew. */
  readonly eventSettings: string;
  /**
   * The settings that decide which users are read and what they are asked. When it changes, the next run is a full one.
   */
  readonly askedSettings: string;
  /**
   * The settings that decide what is stored of a user's record. When it changes, the users are listed again, without
   * lookups.
   */
  readonly keptSettings: string;
  /**
   * A text that tells this run's credential from others and contains no secret: the kept one, where that is of this
   * credential.
   */
  readonly sealCredential: (kept: string | undefined) => string;
}

/** Everything one run works with. */
export interface Job {
  readonly runId: string;
  readonly head: ReportHead;
  /** Takes the secrets out of a text that a report quotes. */
  readonly scrub: (text: string) => string;
  readonly settings: RunSettings;
  readonly source: Source;
  /** Absent: nothing but users is read. */
  readonly assets: AssetSource | undefined;
  /** The entries about assignments that the log had in this run. */
  readonly assignments: AssignmentEvents;
  readonly inventory: Inventory;
  /** Absent: no alerts are evaluated. */
  readonly alerts: AlertParts | undefined;
  /** The events that wait, of users and of other assets. */
  readonly outbox: Pick<Outbox, 'pending' | 'oldestAt'>;
  readonly delivery: Delivery;
  readonly tally: Tally;
  /** Absent where the worker takes no event hooks. */
  readonly hooks?: RunHooks | undefined;
  /** The calls made to Okta so far. */
  readonly meter: () => CallCount;
  /** How many calls about users the share allows in that time, as far as Okta's answers have shown. */
  readonly callsWithin: (ms: number) => number;
  readonly clock: Clock;
  readonly log: Log;
  /** Aborts when the run must stop. */
  readonly signal: AbortSignal;
}

/** The facts that make up one run. Instants are Unix milliseconds on Okta's clock. */
export interface DecidedRun {
  readonly mode: 'full' | 'incremental';
  /** The start stamp. A full run that goes on keeps that of its first attempt. */
  readonly startedAt: number;
  /** When this attempt began. */
  readonly attemptedAt: number;
  /** True when a full run that was interrupted goes on. */
  readonly isResumed: boolean;
  /** Why it is not the run that one would expect. */
  readonly note: string | undefined;
  /** True when all known users are listed again, because the settings want other parts of their records than are stored. */
  readonly relists: boolean;
  /** True when this full run believes no answer of an earlier one; it goes on as it was asked for. */
  readonly asksEverybody: boolean;
  /** True when other questions are asked than in the last full run. */
  readonly asksOtherwise: boolean;
  /** True when every event is made anew, because settings that decide events have changed. */
  readonly remakesEvents: boolean;
  /** The rule by which an event counts as news. */
  readonly newsRule: NewsRule;
  /** True when this run sends every event, as a periodic re-send does. */
  readonly sendsAll: boolean;
}

/** From when on answers hold, by lookup. Unix milliseconds on Okta's clock. */
export type AnsweredSince = Readonly<Record<Lookup, number>>;

/** A job whose run has begun. Functions take the parts that they use, see `parts.ts`. */
export interface Run extends Job, DecidedRun {
  /** Answers that were asked for since then still hold. */
  readonly answeredSince: AnsweredSince;
  /** True when answers of an earlier run or attempt still hold. */
  readonly believesEarlier: boolean;
  /** The run state as this run met it. */
  readonly before: RunState;
  /** Unix milliseconds on Okta's clock, as far as its answers have shown. */
  readonly oktaNow: () => number;
}
