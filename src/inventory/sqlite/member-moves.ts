import type { DatabaseSync } from 'node:sqlite';

/** Marks the users whose events must be made anew after a group has changed. Its methods run inside a transaction. */
export class MemberMoves {
  readonly #isEveryone;
  readonly #all;
  readonly #members;

  constructor(database: DatabaseSync) {
    this.#isEveryone = database.prepare(
      "SELECT id FROM groups WHERE id = ? AND type = 'BUILT_IN' AND name = 'Everyone'",
    );
    this.#all = database.prepare('UPDATE users SET needs_event = 1 WHERE needs_event = 0');
    this.#members = database.prepare(`
      UPDATE users SET needs_event = 1
      WHERE needs_event = 0 AND id IN (SELECT user_id FROM memberships WHERE group_id = ?)`);
  }

  /** The members of Everyone are all users; it has no list of its own. */
  ofGroup(id: string): void {
    if (this.#isEveryone.get(id) === undefined) this.#members.run(id);
    else this.#all.run();
  }

  all(): void {
    this.#all.run();
  }
}
