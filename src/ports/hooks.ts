/** Event hooks: the way in which Okta tells of events between two polls of the System Log. Instants are Unix milliseconds. */
import type { RecordKind } from './assets.ts';
import type { Mark } from './inventory.ts';
import type { HookCounts } from './report.ts';
import type { ToldEvent } from './source.ts';

/** Marks that no run has taken yet. */
export interface WaitingMarks {
  readonly marks: readonly Mark[];
  /** The place of the last of them. */
  readonly upTo: number;
}

/** The events that came by hooks, and the eligible ones that the System Log told. */
export interface HookTraffic {
  /** Of the last 24 hours. */
  readonly hooked: number;
  readonly logged: number;
  /** For how long, in ms, the port was open since the last hook. The time in which no worker ran is left out. */
  readonly silentMs: number;
  /** The events of that time that the log told; 0 while Okta may still bring them. */
  readonly missed: number;
}

/**
 * The marks of hooks, on disk before Okta gets its answer. A run moves them to the inventory's own marks. This is a file
 * of its own, so that hooks can be kept while a run writes to the inventory. One thread stores, and the runs of another take
 * what is stored: each has an inbox of its own over the same file.
 */
export interface HookInbox {
  /**
   * Keeps the marks of one request: all of them, or nothing. Resolves to the number of events that it did not know
   * before; `undefined`: too many marks wait, so that all of them are forgotten, and the System Log is to be asked.
   */
  store(events: readonly ToldEvent[]): Promise<number | undefined>;
  /** Another inbox has stored something. Returns true where marks wait now, and none did before. */
  hasCome(): boolean;
  /** Since when the oldest mark waits, on this machine's clock; `undefined`: none waits. */
  readonly waitingSince: number | undefined;
  /** The marks that wait, at most `most` of them. */
  waiting(most: number): Promise<WaitingMarks>;
  /** Forgets the marks up to this place, since the inventory has them. */
  remove(upTo: number): Promise<void>;
  /**
   * All marks were moved. What they ask is asked after `at`, on Okta's clock. `areAllKept`: false where some were
   * dropped, so that the System Log has to tell of them.
   */
  taken(at: number, areAllKept: boolean): Promise<void>;
  /**
   * Has a hook brought the same entry, and were its questions asked so long after it that the answers are not older? Such an
   * entry marks nothing anew.
   */
  isSettled(event: ToldEvent): Promise<boolean>;
  /**
   * Counts events that the System Log has told and Okta offers for hooks. Their marks are in the inventory already, and what
   * they ask is asked after `at`, on Okta's clock: a hook that brings one of them later marks nothing.
   */
  noteLogged(events: readonly ToldEvent[], at: number): Promise<void>;
  /** From now on hooks can come. */
  portOpened(): void;
  /** From now on no hook can come. */
  portClosed(): void;
  /** `undefined` before anything has come by a hook or by the log. */
  traffic(): Promise<HookTraffic | undefined>;
  close(): void;
}

/** An inbox could not use its file, and goes on without what was there. */
export interface InboxTrouble {
  readonly error: unknown;
  /** Marks may be lost, so that the System Log is to be asked. */
  readonly areMarksLost: boolean;
}

/**
 * `hooks_silent`: no hook came while the port was open for a day, although there were events. `hooks_many`: Okta may soon
 * stop sending them.
 */
export interface HookWarning {
  readonly code: 'hooks_silent' | 'hooks_many';
  readonly says: string;
}

/** The work that hooks ask of a run: to read their marks, or to ask for all that has changed. */
export type HookWork = 'marks' | 'poll';

/** Hooks, as a run sees them. Absent where `HOOK_PORT` is not set. */
export interface RunHooks {
  readonly inbox: Pick<HookInbox, 'waiting' | 'remove' | 'taken' | 'isSettled' | 'noteLogged'>;
  /** The work that is due now; `undefined`: none. `only`: a run that cannot poll now asks for marks alone. */
  dueWork(only?: 'marks'): HookWork | undefined;
  /** Marks are due again only some time after this instant. */
  postponeMarks(): void;
  /** A run reads what is marked, or asks for all that has changed. */
  begins(kind: HookWork): void;
  /** The marks that waited are in the inventory. */
  taken(): void;
  /** The marks that were taken last, or all that were taken so far, are read, and their events are in the outbox. */
  read(which: 'newest' | 'all'): void;
  /** True where marks were read whose events are not known to be delivered. */
  readonly awaitsDelivery: boolean;
  /** All events that entered the outbox before this instant have left it; `undefined`: all have. On this machine's clock. */
  delivered(oldestAt: number | undefined): void;
  /** Forgotten marks: the System Log must be asked. */
  needPoll(): void;
  counts(): HookCounts;
  /** A full or incremental run has ended, and its report has told the counts: they begin anew. */
  reported(): void;
  /**
   * How many users and assets the runs that read only what hooks have named have removed since then. `MAX_REMOVALS` takes
   * them together, since without hooks one run would have found them all.
   */
  readonly removed: Map<RecordKind | 'user', number>;
  /** Users whose own record such a run could not read: they wait for the next poll, or for a hook that names them again. */
  readonly unread: Set<string>;
  /** Looks at the traffic of the last day. */
  warnings(): Promise<readonly HookWarning[]>;
}
