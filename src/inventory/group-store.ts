import type { DatabaseSync } from 'node:sqlite';
import type { GroupStore, NotedGroup } from '../inventory-ports.ts';
import type { Answer, GroupsPage, Role, SizedGroup } from '../org.ts';
import { groupOf } from './facets.ts';
import { groupStatements } from './group-statements.ts';
import type { SqliteMarkStore } from './mark-store.ts';
import { optionalInteger, optionalText, text } from './rows.ts';
import type { Row } from './rows.ts';
import type { Transaction } from './transaction.ts';

/** Groups, their roles and members in SQLite. What changes for members makes their events anew. */
export class SqliteGroupStore implements GroupStore {
  readonly #transaction: Transaction;
  readonly #marks: SqliteMarkStore;
  readonly #statements: ReturnType<typeof groupStatements>;

  constructor(database: DatabaseSync, transaction: Transaction, marks: SqliteMarkStore) {
    this.#transaction = transaction;
    this.#marks = marks;
    this.#statements = groupStatements(database);
  }

  async save({ groups }: GroupsPage, listedAt: number | undefined): Promise<readonly NotedGroup[]> {
    return this.#transaction(() => groups.map((group) => this.#save(group, listedAt)));
  }

  #save(group: SizedGroup, listedAt: number | undefined): NotedGroup {
    const { id, name, description, type, usersCount, membersChangedAt } = group;
    const before = this.#statements.find.get(id);
    const noted = before === undefined ? unknownGroup(group) : notedOf(before, group);
    const hasChanged =
      before !== undefined &&
      JSON.stringify(groupOf(before)) !== JSON.stringify(groupOf({ ...before, ...sqlOf(group) }));
    this.#statements.save.run(
      id,
      name ?? null,
      description ?? null,
      type ?? null,
      usersCount ?? null,
      listedAt ?? null,
    );
    if (hasChanged) this.#moveMembers(id);
    // Known to be empty: whoever was in it is not any more. A moved stamp says that the size is not the whole story.
    if (usersCount === 0) this.#empty(id, membersChangedAt);
    return noted;
  }

  #empty(id: string, changedAt: string | undefined): void {
    this.#statements.moveMembers.run(id);
    this.#statements.leaveGroup.run(id);
    this.#statements.readMembers.run(null, changedAt ?? null, id);
  }

  /** Everyone's members are all users; it has no list of its own. */
  #moveMembers(id: string): void {
    const row = this.#statements.find.get(id);
    const isEveryone = row?.['type'] === 'BUILT_IN' && row['name'] === 'Everyone';
    if (isEveryone) this.#statements.moveAll.run();
    else this.#statements.moveMembers.run(id);
  }

  async find(groupId: string): Promise<NotedGroup | undefined> {
    const row = this.#statements.find.get(groupId);
    return row === undefined ? undefined : notedOf(row, undefined);
  }

  async saveNoRoles(groupIds: readonly string[], readAt: number): Promise<void> {
    this.#transaction(() => {
      for (const id of groupIds) this.#saveRoles(id, '[]', readAt, readAt);
    });
  }

  async saveRoles(
    id: string,
    answer: Answer<readonly Role[]>,
    askedAt: number,
    marksUpTo: number,
  ): Promise<void> {
    this.#transaction(() => {
      this.#statements.name.run(id);
      this.#marks.settleGroup(id, 'roles', marksUpTo);
      if (answer.kind === 'known') {
        this.#saveRoles(id, JSON.stringify(answer.value), answer.readAt, askedAt);
        return;
      }
      if (answer.reason === 'unavailable')
        this.#marks.mark({ subject: 'group', id, question: 'roles', cause: 'unavailable' });
      this.#statements.saveRolesGap.run(answer.reason, askedAt, id);
      this.#moveMembers(id);
    });
  }

  #saveRoles(id: string, roles: string, readAt: number, askedAt: number): void {
    const row = this.#statements.find.get(id);
    const isSame = row !== undefined && row['roles'] === roles && row['roles_gap'] === null;
    this.#statements.saveRoles.run(roles, readAt, askedAt, id);
    if (!isSame) this.#moveMembers(id);
  }

  async saveMembers(
    groupId: string,
    pages: AsyncIterable<readonly string[]>,
    reading: { readonly readAt: number; readonly changedAt: string | undefined; readonly marksUpTo: number },
  ): Promise<void> {
    const { clearStaged, stage } = this.#statements;
    this.#transaction(() => clearStaged.run(groupId));
    for await (const page of pages) {
      this.#transaction(() => {
        for (const userId of page) stage.run(groupId, userId);
      });
    }
    this.#transaction(() => {
      this.#takeOver(groupId);
      this.#statements.readMembers.run(reading.readAt, reading.changedAt ?? null, groupId);
      this.#marks.settleGroup(groupId, 'members', reading.marksUpTo);
    });
  }

  /** Who came and who left get a new event; who stayed does not. */
  #takeOver(groupId: string): void {
    const { moveStaged, leaveGroup, takeStaged, clearStaged } = this.#statements;
    moveStaged.run(groupId, groupId, groupId, groupId);
    leaveGroup.run(groupId);
    takeStaged.run(groupId);
    clearStaged.run(groupId);
  }

  async noteMembersRead(groupId: string, changedAt: string | undefined, readAt: number): Promise<void> {
    this.#transaction(() => this.#statements.readMembers.run(readAt, changedAt ?? null, groupId));
  }

  async unlisted(listedAt: number): Promise<readonly string[]> {
    return this.#statements.unlisted.all(listedAt).map((row) => text(row, 'id'));
  }

  async remove(groupId: string): Promise<void> {
    this.#transaction(() => {
      const { moveMembers, leaveGroup, forget, forgetMarks } = this.#statements;
      for (const statement of [moveMembers, leaveGroup, forget, forgetMarks]) statement.run(groupId);
    });
  }

  async roleHolders(): Promise<readonly string[]> {
    return this.#statements.roleHolders.all().map((row) => text(row, 'id'));
  }

  async membersWithMergedRoles(groupId: string): Promise<readonly string[]> {
    return this.#statements.mergedMembers.all(groupId).map((row) => text(row, 'id'));
  }
}

function sqlOf({ name, description, type }: SizedGroup) {
  return { name: name ?? null, description: description ?? null, type: type ?? null };
}

function unknownGroup(group: SizedGroup): NotedGroup {
  return { group, isKnown: false, membersReadAt: undefined, rolesAskedAt: undefined, hasMovedMembers: true };
}

function notedOf(row: Row, listed: SizedGroup | undefined): NotedGroup {
  const own = { ...groupOf(row), usersCount: optionalInteger(row, 'users_count'), adminFlag: undefined };
  const group = listed ?? { ...own, membersChangedAt: optionalText(row, 'members_changed_at') };
  return {
    group,
    isKnown: true,
    membersReadAt: optionalInteger(row, 'members_read_at'),
    rolesAskedAt: optionalInteger(row, 'roles_asked_at'),
    hasMovedMembers: group.membersChangedAt !== optionalText(row, 'members_changed_at'),
  };
}
