import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { onTestFinished } from 'vitest';
import { aUser, known, notAsked, READ_AT } from '../enrich/facets.fixture.ts';
import type { Made, MakeEvent, Reading, Saved, UserFacets } from '../ports.ts';
import { openInventory, type InventoryOptions, type OpenInventory } from './open.ts';
import type { Delivery } from './outbox.ts';

export const HOLDER = { description: 'run 1 on a test', since: '2026-08-01T10:00:00.000Z' };
export const LIMITS = { count: 100, bytes: 1_000_000 };
export const NOW = Date.UTC(2026, 7, 1, 10);

/** A folder of its own for one test. */
export function createFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'okta-ocsf-inventory-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

export function event(body: string, hash = body): Made {
  return { kind: 'event', body, hash, hashWithoutSignIn: hash, gaps: new Map() };
}

/** Says the user's display name and nothing else; a user named "unmappable" maps to no event. */
const saysName: MakeEvent = ({ user: { id, displayName } }) =>
  displayName === 'unmappable'
    ? { kind: 'dead-letter', reasons: ['no such name'], gaps: new Map() }
    : event(JSON.stringify({ id, says: displayName }));

export interface SceneOptions {
  readonly folder?: string;
  readonly makeEvent?: MakeEvent;
  readonly delivery?: () => Delivery;
  readonly holder?: typeof HOLDER;
}

/** An inventory on a real file, closed at the end of the test. */
export function createScene({
  folder = createFolder(),
  makeEvent = saysName,
  delivery = () => 'changed',
  holder = HOLDER,
}: SceneOptions = {}) {
  const facets: UserFacets[] = [];
  const options: InventoryOptions = {
    makeEvent: (given) => {
      facets.push(given);
      return makeEvent(given);
    },
    delivery,
    clock: { now: () => NOW, sleep: async () => undefined },
  };
  let opened: OpenInventory | undefined = openInventory(folder, holder, options);
  const close = (): void => {
    opened?.close();
    opened = undefined;
  };
  onTestFinished(close);
  const { inventory, outbox } = opened;

  return {
    folder,
    inventory,
    outbox,
    /** What events were made of, newest last. */
    facets,
    close,
    /** A user of whom nothing but a name is known. */
    save: async (id: string, says = 'A'): Promise<Saved['outcome']> => {
      const { outcome } = await inventory.saveReading(aReading({ user: aUser({ id, displayName: says }) }));
      return outcome;
    },
    /** What goes out next: user and name. */
    take: async (limits = LIMITS): Promise<string[]> =>
      (await outbox.take(limits)).map(({ userId, body }) => `${userId} ${JSON.parse(body).says}`),
    /** Takes all that there is and lets the intake confirm it. */
    deliver: async (): Promise<void> => {
      for (let batch = await outbox.take(LIMITS); batch.length > 0; batch = await outbox.take(LIMITS))
        await outbox.confirm(batch.map(({ sequence }) => sequence));
    },
    query: (sql: string): unknown[] => queryFile(folder, sql),
  };
}

/** Reads the file beside its writer. */
export function queryFile(folder: string, sql: string): unknown[] {
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

export function aReading(changes: Partial<Reading> = {}): Reading {
  return {
    user: aUser(),
    readAt: READ_AT,
    groups: notAsked,
    factors: known([]),
    roles: notAsked,
    ...changes,
  };
}
