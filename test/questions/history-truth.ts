import { z } from 'zod';
import { factorFacts, type SimulatedOrg, type SimulatedUser } from '../../src/simulator/index.ts';
import { truthOfAssets } from '../asset-truth.ts';

/**
 * The changes of a simulated org from one instant to another, as `okta-ocsf changes` should tell them: written from their
 * description alone. A change is a text; its values are told where they are what has changed.
 */

/** The knowledge of one user. Factors of deactivated users are not. */
interface KnownUser {
  readonly status: string;
  readonly groups: ReadonlySet<string>;
  readonly roles: ReadonlySet<string>;
  readonly factors: ReadonlyMap<string, string> | undefined;
}

interface KnownOrg {
  readonly users: ReadonlyMap<string, KnownUser>;
  readonly groups: ReadonlyMap<string, ReadonlySet<string>>;
  readonly records: ReadonlyMap<string, ReadonlyMap<string, Readonly<Record<string, string>>>>;
  /** Assignments and users of devices: what, subject and object. */
  readonly links: ReadonlySet<string>;
}

const ENDS = { 'app-user': 'user', 'app-group': 'group', 'device-user': 'user' } as const;

export class HistoryTruth {
  readonly #org: SimulatedOrg;
  #before: KnownOrg;
  /** New users of whom no factor was told yet. */
  readonly #withoutFactors = new Set<string>();

  readonly #hasAssets: boolean;

  /** @param hasAssets assets beside users are read, and with them the ids of custom roles */
  constructor(org: SimulatedOrg, hasAssets = true) {
    this.#org = org;
    this.#hasAssets = hasAssets;
    this.#before = stateOf(org, new Set(), hasAssets);
  }

  /** The faults of the changes that were told since the last call. */
  wrongIn(told: readonly string[]): readonly string[] {
    // Some applications are never listed: a group's list names them, the others do not.
    const isUnlisted = (each: string): boolean => {
      const [what = '', , object = ''] = each.split(' ');
      const app = this.#org.assets.apps.find(({ id }) => id === object);
      return what.startsWith('app-') && app?.kind.isUnlisted === true;
    };
    return differencesOf(
      told.filter((each) => !isUnlisted(each)),
      this.#next(),
    );
  }

  #next(): readonly string[] {
    const before = this.#before;
    const now = (this.#before = stateOf(this.#org, new Set(before.users.keys()), this.#hasAssets));
    return [
      ...this.#ofUsers(before, now),
      ...ofGroups(before, now),
      ...ofRecords(before, now),
      ...ofLinks(before, now),
    ];
  }

  #ofUsers(before: KnownOrg, now: KnownOrg): readonly string[] {
    const gone = [...before.users.keys()].filter((id) => !now.users.has(id)).map((id) => `user-gone ${id}`);
    const told = [...now.users].flatMap(([id, user]) => {
      const was = before.users.get(id);
      if (was === undefined) this.#withoutFactors.add(id);
      const head =
        was === undefined ? [`user-appeared ${id}`] : changed('user-status', id, was.status, user.status);
      return [
        ...head,
        ...differences('membership', id, was?.groups, user.groups),
        ...differences('role', id, was?.roles, user.roles),
        ...this.#ofFactors(id, was?.factors, user.factors),
      ];
    });
    return [...gone, ...told];
  }

  #ofFactors(id: string, before: KnownUser['factors'], now: KnownUser['factors']): readonly string[] {
    if (now === undefined || (before === undefined && !this.#withoutFactors.has(id))) return [];
    const types = (of: ReadonlyMap<string, string>, other: KnownUser['factors']): readonly string[] =>
      [...of].filter(([key]) => other?.has(key) !== true).map(([, type]) => type);
    const added = types(now, before).map((type) => `factor-added ${id} ${type}`);
    if (added.length > 0) this.#withoutFactors.delete(id);
    return [...added, ...types(before ?? new Map(), now).map((type) => `factor-removed ${id} ${type}`)];
  }
}

/** @param known users whom the inventory knows, who stay known when they are deactivated */
function stateOf(org: SimulatedOrg, known: ReadonlySet<string>, hasAssets: boolean): KnownOrg {
  const users = org.users.filter(({ id, status }) => known.has(id) || status !== 'DEPROVISIONED');
  const { apps, appUsers, appGroups, rules, devices } = hasAssets ? truthOfAssets(org) : NO_ASSETS;
  const roleKey = hasAssets ? byId : byLabel;
  const isKnown = new Set(users.map(({ id }) => id));
  const listed = new Set(apps.filter(({ isListed }) => isListed).map(({ id }) => id));
  return {
    users: new Map(users.map((user) => [user.id, knownUser(user, roleKey)])),
    groups: new Map(org.groups.map(({ id, roles }) => [id, new Set(roles.map(roleKey))])),
    records: new Map([
      [
        'app',
        new Map(
          apps.filter(({ isListed }) => isListed).map(({ id, status, label }) => [id, { status, label }]),
        ),
      ],
      ['rule', new Map(rules.map(({ id, status, groupIds }) => [id, { status, groups: listOf(groupIds) }]))],
      ['device', new Map(devices.map(({ id, status }) => [id, { status }]))],
    ]),
    links: new Set([
      ...appUsers
        .filter(({ appId, userId }) => listed.has(appId) && isKnown.has(userId))
        .map(({ appId, userId }) => `app-user ${userId} ${appId}`),
      ...appGroups
        .filter(({ appId }) => listed.has(appId))
        .map(({ appId, groupId }) => `app-group ${groupId} ${appId}`),
      ...devices.flatMap(({ id, userIds }) =>
        userIds.filter((userId) => isKnown.has(userId)).map((userId) => `device-user ${userId} ${id}`),
      ),
    ]),
  };
}

function knownUser(
  { status, groups, roles, factors, enrolledAt = {} }: SimulatedUser,
  roleKey: typeof byId,
): KnownUser {
  return {
    status,
    groups: new Set(groups.map(({ id }) => id)),
    roles: new Set(roles.map(roleKey)),
    factors:
      status === 'DEPROVISIONED'
        ? undefined
        : new Map(factors.map((kind) => [`${kind} ${enrolledAt[kind] ?? ''}`, factorFacts(kind).factorType])),
  };
}

function byId({ type, role }: SimulatedUser['roles'][number]): string {
  return type === 'CUSTOM' ? (role ?? '') : type;
}

function byLabel({ type, label }: SimulatedUser['roles'][number]): string {
  return type === 'CUSTOM' ? label : type;
}

const NO_ASSETS = { apps: [], appUsers: [], appGroups: [], rules: [], devices: [] };

function listOf(ids: readonly string[]): string {
  return JSON.stringify([...new Set(ids)].toSorted());
}

function changed(what: string, id: string, before: string, now: string): readonly string[] {
  return before === now ? [] : [`${what} ${id} ${before} ${now}`];
}

function differences(
  what: string,
  id: string,
  before: ReadonlySet<string> = new Set(),
  now: ReadonlySet<string> = new Set(),
): readonly string[] {
  const added = [...now].filter((each) => !before.has(each)).map((each) => `${what}-added ${id} ${each}`);
  const removed = [...before].filter((each) => !now.has(each)).map((each) => `${what}-removed ${id} ${each}`);
  return [...added, ...removed];
}

function ofGroups(before: KnownOrg, now: KnownOrg): readonly string[] {
  const gone = [...before.groups.keys()].filter((id) => !now.groups.has(id)).map((id) => `group-gone ${id}`);
  const told = [...now.groups].flatMap(([id, roles]) => {
    const was = before.groups.get(id);
    const head = was === undefined ? [`group-appeared ${id}`] : [];
    return [...head, ...differences('group-role', id, was, roles)];
  });
  return [...gone, ...told];
}

function ofRecords(before: KnownOrg, now: KnownOrg): readonly string[] {
  return [...now.records].flatMap(([kind, records]) => {
    const were = before.records.get(kind) ?? new Map<string, Readonly<Record<string, string>>>();
    const gone = [...were.keys()].filter((id) => !records.has(id)).map((id) => `${kind}-gone ${id}`);
    const told = [...records].flatMap(([id, record]) => {
      const was = were.get(id);
      if (was === undefined) return [`${kind}-appeared ${id}`];
      return Object.entries(record).flatMap(([name, value]) =>
        changed(`${kind}-${name}`, id, was[name] ?? '', value),
      );
    });
    return [...gone, ...told];
  });
}

/** With a user, a group, an application or a device that is gone its links are. */
function ofLinks(before: KnownOrg, now: KnownOrg): readonly string[] {
  return [...new Set([...before.links, ...now.links])].flatMap((link) => {
    if (before.links.has(link) === now.links.has(link)) return [];
    const [what = '', subject = '', object = ''] = link.split(' ');
    if (now.links.has(link)) return [`${what}-added ${subject} ${object}`];
    const subjects =
      Object.entries(ENDS).find(([name]) => name === what)?.[1] === 'user' ? now.users : now.groups;
    const objects = now.records.get(what === 'device-user' ? 'device' : 'app');
    return subjects.has(subject) && objects?.has(object) === true
      ? [`${what}-removed ${subject} ${object}`]
      : [];
  });
}

const TOLD = z.object({
  version: z.literal(1),
  changes: z.array(
    z.object({
      what: z.string(),
      subject_id: z.string(),
      object_id: z.string().optional(),
      before: z.string().optional(),
      after: z.string().optional(),
    }),
  ),
});
type Told = z.output<typeof TOLD>['changes'][number];
const factor = z.object({ type: z.string() });
/** Okta may give an assignment that a group explains any status; it is not read. */
const NOT_COMPARED: ReadonlySet<string> = new Set(['app-user-status']);

/** The changes that `changes --json` tells, in the same texts. */
export function toldIn(json: string): readonly string[] {
  return TOLD.parse(JSON.parse(json))
    .changes.filter(({ what }) => !NOT_COMPARED.has(what))
    .map(textOf);
}

function textOf({ what, subject_id: subject, object_id: object, before, after }: Told): string {
  if (what.startsWith('factor-'))
    return `${what} ${subject} ${factor.parse(JSON.parse(after ?? before ?? '')).type}`;
  if (object !== undefined) return `${what} ${subject} ${object}`;
  return before === undefined || after === undefined
    ? `${what} ${subject}`
    : `${what} ${subject} ${before} ${after}`;
}

/**
 * Changes that are told and did not happen, are told twice, or happened and are not told. With something that is gone its
 * links end, which may be seen first. Of a user who appears, a link may be told as it was before, and then its end.
 */
function differencesOf(told: readonly string[], truth: readonly string[]): readonly string[] {
  const left = [...truth];
  const invented = told.filter((each) => {
    const at = left.indexOf(each);
    if (at !== -1) left.splice(at, 1);
    return at === -1;
  });
  const idsIn = (what: RegExp): ReadonlySet<string> =>
    new Set(truth.filter((each) => what.test(each)).map((each) => each.split(' ')[1] ?? ''));
  const [gone, newUsers] = [idsIn(/^\w+-gone /u), idsIn(/^user-appeared /u)];
  const wrong = invented.filter((each, at) => {
    const [what = '', subject = '', object = ''] = each.split(' ');
    if (what.endsWith('-removed') && (gone.has(subject) || gone.has(object))) return false;
    const isEnded = (added: string, removed: string): boolean =>
      newUsers.has(subject) && invented.indexOf(added) <= at && invented.lastIndexOf(removed) >= at;
    const other = (word: string): string => `${what.replace(/added$|removed$/u, word)} ${subject} ${object}`;
    return !isEnded(other('added'), other('removed')) || !invented.includes(other('added'));
  });
  return [...wrong.map((each) => `not true: ${each}`), ...left.map((each) => `not told: ${each}`)];
}
