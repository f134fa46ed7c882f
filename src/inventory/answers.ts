import type { Reading } from '../inventory-ports.ts';
import type { Facet, Group } from '../org.ts';
import type { SqliteMarkStore } from './mark-store.ts';
import type { userStatements } from './user-statements.ts';

/** Keeps the answers of a reading, each with its marks: an unavailable one leaves a mark, an answered one takes it. */
export class Answers {
  readonly #statements: ReturnType<typeof userStatements>;
  readonly #marks: SqliteMarkStore;

  constructor(statements: ReturnType<typeof userStatements>, marks: SqliteMarkStore) {
    this.#statements = statements;
    this.#marks = marks;
  }

  /** Inside a transaction. */
  save(reading: Reading): void {
    const { factors, roles, groups } = reading;
    this.#marks.settleUser(reading.user.id, 'record', reading.marksUpTo);
    if (factors !== undefined) this.#save(reading, 'factors', factors);
    if (roles !== undefined) this.#save(reading, 'roles', roles);
    if (groups !== undefined) this.#saveGroups(reading, groups);
  }

  #save({ user, askedAt, marksUpTo }: Reading, name: 'factors' | 'roles', facet: Facet<unknown>): void {
    const answer = name === 'factors' ? this.#statements.saveFactors : this.#statements.saveRoles;
    const gap = name === 'factors' ? this.#statements.factorsGap : this.#statements.rolesGap;
    this.#marks.settleUser(user.id, name, marksUpTo);
    if (facet.kind === 'known') answer.run(JSON.stringify(facet.value), facet.readAt, askedAt, user.id);
    else if (facet.kind === 'not-asked') answer.run(null, null, askedAt, user.id);
    else gap.run(facet.reason, askedAt, user.id);
    if (facet.kind === 'unknown' && facet.reason === 'unavailable')
      this.#marks.markUser(user.id, name, 'unavailable');
  }

  #saveGroups({ user, askedAt, marksUpTo }: Reading, facet: Facet<readonly Group[]> | 'by-membership'): void {
    const { saveGroups, groupsGap } = this.#statements;
    this.#marks.settleUser(user.id, 'groups', marksUpTo);
    if (facet === 'by-membership') saveGroups.run('by-membership', askedAt, askedAt, user.id);
    else if (facet.kind === 'not-asked') saveGroups.run(null, null, askedAt, user.id);
    else if (facet.kind === 'unknown') groupsGap.run(facet.reason, askedAt, user.id);
    else this.#saveOwnList(user.id, facet.value, facet.readAt, askedAt);
    const isLost = facet !== 'by-membership' && facet.kind === 'unknown' && facet.reason === 'unavailable';
    if (isLost) this.#marks.markUser(user.id, 'groups', 'unavailable');
  }

  #saveOwnList(userId: string, groups: readonly Group[], readAt: number, askedAt: number): void {
    const { saveGroups, leaveAll, nameGroup, join } = this.#statements;
    saveGroups.run('own-list', readAt, askedAt, userId);
    leaveAll.run(userId);
    for (const { id, name, description, type } of groups) {
      nameGroup.run(id, name ?? null, description ?? null, type ?? null);
      join.run(userId, id);
    }
  }
}
