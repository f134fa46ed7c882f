import { setImmediate } from 'node:timers/promises';
import type { DatabaseSync } from 'node:sqlite';
import type { GroupStore, MembersReading, NotedGroup, RoleKind, Unanswered } from '../../ports/inventory.ts';
import type { Answer, GapReason, GroupsPage, Role, SizedGroup } from '../../ports/org.ts';
import { groupOf } from './facets.ts';
import type { StillGood } from '../policy/answers.ts';
import { leavesMark, standsIn } from '../policy/answers.ts';
import {
  STORED_NONE,
  areOtherRoles,
  contradictsFlag,
  contradictsSize,
  gapMovesMembers,
  isEmptied,
  isOvertakenAnswer,
  isRenamed,
  knownGroupOf,
  knownRolesOf,
  movesMembers,
  notedGroupOf,
} from '../policy/groups.ts';
import type { KeptGroup, KeptRoles } from '../policy/groups.ts';
import { groupStatements } from './group-statements.ts';
import type { SqliteMarkStore } from './mark-store.ts';
import type { MemberMoves } from './member-moves.ts';
import { RoleMoves } from './role-moves.ts';
import { readGap } from './records.ts';
import { optionalInteger, optionalText, text } from './rows.ts';
import type { Row } from './rows.ts';
import { orInventoryError } from './transaction.ts';
import type { Transaction } from './transaction.ts';
import { unansweredBy } from './unanswered.ts';

export interface GroupStoreParts {
  readonly database: DatabaseSync;
  readonly transaction: Transaction;
  /** For what is stored of one group, where it is little. */
  readonly soon: Transaction;
  readonly marks: SqliteMarkStore;
  readonly moves: MemberMoves;
  readonly isStillGood: StillGood;
}

/** Groups, their roles and members in SQLite. A change for the members makes their events anew. */
export class SqliteGroupStore implements GroupStore {
  readonly #transaction: Transaction;
  readonly #soon: Transaction;
  readonly #marks: SqliteMarkStore;
  readonly #moves: MemberMoves;
  readonly #roleMoves: RoleMoves;
  readonly #statements: ReturnType<typeof groupStatements>;
  readonly #isStillGood: StillGood;
  /** Two readings of one group's members may run at once, so each has a number under which it stages its own. */
  #readings = 0;

  constructor({ database, transaction, soon, marks, moves, isStillGood }: GroupStoreParts) {
    this.#isStillGood = isStillGood;
    this.#transaction = transaction;
    this.#soon = soon;
    this.#marks = marks;
    this.#moves = moves;
    this.#roleMoves = new RoleMoves(database, marks);
    this.#statements = groupStatements(database);
    transaction(() => this.#statements.clearAllStaged.run());
  }

  async save({ groups, readAt }: GroupsPage, listedAt: number | undefined): Promise<readonly NotedGroup[]> {
    return this.#transaction(() => groups.map((group) => this.#save(group, readAt, listedAt)));
  }

  #save(group: SizedGroup, readAt: number, listedAt = readAt): NotedGroup {
    const { id, name, description, type, usersCount, membersChangedAt, created } = group;
    const before = keptOf(this.#statements.find.get(id));
    this.#statements.save.run(
      id,
      name ?? null,
      description ?? null,
      type ?? null,
      usersCount ?? null,
      listedAt,
      membersChangedAt ?? null,
      created ?? null,
    );
    if (isRenamed(group, before)) this.#moves.ofGroup(id);
    if (isEmptied(group, before)) this.#empty(id, readAt, membersChangedAt);
    if (before !== undefined && contradictsSize(group, before))
      this.#marks.mark({ subject: 'group', id, question: 'members', reason: 'size' });
    const noted = notedGroupOf(group, before);
    if (contradictsFlag(noted))
      this.#marks.mark({ subject: 'group', id, question: 'roles', reason: 'admin-flag' });
    return noted;
  }

  #empty(id: string, readAt: number, changedAt: string | undefined): void {
    this.#allLeave(id, readAt);
    this.#statements.readMembers.run(readAt, changedAt ?? null, id);
  }

  #allLeave(group: string, since: number): void {
    this.#roleMoves.ofGroup(group);
    this.#moves.ofLeavers(group);
    // The enrolment policy, which filters factors, is chosen by groups.
    this.#statements.makeFactorsDue.run({ group, since });
    this.#statements.leaveGroup.run(group);
  }

  async find(groupId: string): Promise<NotedGroup | undefined> {
    return orInventoryError(() => {
      const kept = keptOf(this.#statements.find.get(groupId));
      return kept === undefined ? undefined : knownGroupOf(kept);
    });
  }

  async saveNoRoles(groupIds: readonly string[], readAt: number): Promise<void> {
    this.#transaction(() => {
      for (const id of groupIds) {
        const kept = this.#statements.find.get(id);
        const keptAskedAt = kept && optionalInteger(kept, 'roles_asked_at');
        if (!isOvertakenAnswer(readAt, keptAskedAt, Number.POSITIVE_INFINITY))
          this.#saveRoles(id, STORED_NONE, readAt, readAt);
      }
    });
  }

  async saveRoles(
    id: string,
    answer: Answer<readonly Role[]>,
    askedAt: number,
    marksUpTo: number,
    now = Number.POSITIVE_INFINITY,
  ): Promise<'known' | 'unknown'> {
    return this.#soon(() => {
      this.#statements.name.run(id);
      this.#marks.settle({ subject: 'group', id, questions: ['roles'], marksUpTo });
      const kept = this.#statements.find.get(id);
      const keptAskedAt = kept && optionalInteger(kept, 'roles_asked_at');
      if (kept !== undefined && isOvertakenAnswer(askedAt, keptAskedAt, now))
        return this.#keepRoles(id, kept, answer);
      if (answer.kind === 'known') {
        this.#saveRoles(id, JSON.stringify(answer.value), answer.readAt, askedAt);
        return 'known';
      }
      if (leavesMark(answer))
        this.#marks.mark({ subject: 'group', id, question: 'roles', reason: 'unavailable' });
      return this.#saveRolesGap(id, answer.reason, askedAt);
    });
  }

  /** Leaves the newer answer as it is. */
  #keepRoles(id: string, kept: Row, late: Answer<readonly Role[]>): 'known' | 'unknown' {
    const { roles, gap } = rolesOf(kept);
    if (late.kind === 'unknown' || areOtherRoles(JSON.stringify(late.value), { roles, gap }))
      this.#marks.mark({ subject: 'group', id, question: 'roles', reason: 'group-roles' });
    const last = {
      readAt: optionalInteger(kept, 'roles_read_at'),
      askedAt: optionalInteger(kept, 'roles_asked_at'),
    };
    return gap === undefined || standsIn(last, this.#isStillGood) ? 'known' : 'unknown';
  }

  #saveRolesGap(id: string, reason: GapReason, askedAt: number): 'known' | 'unknown' {
    const before = this.#statements.find.get(id);
    const isMoved = gapMovesMembers(reason, before && rolesOf(before));
    this.#statements.saveRolesGap.run(reason, askedAt, id);
    if (isMoved) this.#moves.ofGroup(id);
    const readAt = before === undefined ? undefined : optionalInteger(before, 'roles_read_at');
    return standsIn({ readAt, askedAt }, this.#isStillGood) ? 'known' : 'unknown';
  }

  #saveRoles(id: string, roles: string, readAt: number, askedAt: number): void {
    const before = this.#statements.find.get(id);
    const kept = before && rolesOf(before);
    this.#statements.saveRoles.run(roles, readAt, askedAt, id);
    if (movesMembers(roles, kept)) this.#moves.ofGroup(id);
    if (areOtherRoles(roles, kept)) this.#roleMoves.ofRoles(id);
  }

  async saveMembers(
    groupId: string,
    pages: AsyncIterable<readonly string[]>,
    { readAt, now, changedAt, marksUpTo }: MembersReading,
  ): Promise<void> {
    const { stage, clearStaged } = this.#statements;
    const own = (this.#readings += 1);
    const before = orInventoryError(() => this.#membersReadAt(groupId));
    let count = 0;
    try {
      for await (const page of pages) {
        count += 1;
        this.#soon(() => {
          for (const userId of page) stage.run(own, userId);
        });
      }
      // The members of most groups fit into one page. Where they do not, taking them over changes many rows.
      (count > 1 ? this.#transaction : this.#soon)(() => {
        const last = this.#membersReadAt(groupId);
        // Another reading began later and was stored before. Marks that it has not settled are read once more.
        if (last !== before && last > readAt) return;
        this.#takeOver(groupId, own, { readAt, now: now() });
        this.#statements.readMembers.run(readAt, changedAt ?? null, groupId);
        this.#marks.settle({ subject: 'group', id: groupId, questions: ['members'], marksUpTo });
      });
    } finally {
      this.#soon(() => clearStaged.run(own));
    }
  }

  #membersReadAt(groupId: string): number {
    const row = this.#statements.membersReadAt.get(groupId);
    return (row && optionalInteger(row, 'members_read_at')) ?? 0;
  }

  /**
   * Users who came or left get a new event; users who stayed do not. All in one transaction with what says that the
   * members were read: 100,000 users who come or leave take 2 to 3 s of CPU, for which a health check waits.
   */
  #takeOver(group: string, own: number, during: { readonly readAt: number; readonly now: number }): void {
    const { unstageOwn, stageOwn, moveStaged, leaveUnstaged, takeStaged } = this.#statements;
    // An own list that was asked for after the listing had begun may tell of a change that came after its first pages.
    unstageOwn.run({ reading: own, ...during });
    stageOwn.run({ group, reading: own, ...during });
    this.#roleMoves.ofReading(group, own);
    moveStaged.run({ group, reading: own, now: during.now });
    for (const statement of [leaveUnstaged, takeStaged]) statement.run({ group, reading: own });
  }

  async noteMembersRead(groupId: string, changedAt: string | undefined): Promise<void> {
    this.#transaction(() => this.#statements.noteMembersRead.run(changedAt ?? null, groupId));
  }

  async noteAllMembersRead(listedAt: number): Promise<void> {
    this.#transaction(() => this.#statements.noteAllMembersRead.run(listedAt));
  }

  async members(groupId: string): Promise<readonly string[]> {
    return orInventoryError(() => this.#statements.members.all(groupId).map((row) => text(row, 'id')));
  }

  async unlisted(listedAt: number): Promise<readonly string[]> {
    return orInventoryError(() => this.#statements.unlisted.all(listedAt).map((row) => text(row, 'id')));
  }

  async remove(groupId: string, goneAt: number): Promise<void> {
    this.#transaction(() => {
      this.#allLeave(groupId, goneAt);
      this.#statements.forget.run(groupId);
      this.#marks.settleAll('group', groupId);
    });
  }

  async roleHolders(kind: RoleKind): Promise<readonly string[]> {
    const { roleHolders, customRoleHolders } = this.#statements;
    const holders = kind === 'any' ? roleHolders : customRoleHolders;
    return orInventoryError(() => holders.all().map((row) => text(row, 'id')));
  }

  async *membersWithRoles(): AsyncGenerator<readonly string[]> {
    const { withRoles, activeMembers } = this.#statements;
    for (const group of orInventoryError(() => withRoles.all().map((row) => text(row, 'id')))) {
      yield orInventoryError(() => activeMembers.all(group).map((row) => text(row, 'id')));
      // Health checks, signals and pushes have their turn between two groups.
      await setImmediate();
    }
  }

  unanswered(): Unanswered {
    return unansweredBy(this.#statements);
  }
}

/** A row of the groups, in the form that the rules use. */
function keptOf(row: Row | undefined): KeptGroup | undefined {
  return row === undefined
    ? undefined
    : {
        group: groupOf(row),
        usersCount: optionalInteger(row, 'users_count'),
        hasMembers: row['has_members'] === 1,
        membersReadAt: optionalInteger(row, 'members_read_at'),
        membersChangedAt: optionalText(row, 'members_changed_at'),
        roles: knownRolesOf(rolesOf(row)),
        rolesAskedAt: optionalInteger(row, 'roles_asked_at'),
      };
}

function rolesOf(row: Row): KeptRoles {
  const gap = optionalText(row, 'roles_gap');
  return { roles: optionalText(row, 'roles'), gap: gap === undefined ? undefined : readGap(gap) };
}
