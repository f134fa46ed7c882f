import { eventMakerOptions } from '../../src/compose/events.ts';
import { loadSettings } from '../../src/settings/load.ts';
import { createEventMaker } from '../../src/ocsf/make-event.ts';
import type { OktaSource } from '../../src/okta/read/source.ts';
import type { Group, GroupFacets, HeldRoles, ListedUser, Role, UserFacets } from '../../src/ports/org.ts';
import { DEFAULT_TOKEN } from '../../src/simulator/index.ts';
import { createRecorder, createReplay, type Recording } from './recording.ts';

export interface Work {
  readonly users: number;
  /** Through parse, enrich, normalise, validate and serialise. */
  readonly users_a_second: number;
  /** Through `JSON.parse` of the same answers and `JSON.stringify` of the same events alone. */
  readonly bare_users_a_second: number;
  readonly ratio: number;
}

const ROUNDS = 7;

/** The work of a run on answers and users besides waiting, compared with that of the two texts alone. */
export async function measureWork(oktaUrl: string): Promise<Work> {
  const env = { OKTA_BASE_URL: oktaUrl, OKTA_API_TOKEN: DEFAULT_TOKEN };
  const makeEvent = createEventMaker(eventMakerOptions(loadSettings(env, { requireSink: false }).settings));
  const make = (facets: UserFacets): string | undefined => {
    const made = makeEvent(facets);
    return made.kind === 'event' ? made.body : undefined;
  };
  const { source, recording } = createRecorder(oktaUrl);
  const { length: users } = await readOrg(source, make);
  const whole: number[] = [];
  const bare: number[] = [];
  for (let round = 0; round < ROUNDS; round += 1) {
    const startedAt = performance.now();
    const events = await readOrg(createReplay(oktaUrl, recording), make);
    whole.push(performance.now() - startedAt);
    bare.push(bareMs(recording, events));
  }
  return {
    users,
    users_a_second: (users / medianOf(whole)) * 1000,
    bare_users_a_second: (users / medianOf(bare)) * 1000,
    ratio: medianOf(whole) / medianOf(bare),
  };
}

function bareMs(recording: Recording, events: readonly string[]): number {
  const values: unknown[] = events.map((event) => JSON.parse(event));
  const startedAt = performance.now();
  let size = 0;
  for (const { text } of recording.values()) size += Object.keys(JSON.parse(text)).length;
  for (const value of values) size += JSON.stringify(value).length;
  const tookMs = performance.now() - startedAt;
  if (size === 0) throw new Error('nothing was parsed');
  return tookMs;
}

/** The whole org as a run reads it, in memory instead of the inventory. */
async function readOrg(
  source: OktaSource,
  make: (facets: UserFacets) => string | undefined,
): Promise<readonly string[]> {
  const groups = new Map<string, GroupFacets>();
  const groupsOf = new Map<string, GroupFacets[]>();
  const everyone: GroupFacets[] = [];
  for await (const page of source.listGroups()) {
    for (const group of page.groups) {
      const roles =
        group.adminFlag === false ? known<readonly Role[]>([]) : await source.getGroupRoles(group.id);
      const facets = { group: plain(group), roles };
      groups.set(group.id, facets);
      if (group.type === 'BUILT_IN') everyone.push(facets);
      else if (group.usersCount !== 0) await readMembers(source, facets, groupsOf);
    }
  }
  const holders = new Set<string>();
  for await (const page of source.listAssignees()) for (const id of page) holders.add(id);
  const events: string[] = [];
  for await (const page of source.listUsers()) {
    for (const listed of page) {
      const facets = await readUser(source, listed, {
        holders,
        groups: [...everyone, ...(groupsOf.get(idOf(listed)) ?? [])],
      });
      const event = facets && make(facets);
      if (event !== undefined) events.push(event);
    }
  }
  return events;
}

function idOf(listed: ListedUser): string {
  return listed.kind === 'user' ? listed.user.id : '';
}

async function readMembers(
  source: OktaSource,
  facets: GroupFacets,
  groupsOf: Map<string, GroupFacets[]>,
): Promise<void> {
  for await (const page of source.listMembers(facets.group.id)) {
    for (const id of page) {
      const list = groupsOf.get(id) ?? [];
      list.push(facets);
      groupsOf.set(id, list);
    }
  }
}

async function readUser(
  source: OktaSource,
  listed: ListedUser,
  { holders, groups }: { readonly holders: ReadonlySet<string>; readonly groups: readonly GroupFacets[] },
): Promise<UserFacets | undefined> {
  if (listed.kind !== 'user') return undefined;
  const { user, readAt } = listed;
  const factors = await source.ask('factors', user.id);
  const roles = holders.has(user.id)
    ? await source.ask('roles', user.id)
    : known<HeldRoles>({ roles: [], includesGroups: false });
  return { user, readAt, groups: known(groups), factors, roles };
}

function plain({ id, name, description, type }: Group): Group {
  return { id, name, description, type };
}

function known<T>(value: T): { readonly kind: 'known'; readonly value: T; readonly readAt: number } {
  return { kind: 'known', value, readAt: 0 };
}

function medianOf(values: readonly number[]): number {
  return values.toSorted((left, right) => left - right)[Math.floor(values.length / 2)] ?? 0;
}
