import type { DatabaseSync } from 'node:sqlite';
import type { SqliteMarkStore } from './mark-store.ts';
import { text } from './rows.ts';

const HOLDS_ROLES = "(groups.roles IS NULL OR groups.roles <> '[]')";
/** Okta merged the roles of groups into the answer, or the call was spared because a group's role decides. */
export const DEPENDS_ON_GROUPS = `(json_extract(users.roles, '$.includesGroups')
  OR (users.roles IS NULL AND users.roles_gap IS NULL AND users.roles_asked_at IS NOT NULL))`;

/**
 * Marks users to be asked again for their own roles when they come to a group that holds roles, or leave one, and when
 * what is known of these roles depends on the groups. Its methods run inside a transaction, before the memberships
 * change.
 */
export class RoleMoves {
  readonly #marks: SqliteMarkStore;
  readonly #members;
  readonly #staged;

  constructor(database: DatabaseSync, marks: SqliteMarkStore) {
    this.#marks = marks;
    this.#members = database.prepare(`
      SELECT users.id FROM groups
      JOIN memberships ON group_id = groups.id JOIN users ON users.id = user_id
      WHERE groups.id = ? AND ${HOLDS_ROLES} AND ${DEPENDS_ON_GROUPS}`);
    this.#staged = database.prepare(`
      SELECT users.id FROM users WHERE ${DEPENDS_ON_GROUPS}
        AND EXISTS (SELECT 1 FROM groups WHERE groups.id = :group AND ${HOLDS_ROLES})
        AND users.id IN (
          SELECT user_id FROM (
            SELECT user_id FROM memberships WHERE group_id = :group
            EXCEPT SELECT user_id FROM members_being_read WHERE reading = :reading
          ) UNION SELECT user_id FROM (
            SELECT user_id FROM members_being_read WHERE reading = :reading
            EXCEPT SELECT user_id FROM memberships WHERE group_id = :group
          ))`);
  }

  /** For a group that all its members leave. */
  ofGroup(id: string): void {
    for (const row of this.#members.all(id)) this.#mark(text(row, 'id'));
  }

  /** For a group whose members become those of this reading. */
  ofReading(group: string, reading: number): void {
    for (const row of this.#staged.all({ group, reading })) this.#mark(text(row, 'id'));
  }

  #mark(id: string): void {
    this.#marks.markUser(id, 'roles', 'membership');
  }
}
