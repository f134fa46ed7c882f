import type { DatabaseSync } from 'node:sqlite';
import { integer, optionalText, text } from './rows.ts';

/** So many users are marked at a time: a fraction of the time after which a health check or a signal would wait. */
const SLICE = 500;
/** In place of a group's id: all users. */
const ALL = '';

/**
 * Lets the events of a group's members be made anew after the group has changed. The transaction of the change marks the
 * first slice of them and notes the group where there are more: `spread` marks the others later. Its methods run inside
 * a transaction.
 */
export class MemberMoves {
  readonly #statements: ReturnType<typeof prepare>;

  constructor(database: DatabaseSync) {
    this.#statements = prepare(database);
  }

  /** The members of Everyone are all users; it has no list of its own. */
  ofGroup(id: string): void {
    if (this.#statements.isEveryone.get(id) === undefined) this.#mark(id, '', SLICE);
    else this.all();
  }

  all(): void {
    this.#statements.forgetAll.run();
    this.#mark(ALL, '', SLICE);
  }

  /** Marks the members at once, since they will not be known as members any more. */
  ofLeavers(id: string): void {
    if (this.#statements.isEveryone.get(id) === undefined) this.#statements.members.run(id);
    else this.all();
  }

  /** Marks a slice of those who were noted; returns false when nobody is left. */
  spread(): boolean {
    let isAny = false;
    for (let left = SLICE; left > 0; isAny = true) {
      const noted = this.#statements.noted.get();
      if (noted === undefined) return isAny;
      left -= this.#mark(text(noted, 'group_id'), text(noted, 'up_to'), left);
    }
    return isAny;
  }

  /** Marks up to `most` members behind one of them, and notes how far that went. Returns their number. */
  #mark(group: string, after: string, most: number): number {
    const { allAfter, membersAfter, markAll, markMembers, note, forget } = this.#statements;
    const slice = group === ALL ? allAfter.get({ after, most }) : membersAfter.get({ group, after, most });
    const upTo = slice === undefined ? undefined : optionalText(slice, 'up_to');
    const users = slice === undefined ? 0 : integer(slice, 'users');
    if (upTo !== undefined && group === ALL) markAll.run({ after, upTo });
    else if (upTo !== undefined) markMembers.run({ group, after, upTo });
    if (upTo === undefined || users < most) forget.run(group);
    else note.run(group, upTo);
    return users;
  }
}

function prepare(database: DatabaseSync) {
  return {
    isEveryone: database.prepare(
      "SELECT id FROM groups WHERE id = ? AND type = 'BUILT_IN' AND name = 'Everyone'",
    ),
    note: database.prepare('INSERT OR REPLACE INTO moved_groups VALUES (?, ?)'),
    noted: database.prepare('SELECT group_id, up_to FROM moved_groups ORDER BY group_id LIMIT 1'),
    forget: database.prepare('DELETE FROM moved_groups WHERE group_id = ?'),
    forgetAll: database.prepare('DELETE FROM moved_groups'),
    allAfter: database.prepare(`
      SELECT max(id) AS up_to, count(*) AS users FROM (
        SELECT id FROM users WHERE id > :after ORDER BY id LIMIT :most)`),
    membersAfter: database.prepare(`
      SELECT max(user_id) AS up_to, count(*) AS users FROM (
        SELECT user_id FROM memberships WHERE group_id = :group AND user_id > :after ORDER BY user_id LIMIT :most)`),
    markAll: database.prepare(
      'UPDATE users SET needs_event = 1 WHERE needs_event = 0 AND id > :after AND id <= :upTo',
    ),
    markMembers: database.prepare(`
      UPDATE users SET needs_event = 1 WHERE needs_event = 0 AND id IN (
        SELECT user_id FROM memberships WHERE group_id = :group AND user_id > :after AND user_id <= :upTo)`),
    members: database.prepare(`
      UPDATE users SET needs_event = 1
      WHERE needs_event = 0 AND id IN (SELECT user_id FROM memberships WHERE group_id = ?)`),
  };
}
