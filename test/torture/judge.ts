import type { SimulatedOrg } from '../../src/simulator/index.ts';
import { uidOf } from '../incremental/changing-stage.fixture.ts';
import { asRemoved, expectedRemovalEvent, expectedSekoiaEvent } from '../truth.ts';
import { differences } from '../whole-job/said.fixture.ts';

type Event = Readonly<Record<string, unknown>>;

/** Compares the final state of the intake with the truth. */
export interface Verdict {
  readonly users: number;
  readonly received: number;
  /** Events that say the same as the one of that user before. */
  readonly duplicates: number;
  /** Users of whom the intake has nothing, or does not know that they are gone. */
  readonly missing: readonly string[];
  /** Fields that are not what is true. */
  readonly wrong: readonly string[];
}

export function judge(org: SimulatedOrg, received: readonly Event[]): Verdict {
  const byUser = Map.groupBy(received, uidOf);
  const wanted = org.users.filter(({ status }) => status !== 'DEPROVISIONED').map(({ id }) => id);
  const missing = wanted.filter((id) => !byUser.has(id));
  const wrong = [...byUser].flatMap(([id, events]) => wrongOf(org, id, events));
  return { users: byUser.size, received: received.length, duplicates: duplicatesOf(byUser), missing, wrong };
}

function duplicatesOf(byUser: ReadonlyMap<string, readonly Event[]>): number {
  const texts = [...byUser.values()].map((events) => events.map((event) => JSON.stringify(event)));
  return texts.flatMap((each) => each.filter((text, index) => index > 0 && text === each[index - 1])).length;
}

function wrongOf(org: SimulatedOrg, id: string, events: readonly Event[]): readonly string[] {
  const last = events.at(-1);
  if (org.user(id) !== undefined) return differences(last, expectedSekoiaEvent(org, id), id);
  // Of who is gone nobody may have read the last changes: any event of before, but disabled, is right too.
  const right = [
    expectedRemovalEvent(org, id),
    ...events.slice(0, -1).map((event) => asRemoved({ ...event })),
  ];
  const found = right.map((event) =>
    differences(withoutLosses(last), withoutLosses(event), `${id} (gone, ${events.length} events)`),
  );
  return found.some((each) => each.length === 0) ? [] : (found[0] ?? []);
}

/**
 * A deactivation takes the password away, and groups lose the user one after the other: whether these losses were read before
 * the user was gone depends on when each was read.
 */
function withoutLosses(event: Event | undefined): Event {
  const text = JSON.stringify(withoutGroups(event), (name, value: unknown) =>
    name === 'last_time_password_change' ? undefined : value,
  );
  const read: Event = JSON.parse(text);
  return read;
}

function withoutGroups(event: Event | undefined): Event {
  const { user, ...rest } = event ?? {};
  if (typeof user !== 'object' || user === null) return rest;
  const said = Object.entries(user).filter(([name]) => !['groups', 'type', 'type_id'].includes(name));
  return { ...rest, user: Object.fromEntries(said) };
}
