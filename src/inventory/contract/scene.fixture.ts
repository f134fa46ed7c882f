/** The scene of the contract tests of the inventory's stores: nothing here or beside it knows a store. */
import { onTestFinished } from 'vitest';
import { aUser, POSTURE_RULES, READ_AT } from '../../enrich/facets.fixture.ts';
import { createJudge } from '../../enrich/posture.ts';
import type { Made, MakeEvent } from '../../ports/events.ts';
import type { NewsRule, Reading, Saved } from '../../ports/inventory.ts';
import { ASSETS, type Asset } from '../../ports/assets.ts';
import type { GroupsPage, ListedUser, Lookup, SizedGroup, User, UserFacets } from '../../ports/org.ts';
import type { DeadLetter, InventoryReader, Replayed } from '../../ports/reader.ts';
import type { InventoryOptions, OpenInventory } from '../store.ts';

export const SINK = 'a sink';
export const LIMITS = { count: 100, bytes: 1_000_000, envelopeBytes: 24 };
export const NOW = Date.UTC(2026, 7, 1, 10);

/** One inventory that is kept, empty when it is made. A test opens it, closes it and opens it again. */
export interface KeptInventory {
  open(options: InventoryOptions): OpenInventory;
  /** Reads it as a sink sees it, beside whoever has it open. */
  read(sink: string): InventoryReader;
  /** Offers the dead letters of a sink again, while nobody has it open. */
  replay(sink: string): Promise<Replayed>;
}

export interface SceneOptions extends Partial<Omit<InventoryOptions, 'clock'>> {
  readonly now?: () => number;
}

export type CreateScene = (options?: SceneOptions) => Scene;

export function event(body: string, hash = body, hashWithoutSignIn = hash): Made {
  return { kind: 'event', body, hash, hashWithoutSignIn, gaps: new Map() };
}

/** Says the user's display name and nothing else; a user named "unmappable" maps to no event. */
const saysName: MakeEvent = ({ user: { id, displayName } }) =>
  displayName === 'unmappable'
    ? { kind: 'dead-letter', reasons: ['no such name'], gaps: new Map() }
    : event(JSON.stringify({ id, says: displayName }));

/** An inventory that is open until the end of the test, and how a test speaks of it. */
export interface Scene extends ReturnType<typeof partsOf> {
  /** Closes it, and opens it again as another process would. */
  reopen(changes?: SceneOptions): Scene;
}

export function openScene(kept: KeptInventory, given: SceneOptions = {}): Scene {
  const parts = partsOf(kept, given);
  const reopen = (changes: SceneOptions = {}): Scene => {
    parts.close();
    return openScene(kept, { ...given, ...changes });
  };
  return { ...parts, reopen };
}

function partsOf(kept: KeptInventory, given: SceneOptions) {
  const facets: UserFacets[] = [];
  const { inventory, outbox, deviceOutbox, close } = openKept(kept, given, facets);
  const { users, groups, assets, assetEvents, marks, runs } = inventory;

  return {
    users,
    groups,
    assets,
    assetEvents,
    marks,
    runs,
    outbox,
    deviceOutbox,
    bringBack: (startedAt: number) => inventory.bringBack(startedAt),
    standing: (lookups: ReadonlySet<Lookup>, assets: readonly Asset[] = ASSETS) =>
      inventory.standing(lookups, new Set(assets)),
    /** The facets that events were made of, newest last. */
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
    /** The events that go out next: user and name. */
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
    reader: (): InventoryReader => {
      const reader = kept.read(given.sink ?? SINK);
      onTestFinished(() => reader.close());
      return reader;
    },
    letters: (): Promise<DeadLetter[]> => lettersOf(kept, given.sink ?? SINK),
    /** Closes it, and offers its dead letters again. */
    replay: async (): Promise<Replayed> => {
      close();
      return kept.replay(given.sink ?? SINK);
    },
  };
}

function openKept(kept: KeptInventory, given: SceneOptions, facets: UserFacets[]) {
  const { makeEvent = saysName, now = () => NOW } = given;
  let opened: OpenInventory | undefined = kept.open({
    sink: SINK,
    stampEvent: (body) => body,
    isStillGood: () => true,
    decidesAdmin: undefined,
    judge: createJudge(POSTURE_RULES),
    runId: 'run 1',
    ...given,
    makeEvent: (of) => {
      facets.push(of);
      return makeEvent(of);
    },
    clock: { now, sleep: async () => undefined },
  });
  const { inventory, outbox, deviceOutbox } = opened;
  const close = (): void => {
    opened?.close();
    opened = undefined;
  };
  onTestFinished(close);
  return { inventory, outbox, deviceOutbox, close };
}

async function lettersOf(kept: KeptInventory, sink: string): Promise<DeadLetter[]> {
  const reader = kept.read(sink);
  const letters: DeadLetter[] = [];
  try {
    for await (const letter of reader.deadLetters()) letters.push(letter);
  } finally {
    reader.close();
  }
  return letters;
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
    now: () => READ_AT + 60_000,
    changedAt: undefined,
    marksUpTo: 0,
    ...changes,
  });
}
