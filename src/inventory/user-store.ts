import { createHash } from 'node:crypto';
import type { DatabaseSync } from 'node:sqlite';
import type { GapCounts, Noted, Reading, Saved, StaleCounts, UserStore } from '../inventory-ports.ts';
import type { ListedUser, User } from '../org.ts';
import type { Clock } from '../ports.ts';
import type { Answers } from './answers.ts';
import type { DeadLetters } from './dead-letters.ts';
import type { Evaluation } from './evaluation.ts';
import { readUser } from './records.ts';
import { integer, optionalInteger, text } from './rows.ts';
import type { Row } from './rows.ts';
import type { Transaction } from './transaction.ts';
import { userStatements } from './user-statements.ts';

export interface UserStoreParts {
  readonly database: DatabaseSync;
  readonly transaction: Transaction;
  readonly deadLetters: DeadLetters;
  readonly answers: Answers;
  readonly evaluation: Evaluation;
  readonly clock: Clock;
}

/** Users in SQLite. Its methods are asynchronous by contract; inside, each is one synchronous transaction. */
export class SqliteUserStore implements UserStore {
  readonly #parts: UserStoreParts;
  readonly #statements: ReturnType<typeof userStatements>;

  constructor(parts: UserStoreParts) {
    this.#parts = parts;
    this.#statements = userStatements(parts.database);
  }

  async startListing(): Promise<void> {
    this.#parts.transaction(() => {
      this.#statements.startListing.run();
      this.#statements.forgetStaged.run();
    });
  }

  async note(page: readonly ListedUser[], listedAt: number | undefined): Promise<readonly Noted[]> {
    return this.#parts.transaction(() => page.flatMap((listed) => this.#note(listed, listedAt)));
  }

  #note(listed: ListedUser, listedAt: number | undefined): readonly Noted[] {
    const isNew = this.#statements.noteListed.run(subjectOf(listed)).changes > 0;
    // Entries without an id cannot be told apart: each counts.
    if (!isNew && !isNameless(listed)) return [];
    if (listedAt !== undefined) this.#statements.setListedAt.run(listedAt, subjectOf(listed));
    return [notedOf(listed, this.#statements.find.get(subjectOf(listed)))];
  }

  async find(userId: string): Promise<Noted | undefined> {
    const row = this.#statements.find.get(userId);
    return row === undefined ? undefined : notedOf(undefined, row);
  }

  async compare(listed: ListedUser): Promise<Noted> {
    return notedOf(listed, this.#statements.find.get(subjectOf(listed)));
  }

  async save(reading: Reading): Promise<Saved | undefined> {
    return this.#parts.transaction(() => {
      const { user, readAt, listedAt, isComplete } = reading;
      this.#statements.save.run(user.id, user.status ?? null, JSON.stringify(user), readAt, listedAt ?? null);
      this.#parts.answers.save(reading);
      if (!isComplete) return undefined;
      if (listedAt !== undefined) this.#statements.finish.run(listedAt, user.id);
      return this.#parts.evaluation.evaluate(user.id);
    });
  }

  async saveUnreadable(listed: ListedUser & { kind: 'unreadable' }): Promise<void> {
    const { transaction, deadLetters, clock } = this.#parts;
    const nothing = { login: undefined, hash: undefined, body: undefined };
    const letter = { subject: subjectOf(listed), refusedBy: 'mapping', reasons: [listed.reason] } as const;
    transaction(() => deadLetters.add({ ...nothing, ...letter, at: clock.now() }));
  }

  async isAdminByGroups(userId: string, groupIds?: readonly string[]): Promise<boolean> {
    return this.#parts.evaluation.isAdminByGroups(userId, groupIds);
  }

  async evaluate(most: number): Promise<readonly Saved[]> {
    return this.#parts.transaction(() =>
      this.#statements.needingEvent
        .all(most)
        .map((row) => this.#parts.evaluation.evaluate(text(row, 'id')))
        .filter((saved) => saved !== undefined),
    );
  }

  async needEvents(): Promise<void> {
    this.#parts.transaction(() => this.#statements.needEvents.run());
  }

  async unfinished(listedAt: number, afterId: string, most: number): Promise<readonly Noted[]> {
    return this.#statements.unfinished.all(listedAt, afterId, most).map((row) => notedOf(undefined, row));
  }

  async unlisted(listedAt: number): Promise<readonly string[]> {
    return this.#statements.unlisted.all(listedAt).map((row) => text(row, 'id'));
  }

  async count(): Promise<number> {
    const row = this.#statements.count.get();
    return row === undefined ? 0 : integer(row, 'users');
  }

  async remove(userId: string): Promise<void> {
    this.#parts.transaction(() => {
      this.#parts.evaluation.evaluateRemoved(userId);
      this.#forget(userId);
    });
  }

  async forget(userId: string): Promise<void> {
    this.#parts.transaction(() => this.#forget(userId));
  }

  #forget(userId: string): void {
    const { forgetUser, leaveAll, forgetDelivered, forgetMarks } = this.#statements;
    for (const forget of [forgetUser, leaveAll, forgetDelivered, forgetMarks]) forget.run(userId);
  }

  async roleHolders(): Promise<readonly string[]> {
    return this.#statements.roleHolders.all().map((row) => text(row, 'id'));
  }

  async gaps(): Promise<GapCounts> {
    return this.#parts.evaluation.gaps();
  }

  async stale(): Promise<StaleCounts> {
    return this.#parts.evaluation.stale();
  }
}

function notedOf(listed: ListedUser | undefined, row: Row | undefined): Noted {
  if (row === undefined) {
    return { listed: listed ?? nobody, ...STRANGER };
  }
  const kept = readUser(text(row, 'fields'));
  const own: ListedUser = { kind: 'user', user: kept, readAt: integer(row, 'read_at') };
  return {
    listed: listed ?? own,
    isKnown: true,
    hasMoved: listed?.kind === 'user' && !isSameRecord(listed.user, kept),
    hasCrossedDeactivation: listed?.kind === 'user' && isDeactivated(listed.user) !== isDeactivated(kept),
    askedAt: askedAtOf(row),
    finishedAt: optionalInteger(row, 'finished_at'),
  };
}

function askedAtOf(row: Row): Noted['askedAt'] {
  const [groups, factors, roles] = ['groups', 'factors', 'roles'].map((name) =>
    optionalInteger(row, `${name}_asked_at`),
  );
  return {
    ...(groups === undefined ? {} : { groups }),
    ...(factors === undefined ? {} : { factors }),
    ...(roles === undefined ? {} : { roles }),
  };
}

/** A sign-in moves no stamp of Okta's and alone makes no event between full runs. */
function isSameRecord(left: User, right: User): boolean {
  const text = (user: User): string => JSON.stringify({ ...user, lastLogin: undefined });
  return text(left) === text(right);
}

function isDeactivated(user: User): boolean {
  return user.status === 'DEPROVISIONED';
}

const STRANGER = {
  isKnown: false,
  hasMoved: true,
  hasCrossedDeactivation: false,
  askedAt: {},
  finishedAt: undefined,
} as const;
const nobody: ListedUser = { kind: 'unreadable', id: undefined, reason: 'nobody was listed' };

function isNameless(listed: ListedUser): boolean {
  return listed.kind === 'unreadable' && listed.id === undefined;
}

/** An entry without an id is told apart by what is wrong with it: there is nothing else to name it by. */
function subjectOf(listed: ListedUser): string {
  if (listed.kind === 'user') return listed.user.id;
  return listed.id ?? `without-id:${createHash('sha256').update(listed.reason).digest('hex').slice(0, 12)}`;
}
