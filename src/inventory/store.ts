import { createHash } from 'node:crypto';
import type { DatabaseSync } from 'node:sqlite';
import { z } from 'zod';
import { InventoryError } from '../errors.ts';
import { LOOKUPS } from '../ports.ts';
import type {
  Answer,
  Clock,
  GroupsPage,
  Inventory,
  ListedUser,
  Lookup,
  Made,
  MakeEvent,
  OrgIdentity,
  Reading,
  Role,
  Saved,
} from '../ports.ts';
import type { DeadLetters } from './dead-letters.ts';
import { FacetReader } from './facets.ts';
import type { Delivery, SqliteOutbox } from './outbox.ts';
import { integer, optionalText, text } from './rows.ts';
import { prepareStatements } from './statements.ts';
import type { Transaction } from './transaction.ts';

const lookupSchema = z.enum(LOOKUPS);

export interface StoreParts {
  readonly database: DatabaseSync;
  readonly transaction: Transaction;
  readonly outbox: SqliteOutbox;
  readonly deadLetters: DeadLetters;
  readonly makeEvent: MakeEvent;
  /** Asked anew for each user: the periodic re-send sends everything once. */
  readonly delivery: () => Delivery;
  readonly clock: Clock;
}

/** The inventory in SQLite. Its methods are asynchronous by contract; inside, each is one synchronous transaction. */
export class SqliteInventory implements Inventory {
  readonly #parts: StoreParts;
  readonly #statements: ReturnType<typeof prepareStatements>;
  readonly #facets: FacetReader;

  constructor(parts: StoreParts) {
    this.#parts = parts;
    this.#statements = prepareStatements(parts.database);
    this.#facets = new FacetReader(parts.database);
  }

  async bindOrg({ id, host }: OrgIdentity): Promise<void> {
    this.#parts.transaction(() => {
      const row = this.#statements.org.get();
      if (row !== undefined && !isSameOrg(optionalText(row, 'id'), text(row, 'host'), { id, host })) {
        throw new InventoryError(`this inventory is of ${text(row, 'host')}, not of ${host}`, {
          hint: 'give each org its own STATE_DIR',
        });
      }
      this.#statements.saveOrg.run(id ?? row?.['id'] ?? null, host);
    });
  }

  async startRun(): Promise<void> {
    this.#parts.transaction(() => {
      this.#statements.forgetListed.run();
      this.#statements.forgetStaged.run();
    });
  }

  async saveGroups({ groups, readAt }: GroupsPage): Promise<void> {
    this.#parts.transaction(() => {
      for (const { id, name, description, type, usersCount, adminFlag } of groups) {
        const flag = adminFlag === undefined ? null : Number(adminFlag);
        this.#statements.saveGroup.run(
          id,
          name ?? null,
          description ?? null,
          type ?? null,
          usersCount ?? null,
          flag,
        );
        if (adminFlag === false) this.#statements.saveRoles.run('[]', readAt, id);
      }
    });
  }

  async saveGroupRoles(groupId: string, answer: Answer<readonly Role[]>): Promise<void> {
    this.#parts.transaction(() => {
      this.#statements.nameGroup.run(groupId, null, null, null);
      if (answer.kind === 'known')
        this.#statements.saveRoles.run(JSON.stringify(answer.value), answer.readAt, groupId);
      else this.#statements.saveRolesGap.run(answer.reason, groupId);
    });
  }

  async forgetMemberships(): Promise<void> {
    this.#parts.transaction(() => this.#statements.forgetMemberships.run());
  }

  async saveMembers(groupId: string, pages: AsyncIterable<readonly string[]>): Promise<void> {
    const { transaction } = this.#parts;
    const { clearStaged, stage, leaveGroup, takeStaged } = this.#statements;
    transaction(() => clearStaged.run(groupId));
    for await (const page of pages) {
      transaction(() => {
        for (const userId of page) stage.run(groupId, userId);
      });
    }
    transaction(() => {
      leaveGroup.run(groupId);
      takeStaged.run(groupId);
      clearStaged.run(groupId);
    });
  }

  async noteListed(page: readonly ListedUser[]): Promise<readonly ListedUser[]> {
    const isNew = (listed: ListedUser): boolean =>
      this.#statements.noteListed.run(subjectOf(listed)).changes > 0;
    // Entries without an id cannot be told apart: each counts.
    return this.#parts.transaction(() => page.filter((listed) => isNew(listed) || isNameless(listed)));
  }

  async saveReading(reading: Reading): Promise<Saved> {
    return this.#parts.transaction(() => {
      this.#saveUser(reading);
      const made = this.#parts.makeEvent(this.#facets.read(reading));
      return { made, outcome: this.#enter(reading, made) };
    });
  }

  #saveUser({ user, readAt, groups, factors, roles }: Reading): void {
    const { saveUser, saveFactors, saveUserRoles } = this.#statements;
    saveUser.run(user.id, JSON.stringify(user), readAt);
    if (factors.kind === 'known') saveFactors.run(JSON.stringify(factors.value), factors.readAt, user.id);
    if (roles.kind === 'known') saveUserRoles.run(JSON.stringify(roles.value), roles.readAt, user.id);
    if (groups === 'by-membership' || groups.kind !== 'known') return;
    this.#statements.leaveAll.run(user.id);
    for (const { id, name, description, type } of groups.value) {
      this.#statements.nameGroup.run(id, name ?? null, description ?? null, type ?? null);
      this.#statements.join.run(user.id, id);
    }
  }

  #enter({ user }: Reading, made: Made): Saved['outcome'] {
    const { outbox, deadLetters, delivery, clock } = this.#parts;
    const subject = { subject: user.id, login: user.login, at: clock.now() };
    if (made.kind === 'dead-letter') {
      deadLetters.add({
        ...subject,
        refusedBy: 'mapping',
        reasons: made.reasons,
        hash: undefined,
        body: undefined,
      });
      return 'dead-lettered';
    }
    deadLetters.forgetMapping(user.id);
    const entered = outbox.enter(
      { userId: user.id, login: user.login, hash: made.hash, body: made.body },
      delivery(),
    );
    return entered === 'refused-before' ? 'dead-lettered' : entered;
  }

  async saveUnreadable(listed: ListedUser & { kind: 'unreadable' }): Promise<void> {
    const { transaction, deadLetters, clock } = this.#parts;
    const nothing = { login: undefined, hash: undefined, body: undefined };
    const letter = { subject: subjectOf(listed), refusedBy: 'mapping', reasons: [listed.reason] } as const;
    transaction(() => deadLetters.add({ ...nothing, ...letter, at: clock.now() }));
  }

  async refusedLookups(): Promise<ReadonlySet<Lookup>> {
    return this.#parts.transaction(() => {
      const rows = this.#statements.refused.all();
      return new Set(rows.map((row) => lookupSchema.parse(text(row, 'lookup'))));
    });
  }

  async saveRefusedLookups(lookups: ReadonlySet<Lookup>): Promise<void> {
    this.#parts.transaction(() => {
      this.#statements.forgetRefused.run();
      for (const lookup of lookups) this.#statements.addRefused.run(lookup);
    });
  }

  async resentAt(): Promise<number | undefined> {
    return this.#parts.transaction(() => {
      const row = this.#statements.stamp.get('resent');
      return row === undefined ? undefined : integer(row, 'at');
    });
  }

  async saveResentAt(at: number): Promise<void> {
    this.#parts.transaction(() => this.#statements.saveStamp.run('resent', at));
  }
}

/** The id decides where both are known; the host alone where the org does not tell its id. */
function isSameOrg(
  id: string | undefined,
  host: string,
  other: { id: string | undefined; host: string },
): boolean {
  return id !== undefined && other.id !== undefined ? id === other.id : host === other.host;
}

function isNameless(listed: ListedUser): boolean {
  return listed.kind === 'unreadable' && listed.id === undefined;
}

/** An entry without an id is told apart by what is wrong with it: there is nothing else to name it by. */
function subjectOf(listed: ListedUser): string {
  if (listed.kind === 'user') return listed.user.id;
  return listed.id ?? `without-id:${createHash('sha256').update(listed.reason).digest('hex').slice(0, 12)}`;
}
