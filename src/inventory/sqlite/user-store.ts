import { setImmediate } from 'node:timers/promises';
import type { StatementSync } from 'node:sqlite';
import type { GapCounts, StaleCounts } from '../../ports/report.ts';
import type { RunStateChange } from '../../ports/run-state.ts';
import type {
  DueCount,
  NewsRule,
  Noted,
  OldAnswer,
  Reading,
  RoleKind,
  Saved,
  Unanswered,
  UserStore,
} from '../../ports/inventory.ts';
import { USER_LOOKUPS, type GapReason, type ListedUser } from '../../ports/org.ts';
import type { Clock } from '../../ports/clock.ts';
import type { AnswerStore } from './answers.ts';
import type { DeadLetters, NewDeadLetter } from './dead-letters.ts';
import type { Evaluation } from './evaluation.ts';
import type { SqliteMarkStore } from './mark-store.ts';
import type { MemberMoves } from './member-moves.ts';
import { answersRecordMark, isOtherRecord, isOvertaken, listedChange, notedOf } from '../policy/records.ts';
import type { KeptRecord } from '../policy/records.ts';
import { isNameless, subjectOf } from '../policy/subject.ts';
import type { ChangeHistory } from './history/history.ts';
import { keptOf } from './noted.ts';
import { integer, optionalText, text } from './rows.ts';
import type { RunStateRow } from './run-state.ts';
import { orInventoryError } from './transaction.ts';
import type { Transaction } from './transaction.ts';
import { unansweredBy } from './unanswered.ts';
import type { userStatements } from './user-statements.ts';

export interface UserStoreParts {
  readonly sink: string;
  readonly statements: ReturnType<typeof userStatements>;
  readonly transaction: Transaction;
  /** For what is stored of one user: committed together with what is stored of others. */
  readonly soon: Transaction;
  readonly deadLetters: DeadLetters;
  readonly answers: AnswerStore;
  readonly evaluation: Evaluation;
  readonly moves: MemberMoves;
  readonly marks: SqliteMarkStore;
  readonly runState: RunStateRow;
  readonly clock: Clock;
  readonly history: Pick<ChangeHistory, 'userGone'>;
  /** Lets the events of other assets be made anew, too. */
  readonly needOtherEvents: () => void;
}

/** A transaction that makes events ends after this time: on a cold or busy disk a user takes milliseconds. */
const SLICE_MS = 50;

/** Users in SQLite. Its methods are asynchronous by contract; inside, each is one synchronous step, stored as a whole or not at all. */
export class SqliteUserStore implements UserStore {
  readonly #parts: UserStoreParts;
  readonly #statements: ReturnType<typeof userStatements>;

  constructor(parts: UserStoreParts) {
    this.#parts = parts;
    this.#statements = parts.statements;
  }

  async startListing(): Promise<void> {
    this.#parts.transaction(() => this.#statements.startListing.run());
  }

  async note(page: readonly ListedUser[], listedAt: number | undefined): Promise<readonly Noted[]> {
    return this.#parts.transaction(() => page.flatMap((listed) => this.#note(listed, listedAt)));
  }

  #note(listed: ListedUser, listedAt: number | undefined): readonly Noted[] {
    const { noteListed, find } = this.#statements;
    const isNew = noteListed.run(subjectOf(listed)).changes > 0;
    const before = keptOf(find.get(subjectOf(listed)));
    const { hasMoved, hasCrossedDeactivation } = notedOf(listed, before);
    if (listedAt !== undefined) this.#noteListedAt(listed, listedAt, before);
    // Entries without an id cannot be told apart, so each of them counts.
    if (!isNew && !isNameless(listed)) return [];
    return [{ ...notedOf(listed, keptOf(find.get(subjectOf(listed)))), hasMoved, hasCrossedDeactivation }];
  }

  /**
   * Stores the record at once, whoever reads the user later and whatever ends the run before that. A record that
   * differs makes the event anew, and the full run then has to read the user again.
   */
  #noteListedAt(listed: ListedUser, listedAt: number, before: KeptRecord | undefined): void {
    const { setListedAt, keepListed, forgetAsked, finish } = this.#statements;
    setListedAt.run(listedAt, subjectOf(listed));
    const change = listedChange(listed, before);
    if (change.kind === 'finished') finish.run(listedAt, subjectOf(listed));
    if (change.kind !== 'record') return;
    const { user, readAt, isOther, hasOtherAnswers } = change;
    const row = { id: user.id, status: user.status ?? null, fields: JSON.stringify(user), readAt };
    keepListed.run({ ...row, isOther: Number(isOther) });
    if (hasOtherAnswers) forgetAsked.run(user.id);
  }

  async find(userId: string): Promise<Noted | undefined> {
    return orInventoryError(() => {
      const row = this.#statements.find.get(userId);
      return row === undefined ? undefined : notedOf(undefined, keptOf(row));
    });
  }

  async compare(listed: ListedUser): Promise<Noted> {
    return orInventoryError(() => notedOf(listed, keptOf(this.#statements.find.get(subjectOf(listed)))));
  }

  async save(given: Reading, newsRule?: NewsRule): Promise<Saved | undefined> {
    return this.#parts.soon(() => {
      const { user, listedAt, isComplete } = given;
      const isNews = this.#saveRecord(given);
      this.#parts.answers.save(given, isNews);
      if (!isComplete) return undefined;
      if (listedAt !== undefined) this.#statements.finish.run(listedAt, user.id);
      return this.#parts.evaluation.evaluate(user.id, newsRule);
    });
  }

  /** Returns whether the record answers a mark that asks for it. */
  #saveRecord(given: Reading): boolean {
    const { user, readAt, listedAt } = given;
    const { find, save, saveListedAt } = this.#statements;
    const kept = keptOf(find.get(user.id));
    if (kept !== undefined && isOvertaken(given, kept)) {
      saveListedAt.run(listedAt ?? null, user.id);
      return false;
    }
    const isOther = Number(isOtherRecord(user, kept));
    save.run(user.id, user.status ?? null, JSON.stringify(user), readAt, listedAt ?? null, isOther);
    return answersRecordMark(given, kept);
  }

  async noteUnread(userId: string, reason: GapReason): Promise<void> {
    this.#parts.soon(() => this.#statements.unread.run(reason, userId));
  }

  async saveUnreadable(listed: ListedUser & { kind: 'unreadable' }): Promise<void> {
    const { transaction, deadLetters, clock } = this.#parts;
    const letter: Omit<NewDeadLetter, 'refusedBy'> = {
      asset: { kind: 'user', id: subjectOf(listed) },
      login: undefined,
      reasons: [listed.reason],
      at: clock.now(),
    };
    transaction(() => deadLetters.add({ ...letter, refusedBy: 'mapping' }));
  }

  async isAdminByGroups(userId: string, groupIds?: readonly string[]): Promise<boolean> {
    return orInventoryError(() => this.#parts.evaluation.isAdminByGroups(userId, groupIds));
  }

  async evaluate(most: number, newsRule?: NewsRule): Promise<readonly Saved[]> {
    for (;;) {
      const saved = this.#parts.transaction(() => this.#evaluate(most, newsRule));
      if (saved === 'none left') return [];
      // Health checks, signals and pushes have their turn between two slices.
      await setImmediate();
      if (saved !== 'spread') return saved;
    }
  }

  #evaluate(most: number, newsRule: NewsRule | undefined): readonly Saved[] | 'spread' | 'none left' {
    const { moves, evaluation, clock } = this.#parts;
    const due = this.#statements.needingEvent.all(most);
    if (due.length === 0) return moves.spread() ? 'spread' : 'none left';
    const startedAt = clock.now();
    const saved: Saved[] = [];
    for (const row of due) {
      const one = evaluation.evaluate(text(row, 'id'), newsRule);
      if (one !== undefined) saved.push(one);
      if (saved.length > 0 && clock.now() - startedAt >= SLICE_MS) break;
    }
    return saved;
  }

  async needEvents(change?: RunStateChange): Promise<void> {
    const { transaction, moves, runState, needOtherEvents } = this.#parts;
    transaction(() => {
      moves.all();
      needOtherEvents();
      if (change !== undefined) runState.save(change);
    });
  }

  async markUnspared(): Promise<void> {
    const { transaction, marks, evaluation } = this.#parts;
    transaction(() => {
      const spared = this.#statements.spared.all().map((row) => text(row, 'id'));
      for (const id of spared) {
        if (!evaluation.isAdminByGroups(id, undefined)) marks.markUser(id, 'roles', 'settings');
      }
    });
  }

  async unfinished(listedAt: number, afterId: string, most: number): Promise<readonly Noted[]> {
    return orInventoryError(() =>
      this.#statements.unfinished.all(listedAt, afterId, most).map((row) => notedOf(undefined, keptOf(row))),
    );
  }

  async unlisted(listedAt: number): Promise<readonly string[]> {
    return orInventoryError(() => this.#statements.unlisted.all({ listedAt }).map((row) => text(row, 'id')));
  }

  async unfinishMembers(listedAt: number): Promise<void> {
    this.#parts.transaction(() => this.#statements.unfinishMembers.run(listedAt));
  }

  async count(): Promise<number> {
    return orInventoryError(() => {
      const row = this.#statements.count.get();
      return row === undefined ? 0 : integer(row, 'users');
    });
  }

  async countDeactivated(): Promise<number> {
    return orInventoryError(() => integer(this.#statements.countDeactivated.get() ?? {}, 'users'));
  }

  async remove(userId: string): Promise<void> {
    this.#parts.transaction(() => {
      this.#parts.evaluation.evaluateRemoved(userId);
      this.#parts.history.userGone(userId);
      this.#forget(userId);
      this.#statements.leaveAll.run(userId);
    });
  }

  async forget(userId: string): Promise<void> {
    this.#parts.transaction(() => this.#forget(userId));
  }

  #forget(userId: string): void {
    const { forgetUser, forgetDelivered } = this.#statements;
    const { sink, deadLetters, marks } = this.#parts;
    // The groups stay: the lists of members name users who are not selected as well.
    forgetUser.run(userId);
    marks.settleAll('user', userId);
    forgetDelivered.run(sink, userId);
    deadLetters.forget({ kind: 'user', id: userId });
  }

  async forgetUnlistedLetters(before: number): Promise<void> {
    this.#parts.transaction(() => this.#parts.deadLetters.forgetUnlisted(before));
  }

  async oldestAnswers(
    before: number,
    most: number,
    lookup?: OldAnswer['lookup'],
  ): Promise<readonly OldAnswer[]> {
    const oldest = orInventoryError(() =>
      lookupsOf(lookup).flatMap((each) =>
        this.#statements.oldAnswers[each].oldest.all({ before, most }).map((row) => ({
          answer: { userId: text(row, 'id'), lookup: each },
          askedAt: integer(row, 'asked_at'),
        })),
      ),
    );
    return oldest
      .toSorted((left, right) => left.askedAt - right.askedAt)
      .slice(0, most)
      .map(({ answer }) => answer);
  }

  async answerText(userId: string, lookup: OldAnswer['lookup']): Promise<string | undefined> {
    return orInventoryError(() => {
      const row = this.#statements.answers[lookup].get(userId);
      return row === undefined ? undefined : optionalText(row, 'answer');
    });
  }

  async factorsDue(most: number): Promise<readonly string[]> {
    return orInventoryError(() => this.#statements.factorsDue.all(most).map((row) => text(row, 'id')));
  }

  async countFactorsDue(askedFrom = 0): Promise<readonly DueCount[]> {
    return orInventoryError(() =>
      this.#statements.countFactorsDue
        .all(askedFrom)
        .map((row) => ({ since: integer(row, 'since'), users: integer(row, 'users') })),
    );
  }

  async countAnswers(before: number, lookup?: OldAnswer['lookup']): Promise<number> {
    let sum = 0;
    for (const each of lookupsOf(lookup)) {
      sum += orInventoryError(() => this.#countOld(each, before));
      // Each count reads an entry of an index a user: others have their turn between two.
      await setImmediate();
    }
    return sum;
  }

  #countOld(lookup: OldAnswer['lookup'], before: number): number {
    const { count, countHeldBack } = this.#statements.oldAnswers[lookup];
    const countBy = (statement: StatementSync): number => {
      const row = statement.get({ before });
      return row === undefined ? 0 : integer(row, 'answers');
    };
    return countBy(count) - countBy(countHeldBack);
  }

  async roleHolders(kind: RoleKind): Promise<readonly string[]> {
    const { roleHolders, customRoleHolders } = this.#statements;
    const holders = kind === 'any' ? roleHolders : customRoleHolders;
    return orInventoryError(() => holders.all().map((row) => text(row, 'id')));
  }

  unanswered(lookup: OldAnswer['lookup']): Unanswered {
    return unansweredBy(this.#statements.gaps[lookup]);
  }

  async gaps(): Promise<GapCounts> {
    return orInventoryError(() => this.#parts.evaluation.gaps());
  }

  async stale(): Promise<StaleCounts> {
    return orInventoryError(() => this.#parts.evaluation.stale());
  }
}

/** This lookup, or all of them. */
function lookupsOf(lookup: OldAnswer['lookup'] | undefined): readonly OldAnswer['lookup'][] {
  return lookup === undefined ? USER_LOOKUPS : [lookup];
}
