import { expect } from 'vitest';
import type { SimulatedOrg, SimulatedUser } from '../../src/simulator/index.ts';
import { expectedSekoiaEvent, type ExpectedEvent, type TruthRules } from '../truth.ts';
import type { Ended } from './launch.fixture.ts';

/** `user` of an event. */
export type SaidOfUser = Readonly<Record<string, unknown>>;
type Event = Readonly<Record<string, unknown>>;

export interface Expectation {
  readonly rules?: TruthRules;
  /** The users whose events are awaited; by default all but deactivated ones. */
  readonly isWanted?: (user: SimulatedUser) => boolean;
  /** How what is said of a user departs from the whole truth. */
  readonly change?: (said: SaidOfUser, user: SimulatedUser) => SaidOfUser;
}

export function isNotDeprovisioned({ status }: SimulatedUser): boolean {
  return status !== 'DEPROVISIONED';
}

/** The events that a run must give, by user id; none of a user without login or creation date. */
export function expectedEvents(
  org: SimulatedOrg,
  { rules, isWanted = isNotDeprovisioned, change = (said) => said }: Expectation = {},
): Map<string, ExpectedEvent> {
  const events = new Map<string, ExpectedEvent>();
  for (const user of org.users.filter(isWanted)) {
    const event = expectedSekoiaEvent(org, user.id, rules);
    if (event !== undefined) events.set(user.id, { ...event, user: change(userOf(event), user) });
  }
  return events;
}

/** Exactly the expected events, field by field. Only what differs is shown: whole events can be very long. */
export function expectEvents(
  given: ReadonlyMap<string, Event>,
  org: SimulatedOrg,
  expectation?: Expectation,
): void {
  const expected = expectedEvents(org, expectation);
  const ids = new Set([...expected.keys(), ...given.keys()]);
  const found = [...ids].flatMap((id) => differences(given.get(id), expected.get(id), id));
  expect(found.slice(0, MOST_SHOWN)).toEqual([]);
}

const MOST_SHOWN = 10;

export function differences(given: unknown, expected: unknown, place: string): string[] {
  if (!isContainer(given) || !isContainer(expected) || Array.isArray(given) !== Array.isArray(expected)) {
    return Object.is(given, expected) ? [] : [`${place}: ${brief(given)} instead of ${brief(expected)}`];
  }
  const names = new Set([...Object.keys(expected), ...Object.keys(given)]);
  return [...names].flatMap((name) => differences(given[name], expected[name], `${place}.${name}`));
}

function isContainer(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null;
}

function brief(value: unknown): string {
  return value === undefined ? 'nothing' : JSON.stringify(value).slice(0, 200);
}

export function userOf(event: Event): SaidOfUser {
  const user: unknown = event['user'];
  if (typeof user !== 'object' || user === null) throw new Error('an event without a user');
  return { ...user };
}

/** Events printed by `dry-run`, one a line. */
export function printedEvents({ stdout, stderr }: Ended): Map<string, Event> {
  const lines = stdout.split('\n');
  if (lines.pop() !== '') throw new Error(`stdout does not end in a whole line; stderr says:\n${stderr}`);
  const events = lines.map((line): Event => JSON.parse(line));
  const byId = new Map(events.map((event) => [String(userOf(event)['uid']), event]));
  expect(byId.size).toBe(lines.length);
  return byId;
}

/** `said` without these fields. */
export function without(said: SaidOfUser, ...fields: readonly string[]): SaidOfUser {
  return Object.fromEntries(Object.entries(said).filter(([name]) => !fields.includes(name)));
}

type SaidOfGroup = Readonly<Record<string, unknown>> & { readonly uid: string };

/** `said` with each of its groups changed. */
export function withGroups(said: SaidOfUser, change: (group: SaidOfGroup) => object): SaidOfUser {
  const groups: unknown = said['groups'];
  if (!Array.isArray(groups)) return said;
  return { ...said, groups: groups.map((group: SaidOfGroup) => change(group)) };
}
