import type { DatabaseSync } from 'node:sqlite';
import { z } from 'zod';
import type {
  AssetRecords,
  AssetStore,
  KnownSet,
  RecordKind,
  SetKey,
  SetKind,
  SetRecords,
  StoredRecord,
} from '../../../ports/assets.ts';
import { GAP_REASONS, type GapReason } from '../../../ports/org.ts';
import { integer, optionalInteger, optionalText, text, type Row } from '../rows.ts';
import { orInventoryError, type Transaction } from '../transaction.ts';
import { readLink, readRecord } from './asset-records.ts';
import type { DeviceEvents } from './device-events.ts';
import { assetStatements } from './statements.ts';
import { makeAssetTables } from './tables.ts';
import type { ChangeHistory } from '../history/history.ts';

const gapSchema = z.enum(GAP_REASONS);
/** The set that stands for the list of a kind. */
const LIST = 'list';
const SETS_OF: Readonly<Record<RecordKind, readonly SetKind[]>> = {
  app: ['app-users', 'app-groups'],
  group: ['group-apps'],
  device: ['device-users'],
  rule: [],
  org: [],
  role: [],
};

interface AssetStoreParts {
  readonly database: DatabaseSync;
  /** For work on few rows, see `Gathering`. */
  readonly soon: Transaction;
  readonly transaction: Transaction;
  readonly history: Pick<ChangeHistory, 'sets'>;
  /** Absent: no events are made of devices. */
  readonly deviceEvents?: DeviceEvents | undefined;
}

/** Assets in SQLite. Its tables are made when it is first used. */
export class SqliteAssetStore implements AssetStore {
  readonly #parts: AssetStoreParts;
  #prepared: ReturnType<typeof assetStatements> | undefined;
  #readings = 0;

  constructor(parts: AssetStoreParts) {
    this.#parts = parts;
  }

  get #statements(): ReturnType<typeof assetStatements> {
    if (this.#prepared !== undefined) return this.#prepared;
    const { database, transaction } = this.#parts;
    transaction(() => {
      makeAssetTables(database);
      // A killed run leaves what it had not put in place.
      database.exec('DELETE FROM links_being_read');
    });
    this.#prepared = assetStatements(database);
    return this.#prepared;
  }

  async save<K extends RecordKind>(
    kind: K,
    records: readonly AssetRecords[K][],
    readAt: number,
    listedAt?: number,
  ): Promise<readonly StoredRecord[]> {
    const statements = this.#statements;
    return this.#parts.transaction(() =>
      records.map((record) => this.#save(statements, kind, record, readAt, listedAt)),
    );
  }

  #save<K extends RecordKind>(
    { find, save, noteListing }: ReturnType<typeof assetStatements>,
    kind: K,
    record: AssetRecords[K],
    readAt: number,
    listedAt: number | undefined,
  ): StoredRecord {
    const { id } = record;
    const before = find.get(kind, id);
    if (before !== undefined && integer(before, 'read_at') > readAt) {
      if (listedAt !== undefined) noteListing.run(listedAt, kind, id);
      return { id, outcome: 'unchanged' };
    }
    const now = JSON.stringify(record);
    save.run(kind, id, now, readAt, listedAt ?? null);
    if (before === undefined) return { id, outcome: 'new' };
    const isSame = essence(kind, text(before, 'record')) === essence(kind, now);
    return { id, outcome: isSame ? 'unchanged' : 'changed' };
  }

  async find<K extends RecordKind>(kind: K, id: string): Promise<AssetRecords[K] | undefined> {
    const { find } = this.#statements;
    return orInventoryError(() => {
      const row = find.get(kind, id);
      return row === undefined ? undefined : readRecord(kind, text(row, 'record'));
    });
  }

  async count(kind: RecordKind): Promise<number> {
    const { count } = this.#statements;
    return orInventoryError(() => numberIn(count.get(kind), 'count'));
  }

  async ids(kind: RecordKind): Promise<readonly string[]> {
    const { ids } = this.#statements;
    return orInventoryError(() => ids.all(kind).map((row) => text(row, 'id')));
  }

  async unlisted(kind: RecordKind, listedAt: number): Promise<readonly string[]> {
    const { unlisted } = this.#statements;
    return orInventoryError(() => unlisted.all({ kind, at: listedAt }).map((row) => text(row, 'id')));
  }

  async remove(kind: RecordKind, id: string): Promise<void> {
    const { forget, forgetSet, forgetLinks, forgetMember } = this.#statements;
    const { transaction, deviceEvents } = this.#parts;
    transaction(() => {
      if (kind === 'device') deviceEvents?.evaluateGone(id);
      for (const set of SETS_OF[kind]) {
        forgetSet.run(set, id);
        forgetLinks.run(set, id);
      }
      // Where assignments were read by group, no set of the application tells that it is gone.
      if (kind === 'app') forgetMember.run('group-apps', id);
      forget.run(kind, id);
    });
  }

  async replaceSet<K extends SetKind>(
    { kind, owner }: SetKey & { readonly kind: K },
    pages: AsyncIterable<readonly SetRecords[K][]>,
    asked: number,
  ): Promise<StoredRecord['outcome']> {
    const { stage, unstage } = this.#statements;
    const { soon, transaction } = this.#parts;
    const reading = (this.#readings += 1);
    let count = 0;
    try {
      for await (const page of pages) {
        count += 1;
        soon(() => {
          for (const each of page) stage.run(reading, each.id, variantOf(kind, each), JSON.stringify(each));
        });
      }
      return (count > 1 ? transaction : soon)(() => this.#takeOver({ kind, owner }, reading, asked));
    } finally {
      soon(() => unstage.run(reading));
    }
  }

  /** A reading that was overtaken changes nothing: another one was asked for later, or one member was. */
  #takeOver({ kind, owner }: SetKey, reading: number, asked: number): StoredRecord['outcome'] {
    const { set, isOther, forgetLinks, takeStaged, saveSet } = this.#statements;
    const before = set.get(kind, owner);
    if (before !== undefined && lastOf(before) > asked) return 'unchanged';
    const wasKnown = before !== undefined && before['read_at'] !== null;
    const isNew = numberIn(isOther.get({ kind, owner, reading }), 'is_other') === 1;
    const isStored = this.#parts.history.sets()?.replacing({ kind, owner }, reading);
    if (isNew) {
      forgetLinks.run(kind, owner);
      takeStaged.run({ kind, owner, reading });
    }
    saveSet.run({ kind, owner, asked });
    isStored?.();
    if (!wasKnown) return 'new';
    return isNew ? 'changed' : 'unchanged';
  }

  async saveLink<K extends SetKind>(
    { kind, owner }: SetKey & { readonly kind: K },
    member: string,
    record: SetRecords[K] | undefined,
    asked: number,
  ): Promise<StoredRecord['outcome']> {
    const { set, link, saveLink, forgetLink, noteChange } = this.#statements;
    return this.#parts.soon(() => {
      const known = set.get(kind, owner);
      // The whole list was asked for later.
      if (known !== undefined && (optionalInteger(known, 'read_at') ?? 0) > asked) return 'unchanged';
      const before = link.get(kind, owner, member);
      const now = record === undefined ? undefined : JSON.stringify(record);
      noteChange.run(asked, kind, owner);
      const was = before === undefined ? undefined : text(before, 'record');
      if (now === was) return 'unchanged';
      if (kind === 'app-users') this.#parts.history.sets()?.savingUser(owner, member, { before: was, now });
      if (now === undefined || record === undefined) forgetLink.run(kind, owner, member);
      else saveLink.run(kind, owner, member, variantOf(kind, record), now);
      return before === undefined ? 'new' : 'changed';
    });
  }

  async noteGap(of: SetKey | { readonly kind: RecordKind }, reason: GapReason, asked: number): Promise<void> {
    const { saveGap } = this.#statements;
    const [kind, owner] = 'owner' in of ? [of.kind, of.owner] : [LIST, of.kind];
    this.#parts.soon(() => saveGap.run(kind, owner, asked, reason));
  }

  async noteListed(kind: RecordKind, asked: number): Promise<void> {
    const { saveSet } = this.#statements;
    this.#parts.transaction(() => saveSet.run({ kind: LIST, owner: kind, asked }));
  }

  async listed(kind: RecordKind): Promise<KnownSet> {
    return this.#known(LIST, kind);
  }

  async set({ kind, owner }: SetKey): Promise<KnownSet> {
    return this.#known(kind, owner);
  }

  #known(kind: string, owner: string): KnownSet {
    const { set } = this.#statements;
    return orInventoryError(() => {
      const row = set.get(kind, owner);
      if (row === undefined) return { readAt: undefined, askedAt: undefined, gap: undefined };
      const gap = optionalText(row, 'gap');
      return {
        readAt: optionalInteger(row, 'read_at'),
        askedAt: integer(row, 'asked_at'),
        gap: gap === undefined ? undefined : gapSchema.parse(gap),
      };
    });
  }

  async dropSet({ kind, owner }: SetKey): Promise<void> {
    const { forgetSet, forgetLinks } = this.#statements;
    this.#parts.transaction(() => {
      forgetSet.run(kind, owner);
      forgetLinks.run(kind, owner);
    });
  }

  async groupsOfApp(appId: string): Promise<readonly string[]> {
    const { groupsOfApp } = this.#statements;
    return orInventoryError(() => groupsOfApp.all(appId).map((row) => text(row, 'group_id')));
  }

  async isForEveryone(appId: string): Promise<boolean> {
    const { isForEveryone } = this.#statements;
    return orInventoryError(() => numberIn(isForEveryone.get({ app: appId }), 'is_it') === 1);
  }

  async groupsWithApps(listedSince: number): Promise<readonly string[] | undefined> {
    const { groupsWithApps } = this.#statements;
    const { readAt } = this.#known(LIST, 'group');
    if (readAt === undefined || readAt < listedSince) return undefined;
    return orInventoryError(() => {
      const rows = groupsWithApps.all();
      if (rows.length === 0 || rows.some((row) => row['apps'] === null)) return undefined;
      return rows.filter((row) => integer(row, 'apps') > 0 || row['had'] === 1).map((row) => text(row, 'id'));
    });
  }

  async areAllGroupsAsked(): Promise<boolean> {
    const { areAllGroupsAsked } = this.#statements;
    return orInventoryError(() => numberIn(areAllGroupsAsked.get(), 'is_it') === 1);
  }

  async sizeOf({ kind, owner }: SetKey): Promise<number> {
    const { sizeOf } = this.#statements;
    return orInventoryError(() => numberIn(sizeOf.get(kind, owner), 'count'));
  }

  async link<K extends SetKind>(
    { kind, owner }: SetKey & { readonly kind: K },
    member: string,
  ): Promise<SetRecords[K] | undefined> {
    const { link } = this.#statements;
    return orInventoryError(() => {
      const row = link.get(kind, owner, member);
      return row === undefined ? undefined : readLink(kind, text(row, 'record'));
    });
  }
}

function numberIn(row: Row | undefined, column: string): number {
  return row === undefined ? 0 : integer(row, column);
}

/** When a set, or one member of it, was last asked for with an answer. */
function lastOf(row: Row): number {
  return Math.max(optionalInteger(row, 'read_at') ?? 0, optionalInteger(row, 'changed_at') ?? 0);
}

/** The several assignments of a group to an application differ in what they give. */
function variantOf(kind: SetKind, record: SetRecords[SetKind]): string {
  if (kind !== 'app-groups') return '';
  const { role, samlRoles } = { role: undefined, samlRoles: undefined, ...record };
  return role === undefined && samlRoles === undefined
    ? ''
    : JSON.stringify([role ?? null, samlRoles ?? null]);
}

/** The part of a record whose change is a change: a device's stamp moves with each sign-in. */
function essence(kind: RecordKind, record: string): string {
  return kind === 'device' ? record.replace(/,"lastUpdated":"[^"]*"/u, '') : record;
}
