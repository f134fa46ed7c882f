import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { onTestFinished } from 'vitest';
import { aUser, READ_AT } from '../../enrich/facets.fixture.ts';
import type { NewsRule, Reading, Saved } from '../../ports/inventory.ts';
import type { GroupsPage, ListedUser, Lookup, SizedGroup, User, UserFacets } from '../../ports/org.ts';
import type { Made, MakeEvent } from '../../ports/events.ts';
import { openInventory, type InventoryOptions, type OpenInventory } from './open.ts';

export const HOLDER = { description: 'run 1 on a test', since: '2026-08-01T10:00:00.000Z' };
export const SINK = 'a sink';
export const LIMITS = { count: 100, bytes: 1_000_000, envelopeBytes: 24 };
export const NOW = Date.UTC(2026, 7, 1, 10);

/** A folder of its own for one test. */
export function createFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'okta-ocsf-inventory-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

export function event(body: string, hash = body, hashWithoutSignIn = hash): Made {
  return { kind: 'event', body, hash, hashWithoutSignIn, gaps: new Map() };
}

/** Says the user's display name and nothing else; a user named "unmappable" maps to no event. */
const saysName: MakeEvent = ({ user: { id, displayName } }) =>
  displayName === 'unmappable'
    ? { kind: 'dead-letter', reasons: ['no such name'], gaps: new Map() }
    : event(JSON.stringify({ id, says: displayName }));

export interface SceneOptions extends Partial<Omit<InventoryOptions, 'clock'>> {
  readonly folder?: string;
  readonly holder?: typeof HOLDER;
}

/** An inventory on a real file, closed at the end of the test. */
export function createScene({ folder = createFolder(), holder = HOLDER, ...given }: SceneOptions = {}) {
  const facets: UserFacets[] = [];
  const { makeEvent = saysName } = given;
  const options: InventoryOptions = {
    sink: SINK,
    stampEvent: (body) => body,
    isStillGood: () => true,
    decidesAdmin: undefined,
    runId: 'run 1',
    ...given,
    makeEvent: (of) => {
      facets.push(of);
      return makeEvent(of);
    },
    clock: { now: () => NOW, sleep: async () => undefined },
  };
  let opened: OpenInventory | undefined = openInventory(folder, holder, options);
  const close = (): void => {
    opened?.close();
    opened = undefined;
  };
  onTestFinished(close);
  const { inventory, outbox } = opened;
  const { users, groups, marks, runs } = inventory;

  return {
    folder,
    users,
    groups,
    marks,
    runs,
    outbox,
    standing: (lookups: ReadonlySet<Lookup>) => inventory.standing(lookups),
    /** What events were made of, newest last. */
    facets,
    close,
    /** A user of whom nothing but a name is known. */
    save: async (id: string, says = 'A', newsRule?: NewsRule): Promise<Saved['outcome'] | undefined> => {
      const saved = await users.save(aReading({ user: aUser({ id, displayName: says }) }), newsRule);
      return saved?.outcome;
    },
    /** Users whose event was made anew, without a reading. */
    evaluated: async (): Promise<string[]> =>
      (await users.evaluate(1000)).map(({ asset }) => asset.id).toSorted(),
    /** What goes out next: user and name. */
    take: async (limits = LIMITS): Promise<string[]> =>
      (await outbox.take(limits)).map(({ asset, body }) => `${asset.id} ${JSON.parse(body).says}`),
    /** Takes all that there is and lets the intake confirm it. */
    deliver: async (): Promise<void> => {
      for (let batch = await outbox.take(LIMITS); batch.length > 0; batch = await outbox.take(LIMITS))
        await outbox.confirm(batch.map(({ sequence }) => sequence));
    },
    /** Takes the next event, which the intake refuses. */
    refuse: async (reason = 'no'): Promise<void> => {
      const [first] = await outbox.take({ ...LIMITS, count: 1 });
      await outbox.refuse(first?.sequence ?? 0, reason);
    },
    query: (sql: string): unknown[] => queryFile(folder, sql),
  };
}

export type Scene = ReturnType<typeof createScene>;

/** Reads the file beside its writer. */
function queryFile(folder: string, sql: string): unknown[] {
  const reader = new DatabaseSync(join(folder, 'inventory.db'), { readOnly: true });
  try {
    return reader
      .prepare(sql)
      .all()
      .map((row) => ({ ...row }));
  } finally {
    reader.close();
  }
}

/** Changes the file beside its writer, as something else might. */
export function meddle({ folder }: Pick<Scene, 'folder'>, sql: string): void {
  const other = new DatabaseSync(join(folder, 'inventory.db'));
  try {
    other.exec(sql);
  } finally {
    other.close();
  }
}

/** A complete reading of the record alone. */
export function aReading(changes: Partial<Reading> = {}): Reading {
  return {
    user: aUser(),
    readAt: READ_AT,
    askedAt: READ_AT,
    marksUpTo: 0,
    isComplete: true,
    ...changes,
  };
}

export function listed(changes: Partial<User>, readAt = READ_AT): ListedUser & { kind: 'user' } {
  return { kind: 'user', user: aUser(changes), readAt };
}

export function unreadable(id: string | undefined): ListedUser & { kind: 'unreadable' } {
  return { kind: 'unreadable', id, reason: 'profile missing' };
}

export function sized(id: string, changes: Partial<SizedGroup> = {}): SizedGroup {
  return {
    id,
    name: `Group ${id}`,
    description: undefined,
    type: 'OKTA_GROUP',
    usersCount: 1,
    adminFlag: undefined,
    membersChangedAt: undefined,
    ...changes,
  };
}

export const EVERYONE = sized('00gEVERY', { name: 'Everyone', type: 'BUILT_IN' });

export function pageOf(...groups: readonly SizedGroup[]): GroupsPage {
  return { groups, isWhole: true, readAt: READ_AT };
}

export async function* pages(...given: readonly (readonly string[])[]): AsyncGenerator<readonly string[]> {
  yield* given;
}

/** A listing that fails half-way. */
export async function* broken(...given: readonly (readonly string[])[]): AsyncGenerator<readonly string[]> {
  yield* given;
  throw new Error('half-way');
}

/** A group's members as the listing gives them. */
export async function saveMembers(
  { groups }: Pick<Scene, 'groups'>,
  groupId: string,
  members: AsyncIterable<readonly string[]>,
  changes: Partial<Parameters<Scene['groups']['saveMembers']>[2]> = {},
): Promise<void> {
  await groups.saveMembers(groupId, members, {
    readAt: READ_AT,
    changedAt: undefined,
    marksUpTo: 0,
    ...changes,
  });
}
