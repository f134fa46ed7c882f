import type { DatabaseSync } from 'node:sqlite';
import type { MarkReason } from '../../ports/inventory.ts';
import type { SqliteMarkStore } from './mark-store.ts';
import { text } from './rows.ts';

const HOLDS_ROLES = "(groups.roles IS NULL OR groups.roles <> '[]')";
/** Okta merged the roles of groups into the answer, or the call was spared because a group's role decides. */
export const DEPENDS_ON_GROUPS = `(json_extract(users.roles, '$.includesGroups')
  OR (users.roles IS NULL AND users.roles_gap IS NULL AND users.roles_asked_at IS NOT NULL))`;

/**
 * The user's own answer has roles of groups. It may be newer than what is known of the group's roles, so it depends on
 * the group although that is thought to hold none.
 */
const HAS_ROLES_OF_GROUPS = `EXISTS (SELECT 1 FROM json_each(users.roles, '$.roles')
  WHERE json_extract(value, '$.assignmentType') = 'GROUP')`;

/**
 * Marks users to be asked again for their own roles when what is known of these depends on the groups: users who come to
 * a group that holds roles, or leave one, and the members of a group whose roles are others now. Its methods run inside
 * a transaction, those for members who move before the memberships change.
 */
export class RoleMoves {
  readonly #marks: SqliteMarkStore;
  readonly #members;
  readonly #staged;
  readonly #ofRoles;
  readonly #isEveryone;
  readonly #everybody;

  constructor(database: DatabaseSync, marks: SqliteMarkStore) {
    this.#marks = marks;
    this.#members = database.prepare(`
      SELECT users.id FROM groups
      JOIN memberships ON group_id = groups.id JOIN users ON users.id = user_id
      WHERE groups.id = ? AND (${HOLDS_ROLES} OR ${HAS_ROLES_OF_GROUPS}) AND ${DEPENDS_ON_GROUPS}`);
    this.#staged = database.prepare(`
      SELECT users.id FROM users WHERE ${DEPENDS_ON_GROUPS}
        AND (${HAS_ROLES_OF_GROUPS} OR EXISTS (SELECT 1 FROM groups WHERE groups.id = :group AND ${HOLDS_ROLES}))
        AND users.id IN (
          SELECT user_id FROM (
            SELECT user_id FROM memberships WHERE group_id = :group
            EXCEPT SELECT user_id FROM members_being_read WHERE reading = :reading
          ) UNION SELECT user_id FROM (
            SELECT user_id FROM members_being_read WHERE reading = :reading
            EXCEPT SELECT user_id FROM memberships WHERE group_id = :group
          ))`);
    this.#ofRoles = database.prepare(`
      SELECT users.id FROM users JOIN memberships ON user_id = users.id WHERE group_id = ? AND ${DEPENDS_ON_GROUPS}`);
    this.#isEveryone = database.prepare(
      "SELECT id FROM groups WHERE id = ? AND type = 'BUILT_IN' AND name = 'Everyone'",
    );
    this.#everybody = database.prepare(`SELECT users.id FROM users WHERE ${DEPENDS_ON_GROUPS}`);
  }

  /** For a group that all its members leave. */
  ofGroup(id: string): void {
    for (const row of this.#members.all(id)) this.#mark(text(row, 'id'));
  }

  /** For a group whose members become those of this reading. */
  ofReading(group: string, reading: number): void {
    for (const row of this.#staged.all({ group, reading })) this.#mark(text(row, 'id'));
  }

  /** For a group whose roles are others now. The members of Everyone are all users; it has no list of its own. */
  ofRoles(group: string): void {
    const isEveryone = this.#isEveryone.get(group) !== undefined;
    for (const row of isEveryone ? this.#everybody.all() : this.#ofRoles.all(group))
      this.#mark(text(row, 'id'), 'group-roles');
  }

  #mark(id: string, reason: MarkReason = 'membership'): void {
    this.#marks.markUser(id, 'roles', reason);
  }
}
