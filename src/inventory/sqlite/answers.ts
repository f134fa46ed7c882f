import type { Reading } from '../../ports/inventory.ts';
import type { Facet, Group } from '../../ports/org.ts';
import { keptOfAnswer, leavesMark } from '../policy/answers.ts';
import { questionsAnswered } from '../policy/marks.ts';
import type { SqliteMarkStore } from './mark-store.ts';
import type { MemberMoves } from './member-moves.ts';
import { JSON_LOOKUPS, type JsonLookup, type userStatements } from './user-statements.ts';

/** Stores the answers of a reading with their marks: an unavailable answer leaves a mark, any other removes it. */
export class AnswerStore {
  readonly #statements: ReturnType<typeof userStatements>;
  readonly #marks: SqliteMarkStore;
  readonly #moves: MemberMoves;

  constructor(statements: ReturnType<typeof userStatements>, marks: SqliteMarkStore, moves: MemberMoves) {
    this.#statements = statements;
    this.#marks = marks;
    this.#moves = moves;
  }

  /**
   * Call it inside a transaction. `isRecordNews`: the record was read after the marks, and is newer than the stored
   * one.
   */
  save(reading: Reading, isRecordNews: boolean): void {
    const { user, groups, marksUpTo } = reading;
    const questions = questionsAnswered(reading, isRecordNews);
    this.#marks.settle({ subject: 'user', id: user.id, questions, marksUpTo });
    for (const lookup of JSON_LOOKUPS) {
      const facet = reading[lookup];
      if (facet === 'spared') this.#statements.saveAnswer[lookup].run(null, null, reading.askedAt, user.id);
      else if (facet !== undefined) this.#save(reading, lookup, facet);
    }
    if (groups !== undefined) this.#saveGroups(reading, groups);
  }

  #save({ user, askedAt }: Reading, name: JsonLookup, facet: Facet<unknown>): void {
    const answer = this.#statements.saveAnswer[name];
    const gap = this.#statements.saveGap[name];
    const kept = keptOfAnswer(facet);
    if (kept.kind === 'value') answer.run(JSON.stringify(kept.value), kept.readAt, askedAt, user.id);
    else if (kept.kind === 'nothing') answer.run(null, null, null, user.id);
    else gap.run(kept.reason, askedAt, user.id);
    if (leavesMark(facet)) this.#marks.markUser(user.id, name, 'unavailable');
  }

  #saveGroups({ user, roles, askedAt }: Reading, facet: Facet<readonly Group[]> | 'by-membership'): void {
    const { saveGroups, saveGap } = this.#statements;
    const isMoved = this.#watchRoles(user.id, roles);
    if (facet === 'by-membership') saveGroups.run('by-membership', askedAt, askedAt, user.id);
    else {
      const kept = keptOfAnswer(facet);
      if (kept.kind === 'value') this.#saveOwnList(user.id, kept.value, kept.readAt, askedAt);
      else if (kept.kind === 'nothing') saveGroups.run(null, null, null, user.id);
      else saveGap.groups.run(kept.reason, askedAt, user.id);
    }
    if (isMoved()) this.#marks.markUser(user.id, 'roles', 'membership');
    if (facet !== 'by-membership' && leavesMark(facet))
      this.#marks.markUser(user.id, 'groups', 'unavailable');
  }

  /**
   * The known roles of a user may depend on the groups. So a user who comes to a group that holds roles, or leaves one,
   * is asked again, unless that was just done.
   */
  #watchRoles(userId: string, roles: Reading['roles']): () => boolean {
    const { rolesDependOnGroups, roleGroupsOf } = this.#statements;
    if (roles !== undefined || rolesDependOnGroups.get(userId) === undefined) return () => false;
    const listed = (): string => JSON.stringify(roleGroupsOf.all(userId));
    const before = listed();
    return () => listed() !== before;
  }

  #saveOwnList(userId: string, groups: readonly Group[], readAt: number, askedAt: number): void {
    const { saveGroups, leaveOthers, nameGroup, join, wasAskedForGroups, groupsOf, makeFactorsDue } =
      this.#statements;
    const wasAsked = wasAskedForGroups.get(userId) !== undefined;
    const listed = (): string => JSON.stringify(groupsOf.all(userId));
    const before = listed();
    leaveOthers.run(userId, JSON.stringify(groups.map(({ id }) => id)));
    for (const { id, name, description, type, created } of groups) {
      const named = nameGroup.run(
        id,
        name ?? null,
        description ?? null,
        type ?? null,
        readAt,
        created ?? null,
      );
      // The other members need the new name too, since the next listing will find nothing changed.
      if (named.changes > 0) this.#moves.ofGroup(id);
      join.run(userId, id);
    }
    // Last: that the list was known before tells whether a group in it is a change.
    saveGroups.run('own-list', readAt, askedAt, userId);
    // The enrolment policy, which filters factors, is chosen by groups.
    if (wasAsked && listed() !== before) makeFactorsDue.run(askedAt, userId);
  }
}
