import type { DatabaseSync } from 'node:sqlite';
import type { SetKey, SetKind } from '../../../ports/assets.ts';
import type { WhatChanged } from '../../../ports/changes.ts';
import { APP_GROUPS } from '../assets/tables.ts';
import { text } from '../rows.ts';
import { hasAppeared, isUser, scopeAndStatus, tell } from './triggers.ts';

type MemberKind = Extract<SetKind, 'app-users' | 'device-users'>;
type PairKind = Exclude<SetKind, MemberKind>;

/**
 * Tells how the sets of assets change. A set is replaced as a whole, and which group has which application is known in two
 * ways, so that triggers on the rows would tell too much. Call its methods inside the transaction of the change.
 */
export class SetChanges {
  readonly #members: Readonly<Record<MemberKind, ReturnType<typeof memberStatements>>>;
  readonly #pairs: ReturnType<typeof pairStatements>;

  constructor(database: DatabaseSync) {
    this.#members = {
      'app-users': memberStatements(database, {
        kind: 'app-users',
        owner: 'app',
        added: 'app-user-added',
        removed: 'app-user-removed',
        says: scopeAndStatus,
      }),
      'device-users': memberStatements(database, {
        kind: 'device-users',
        owner: 'device',
        added: 'device-user-added',
        removed: 'device-user-removed',
        says: (record) => `${record} ->> '$.managementStatus'`,
      }),
    };
    this.#pairs = pairStatements(database);
  }

  /** Before a set becomes what was read. Call what it returns once the set is stored. */
  replacing({ kind, owner }: SetKey, reading: number): () => void {
    if (kind === 'app-groups' || kind === 'group-apps') return this.#replacingPairs(kind, owner, reading);
    const { come, go, change } = this.#members[kind];
    for (const statement of [come, go]) statement.run({ owner, reading });
    if (kind === 'app-users') change.run({ owner, reading });
    return () => undefined;
  }

  /** Before one user of an application is stored as JSON; `undefined`: not assigned. */
  savingUser(
    app: string,
    user: string,
    { before, now }: { before?: string | undefined; now?: string | undefined },
  ): void {
    const { linkComes, linkGoes, linkChanges } = this.#members['app-users'];
    if (before === undefined && now !== undefined) linkComes.run({ owner: app, user, now });
    else if (before !== undefined && now === undefined) linkGoes.run({ owner: app, user, before });
    else if (before !== undefined && now !== undefined) linkChanges.run({ owner: app, user, before, now });
  }

  #replacingPairs(kind: PairKind, owner: string, reading: number): () => void {
    const { ofApp, ofGroup, staged, wasNone, added, removed } = this.#pairs;
    const [effective, pairWith] =
      kind === 'app-groups'
        ? ([ofApp, (group: string) => ({ app: owner, group })] as const)
        : ([ofGroup, (app: string) => ({ app, group: owner })] as const);
    const listed = (): ReadonlySet<string> => new Set(effective.all(owner).map((row) => text(row, 'id')));
    const before = listed();
    const read = staged.all(reading).map((row) => text(row, 'id'));
    const isNew = read.filter((id) => !before.has(id) && wasNone.get(pairWith(id)) !== undefined);
    return () => {
      const after = listed();
      for (const id of isNew) if (after.has(id)) added.run(pairWith(id));
      for (const id of before) if (!after.has(id)) removed.run(pairWith(id));
    };
  }
}

interface Members {
  readonly kind: MemberKind;
  readonly owner: 'app' | 'device';
  readonly added: WhatChanged;
  readonly removed: WhatChanged;
  /** The part of a member's record that is told. */
  readonly says: (record: string) => string;
}

function memberStatements(database: DatabaseSync, { kind, owner, added, removed, says }: Members) {
  const isKnown = `(${hasAppeared(owner, ':owner')} OR EXISTS (
    SELECT 1 FROM asset_sets WHERE kind = '${kind}' AND owner = :owner AND read_at IS NOT NULL))`;
  const isKept = `kept.kind = '${kind}' AND kept.owner = :owner`;
  const status = (record: string): string => `${record} ->> '$.status'`;
  const prepare = (...told: Parameters<typeof tell>) => database.prepare(tell(...told));
  return {
    come: prepare(added, 'staged.member', {
      object: ':owner',
      after: says('staged.record'),
      from: `FROM links_being_read AS staged WHERE staged.reading = :reading AND ${isKnown} AND ${isUser('staged.member')}
        AND NOT EXISTS (SELECT 1 FROM asset_links AS kept WHERE ${isKept} AND kept.member = staged.member)`,
    }),
    go: prepare(removed, 'kept.member', {
      object: ':owner',
      before: says('kept.record'),
      from: `FROM asset_links AS kept WHERE ${isKept} AND ${isUser('kept.member')} AND NOT EXISTS (
        SELECT 1 FROM links_being_read AS staged WHERE staged.reading = :reading AND staged.member = kept.member)`,
    }),
    change: prepare('app-user-status', 'kept.member', {
      object: ':owner',
      before: status('kept.record'),
      after: status('staged.record'),
      from: `FROM links_being_read AS staged JOIN asset_links AS kept ON ${isKept} AND kept.member = staged.member
        WHERE staged.reading = :reading AND ${status('kept.record')} <> ${status('staged.record')} AND ${isUser('kept.member')}`,
    }),
    linkComes: prepare(added, ':user', {
      object: ':owner',
      after: says(':now'),
      from: `WHERE ${isKnown} AND ${isUser(':user')}`,
    }),
    linkGoes: prepare(removed, ':user', {
      object: ':owner',
      before: says(':before'),
      from: `WHERE ${isUser(':user')}`,
    }),
    linkChanges: prepare('app-user-status', ':user', {
      object: ':owner',
      before: status(':before'),
      after: status(':now'),
      from: `WHERE ${status(':before')} <> ${status(':now')} AND ${isUser(':user')}`,
    }),
  };
}

/** It is known that the group did not have the application. */
const WAS_NONE = `(
  EXISTS (SELECT 1 FROM asset_sets WHERE kind = 'app-groups' AND owner = :app AND read_at IS NOT NULL)
  OR EXISTS (SELECT 1 FROM asset_sets WHERE kind = 'group-apps' AND owner = :group AND read_at IS NOT NULL)
  OR EXISTS (SELECT 1 FROM groups_without_apps WHERE id = :group)
  OR EXISTS (SELECT 1 FROM assets WHERE kind = 'group' AND id = :group AND record ->> '$.appsCount' = 0)
  OR ${hasAppeared('app', ':app')} OR ${hasAppeared('group', ':group')})`;

function pairStatements(database: DatabaseSync) {
  // An assignment of a group that is gone is gone with it.
  const pair = { object: ':app', from: 'WHERE EXISTS (SELECT 1 FROM groups WHERE id = :group)' };
  return {
    ofApp: database.prepare(`SELECT DISTINCT group_id AS id FROM (${APP_GROUPS}) WHERE app_id = ?`),
    ofGroup: database.prepare(`SELECT DISTINCT app_id AS id FROM (${APP_GROUPS}) WHERE group_id = ?`),
    staged: database.prepare('SELECT DISTINCT member AS id FROM links_being_read WHERE reading = ?'),
    wasNone: database.prepare(`SELECT 1 AS is_it WHERE ${WAS_NONE}`),
    added: database.prepare(tell('app-group-added', ':group', pair)),
    removed: database.prepare(tell('app-group-removed', ':group', pair)),
  };
}
