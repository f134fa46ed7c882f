import type { Json, JsonObject } from '../json.ts';
import type { SimulatedApp, SimulatedDevice } from './assets/asset-model.ts';
import type { SimulatedGroup, SimulatedUser } from './org-model.ts';
import type { SimulatedOrg } from './org.ts';
import { makeId, mix } from './random.ts';
import type { Random } from './random.ts';
import type { LogEvent } from './system-log.ts';

export interface EventFacts {
  readonly eventType: string;
  /** In any order: the event's own is drawn. */
  readonly targets: readonly JsonObject[] | null;
  readonly actor?: JsonObject;
  readonly result?: string;
  readonly reason?: string;
  readonly debugData?: JsonObject;
  /** Okta did it by itself, a moment after the change that it follows from. */
  readonly isJob?: boolean;
}

const ROOT: JsonObject = {
  id: '00uSimulatedRoot0005d7',
  type: 'User',
  alternateId: 'root@example.com',
  displayName: 'Root',
  detailEntry: null,
};

/** Okta itself; a grant made in the console may show it too. */
export const SYSTEM: JsonObject = {
  id: 'okta.1eb1f8fb-6e50-4f6b-90ca-8c9d5d4e6d0d',
  type: 'SystemPrincipal',
  alternateId: 'system@okta.com',
  displayName: 'Okta System',
  detailEntry: null,
};

export function makeLogEvent(facts: EventFacts, random: Random, publishedAt: number): LogEvent {
  const {
    eventType,
    targets,
    actor,
    result = 'SUCCESS',
    reason = null,
    debugData = {},
    isJob = false,
  } = facts;
  return {
    actor: actor ?? (isJob ? SYSTEM : ROOT),
    client: { ipAddress: '198.51.100.7', zone: 'null', device: 'Computer', id: null },
    authenticationContext: { authenticationStep: 0, externalSessionId: 'unknown', interface: null },
    displayMessage: eventType.replaceAll(/[._]/g, ' '),
    eventType,
    outcome: { result, reason },
    published: new Date(publishedAt + (isJob ? 1 : 0)).toISOString(),
    securityContext: { asNumber: null, asOrg: null, isp: null, domain: null, isProxy: null },
    severity: result === 'SUCCESS' ? 'INFO' : 'WARN',
    debugContext: { debugData },
    legacyEventType: null,
    transaction: { type: isJob ? 'JOB' : 'WEB', id: makeId('req', random.below(2 ** 31), 0), detail: {} },
    uuid: makeUuid(random),
    version: '0',
    request: { ipChain: [] },
    target: targets === null ? null : shuffle(targets, random),
  };
}

export function userTarget(org: SimulatedOrg, user: SimulatedUser): JsonObject {
  const { login, firstName, lastName } = org.profile(user);
  return {
    id: user.id,
    type: 'User',
    alternateId: textOf(login) ?? 'unknown',
    displayName: `${textOf(firstName) ?? ''} ${textOf(lastName) ?? ''}`.trim() || null,
    detailEntry: null,
  };
}

/** Okta gives no alternate id of a group. */
export function groupTarget(group: SimulatedGroup): JsonObject {
  return {
    id: group.id,
    type: 'UserGroup',
    alternateId: 'unknown',
    displayName: group.name,
    detailEntry: null,
  };
}

export function otherTarget(type: string, id: string, displayName: string): JsonObject {
  return { id, type, alternateId: 'unknown', displayName, detailEntry: null };
}

export function appTarget(app: SimulatedApp): JsonObject {
  return {
    ...otherTarget('AppInstance', app.id, app.label),
    detailEntry: { signOnModeType: app.kind.signOnMode },
  };
}

/** The assignment itself: its id is no user's. */
export function appUserTarget(org: SimulatedOrg, app: SimulatedApp, user: SimulatedUser): JsonObject {
  const id = makeId('0ua', mix(org.seed, app.number), user.number);
  return { ...userTarget(org, user), id, type: 'AppUser' };
}

export function deviceTarget(device: SimulatedDevice): JsonObject {
  return otherTarget('Device', device.id, device.name);
}

function textOf(value: Json): string | undefined {
  return typeof value === 'string' ? value : undefined;
}

function shuffle<T extends object>(items: readonly T[], random: Random): T[] {
  return items
    .map((item) => ({ item, place: random.next() }))
    .sort((one, other) => one.place - other.place)
    .map(({ item }) => item);
}

function makeUuid(random: Random): string {
  const hex = Array.from({ length: 32 }, () => random.below(16).toString(16)).join('');
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join('-');
}
