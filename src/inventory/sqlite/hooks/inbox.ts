import { createHash } from 'node:crypto';
import type { Clock } from '../../../ports/clock.ts';
import type { HookInbox, HookTraffic, WaitingMarks } from '../../../ports/hooks.ts';
import type { Mark } from '../../../ports/inventory.ts';
import type { ToldEvent } from '../../../ports/source.ts';
import { InboxFile, type FileOptions } from './inbox-file.ts';
import { markOf, memberOf } from '../mark-store.ts';
import { integer, optionalInteger } from '../rows.ts';

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
/** Okta asks for so much patience with a hook. */
const LATEST_HOOK_MS = HOUR_MS;
/** A hook brings an entry long before it may be read. Answers that were asked this long after it count as newer. */
const SETTLED_AFTER_MS = 60_000;
const NOTED_AT_ONCE = 100;
/** Where more marks wait than this, it is the System Log that tells what has changed. */
const MOST_MARKS = 50_000;

interface InboxOptions extends Partial<Pick<FileOptions, 'waitMs' | 'onTrouble'>> {
  readonly mostMarks?: number;
}

/**
 * The inbox in a file of its own in `STATE_DIR`, which is made when the first hook comes. The System Log has all that is in
 * it, so no trouble with this file ends a run or a thread: a damaged one is made anew, and all but `store` go on without.
 */
export class SqliteHookInbox implements HookInbox {
  readonly #file: InboxFile;
  readonly #clock: Pick<Clock, 'now'>;
  readonly #mostMarks: number;
  #waitingSince: number | undefined;
  #sequence = 0;
  #marks = 0;
  /** Since when the port is open; `undefined`: it is not. */
  #portOpenSince: number | undefined;
  /** The time for which the port was open, as far as the file does not have it. */
  #openUncounted: { readonly from: number; readonly to?: number } | undefined;

  constructor(
    stateDir: string,
    clock: Pick<Clock, 'now'>,
    { waitMs = 0, mostMarks = MOST_MARKS, onTrouble = () => undefined }: InboxOptions = {},
  ) {
    this.#clock = clock;
    this.#mostMarks = mostMarks;
    this.#file = new InboxFile(stateDir, {
      waitMs,
      onTrouble,
      onOpen: () => this.#look(),
      onLeave: () => {
        this.#waitingSince = undefined;
        this.#marks = 0;
      },
    });
    this.#orWithout(undefined, () => (this.#file.isThere() ? this.#look() : undefined), true);
  }

  get waitingSince(): number | undefined {
    return this.#waitingSince;
  }

  async store(events: readonly ToldEvent[]): Promise<number | undefined> {
    try {
      return this.#store(events);
    } catch (thrown) {
      this.#file.leaveIfSpoilt(thrown);
      throw thrown;
    }
  }

  #store(events: readonly ToldEvent[]): number | undefined {
    const { transaction, statements } = this.#file.current();
    const now = this.#clock.now();
    const told = events.filter(({ marks }) => marks.length > 0);
    const marks = told.reduce((sum, event) => sum + event.marks.length, 0);
    // A mark that was renewed counts twice, until the exact number matters.
    if (this.#marks + marks > this.#mostMarks) this.#look();
    const isFull = this.#marks + marks > this.#mostMarks;
    const added = transaction((): number | undefined => {
      statements.count.run({ at: hourOf(now), hooked: events.length, logged: 0 });
      statements.heard.run(now);
      if (isFull) return this.#forgetAll();
      const fresh = told.filter((event) => this.#note(event, now));
      for (const mark of fresh.flatMap((event) => event.marks)) this.#add(mark, now);
      return fresh.length;
    });
    if (isFull) this.#look();
    else if (added !== undefined && added > 0) {
      this.#marks += marks;
      this.#waitingSince ??= now;
    }
    return added;
  }

  hasCome(): boolean {
    if (this.#waitingSince !== undefined) return false;
    return this.#orWithout(
      false,
      () => {
        this.#file.current();
        return this.#look() !== undefined;
      },
      true,
    );
  }

  async waiting(most: number): Promise<WaitingMarks> {
    const none: WaitingMarks = { marks: [], upTo: 0 };
    if (this.#waitingSince === undefined) return none;
    return this.#orWithout(none, () => {
      const rows = this.#file.opened().statements.first.all(most);
      const last = rows.at(-1);
      return {
        marks: rows.map((row) => markOf(row)),
        upTo: last === undefined ? 0 : integer(last, 'sequence'),
      };
    });
  }

  async remove(upTo: number): Promise<void> {
    this.#orWithout(undefined, () => {
      const { transaction, statements } = this.#file.opened();
      transaction(() => statements.remove.run(upTo));
      this.#look();
    });
  }

  async taken(at: number, areAllKept: boolean): Promise<void> {
    this.#orWithout(undefined, () => {
      const { open } = this.#file;
      if (open === undefined) return;
      const { transaction, statements } = open;
      transaction(() => {
        // Meanwhile another thread may have stored events whose marks have not been moved.
        const { oldest } = statements.state.get() ?? {};
        if (areAllKept && oldest === null) statements.take.run(at);
        else statements.forgetWaiting.run();
        this.#forgetOld();
      });
    });
  }

  async isSettled(event: ToldEvent): Promise<boolean> {
    const { uuid, publishedAt } = event;
    if (uuid === undefined || publishedAt === undefined) return false;
    return this.#orWithout(false, () => {
      const row = this.#file.open?.statements.event.get(uuid);
      if (row === undefined || !isSame(row['says'], saidBy(event))) return false;
      const takenAt = optionalInteger(row, 'taken_at');
      return takenAt !== undefined && takenAt - publishedAt >= SETTLED_AFTER_MS;
    });
  }

  async noteLogged(events: readonly ToldEvent[], at: number): Promise<void> {
    if (events.length === 0) return;
    // Worked out beforehand: as long as this writes, no hook gets its answer.
    const rows = events.flatMap((event) =>
      event.uuid === undefined ? [] : [{ uuid: event.uuid, says: saidBy(event) }],
    );
    const now = this.#clock.now();
    // Events of a time in which nobody listened are told by the log later than they happened.
    const instants = events.map(({ publishedAt = at }) => now - Math.max(0, at - publishedAt));
    const openSince = this.#portOpenSince ?? Number.POSITIVE_INFINITY;
    this.#orWithout(undefined, () => {
      const { transaction, statements } = this.#file.current();
      transaction(() => {
        for (const [hour, { length }] of Map.groupBy(instants, hourOf))
          statements.count.run({ at: hour, hooked: 0, logged: length });
        for (const instant of instants) if (instant >= openSince) statements.miss.run(instant);
      });
      for (let from = 0; from < rows.length; from += NOTED_AT_ONCE)
        transaction(() => {
          for (const { uuid, says } of rows.slice(from, from + NOTED_AT_ONCE))
            statements.noteLogged.run(uuid, says, now, at);
        });
    });
  }

  portOpened(): void {
    this.#portOpenSince = this.#clock.now();
    this.#openUncounted = { from: this.#portOpenSince };
  }

  portClosed(): void {
    this.#portOpenSince = undefined;
    const { from } = this.#openUncounted ?? {};
    this.#openUncounted = from === undefined ? undefined : { from, to: this.#clock.now() };
  }

  async traffic(): Promise<HookTraffic | undefined> {
    return this.#orWithout(undefined, () => this.#traffic());
  }

  #traffic(): HookTraffic | undefined {
    const { open } = this.#file;
    if (open === undefined) return undefined;
    const { statements, transaction } = open;
    const now = this.#clock.now();
    const silence = transaction(() => {
      this.#countOpen(now);
      return statements.silence.get();
    });
    const day = statements.traffic.get(hourOf(now - DAY_MS));
    if (day === undefined || silence === undefined) return undefined;
    const missedSince = optionalInteger(silence, 'missed_since') ?? now;
    return {
      hooked: integer(day, 'hooked'),
      logged: integer(day, 'logged'),
      silentMs: integer(silence, 'open_ms'),
      missed: now - missedSince < LATEST_HOOK_MS ? 0 : integer(silence, 'missed'),
    };
  }

  /** Adds to the silence the time in which the port was open and no hook came. */
  #countOpen(now: number): void {
    const { from, to = now } = this.#openUncounted ?? { from: now };
    const { statements } = this.#file.opened();
    const row = statements.silence.get();
    const heardAt = row === undefined ? 0 : integer(row, 'heard_at');
    statements.grow.run(Math.max(0, to - Math.max(from, heardAt)));
    this.#openUncounted = this.#portOpenSince === undefined ? undefined : { from: now };
  }

  close(): void {
    this.#file.close();
  }

  /** Stores the event. False when it had come before, with the same marks. */
  #note(event: ToldEvent, now: number): boolean {
    if (event.uuid === undefined) return true;
    const { statements } = this.#file.opened();
    const says = saidBy(event);
    const known = statements.event.get(event.uuid);
    if (known !== undefined && isSame(known['says'], says)) return false;
    statements.note.run(event.uuid, says, now);
    return true;
  }

  #add(mark: Mark, now: number): void {
    const { subject, id, question, from } = mark;
    this.#sequence += 1;
    const { add } = this.#file.opened().statements;
    add.run(this.#sequence, subject, id, question, memberOf(mark), from ?? null, now);
  }

  #forgetAll(): undefined {
    const { statements } = this.#file.opened();
    statements.removeAll.run();
    statements.forgetWaiting.run();
  }

  #forgetOld(): void {
    const { statements } = this.#file.opened();
    const now = this.#clock.now();
    statements.forgetEvents.run(now - DAY_MS);
    statements.forgetMost.run();
    statements.forgetHours.run(now - 2 * DAY_MS);
  }

  /** Sequences only grow while the process lives, so that a mark that is renewed is not removed with an older one. */
  #look(): number | undefined {
    const row = this.#file.opened().statements.state.get();
    if (row === undefined) return undefined;
    this.#sequence = Math.max(this.#sequence, integer(row, 'sequence'));
    this.#marks = integer(row, 'marks');
    this.#waitingSince = optionalInteger(row, 'oldest');
    return this.#waitingSince;
  }

  /** Does this work? Where it does not, the inbox goes on without the file. */
  #orWithout<T>(otherwise: T, work: () => T, areMarksLost = this.#waitingSince !== undefined): T {
    return this.#file.orWithout(otherwise, work, areMarksLost);
  }
}

function hourOf(instant: number): number {
  return Math.floor(instant / HOUR_MS) * HOUR_MS;
}

/** A hash of the marks of an event. The same id with other marks counts as another event. */
function saidBy({ marks }: ToldEvent): Uint8Array {
  const asked = marks.map((mark) => [mark.subject, mark.id, mark.question, memberOf(mark)].join(' '));
  return createHash('sha256').update(asked.toSorted().join('\n')).digest().subarray(0, 16);
}

function isSame(stored: unknown, says: Uint8Array): boolean {
  return stored instanceof Uint8Array && Buffer.compare(stored, says) === 0;
}
