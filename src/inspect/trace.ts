import { byName } from '../enrich/by-name.ts';
import { PER_USER_LOOKUPS, USER_LOOKUPS } from '../ports/org.ts';
import type {
  Facet,
  PerUserLookup,
  Role,
  User,
  UserAnswers,
  UserFacets,
  UserKnowledge,
  UserLookup,
} from '../ports/org.ts';
import type { TracedField } from './explanation-schema.ts';
import { isSameValue, leavesOf, type Leaves } from '../shaping/leaves.ts';
import { oktaPathOf, TEXT_FIELDS, type TextField } from '../shaping/okta-record.ts';

type FieldOrigin = TracedField['sources'][number];

interface Input {
  readonly source: FieldOrigin;
  /** The same user with another value in its place, or with none. */
  readonly others: readonly UserFacets[];
  /**
   * The same user with hardly anything known, without and with this fact. It is needed where two facts are each enough:
   * taking away one alone changes nothing.
   */
  readonly alone?: readonly [without: UserFacets, withIt: UserFacets];
}

/** The draft of an event; `undefined` where there is none. */
export type DraftOf = (facets: UserFacets) => unknown;

/** `enrichments` is a list of different things, and each has its own origin. */
const opened = (path: string): boolean => path === 'enrichments';

/**
 * Finds by trial where each field comes from: takes away or replaces one fact about the user after the other; fields
 * that change then come from that fact. So it works for every dialect, rule and setting, and never goes out of date.
 */
export function traceFields(facets: UserFacets, draftOf: DraftOf): readonly TracedField[] {
  const fields = leavesOf(draftOf(facets), opened);
  const sources = new Map<string, FieldOrigin[]>([...fields.keys()].map((path) => [path, []]));
  const read = (given: UserFacets): Leaves => leavesOf(draftOf(given), opened);
  for (const { source, others, alone } of inputsOf(facets)) {
    // Without a fact that every event needs there is no draft, which says nothing about single fields.
    const drafts = others.map(read).filter((leaves) => leaves.size > 0);
    const pairs: [Leaves, Leaves][] = drafts.map((leaves) => [fields, leaves]);
    if (alone !== undefined) pairs.push([read(alone[0]), read(alone[1])]);
    for (const path of fields.keys()) {
      if (pairs.some(([left, right]) => !isSameValue(left.get(path), right.get(path))))
        sources.get(path)?.push(source);
    }
  }
  return [...fields].map(([path, value]) => ({ path, value, sources: sources.get(path) ?? [] }));
}

function inputsOf(facets: UserFacets): readonly Input[] {
  return [
    ...TEXT_FIELDS.map((field) => textInput(facets, field)),
    ...customInputs(facets),
    ...recordInputs(facets),
    ...mappedInputs(facets),
    ...lookupInputs(facets),
    ...dayInputs(facets),
  ];
}

const OTHER_TEXTS: Readonly<Partial<Record<TextField, readonly string[]>>> = {
  status: ['ACTIVE', 'SUSPENDED', 'LOCKED_OUT', 'DEPROVISIONED'],
  userType: ['service'],
  accountSource: ['LDAP'],
  email: ['someone@elsewhere.example', 'nowhere'],
  secondEmail: ['someone@elsewhere.example'],
};
const STAMPS: ReadonlySet<TextField> = new Set([
  'created',
  'activated',
  'statusChanged',
  'lastLogin',
  'lastUpdated',
  'passwordChanged',
]);
const OTHER_STAMPS = ['2001-01-01T00:00:00.000Z', '2099-01-01T00:00:00.000Z'];

function textInput(facets: UserFacets, field: TextField): Input {
  const value = facets.user[field];
  const texts = STAMPS.has(field) ? OTHER_STAMPS : (OTHER_TEXTS[field] ?? [`${value ?? ''}~`]);
  return {
    source: { name: oktaPathOf(field), value },
    others: [undefined, ...texts].map((text) => withUser(facets, { [field]: text })),
  };
}

function withUser(facets: UserFacets, changes: Partial<User>): UserFacets {
  return { ...facets, user: { ...facets.user, ...changes } };
}

function customInputs(facets: UserFacets): readonly Input[] {
  const { custom = {} } = facets.user;
  return Object.entries(custom).map(([name, value]) => ({
    source: { name: `profile.${name}`, value },
    others: [withUser(facets, { custom: without(custom, name) })],
  }));
}

/** The parts of the record beside its fields, and the devices. */
function recordInputs(facets: UserFacets): readonly Input[] {
  return [
    {
      source: { name: 'attributes that cannot be carried', value: facets.user.customLeftOut },
      others: [withUser(facets, { customLeftOut: undefined })],
    },
    { source: { name: 'the whole record' }, others: [withUser(facets, { raw: undefined })] },
    { source: { name: 'the devices' }, others: [{ ...facets, devices: undefined }] },
  ];
}

function mappedInputs(facets: UserFacets): readonly Input[] {
  const { mapped = {} } = facets.user;
  return Object.entries(mapped).map(([path, value]) => ({
    source: { name: 'MAPPING_FILE', value },
    others: [withUser(facets, { mapped: without(mapped, path) })],
  }));
}

function without<T>(given: Readonly<Record<string, T>>, name: string): Readonly<Record<string, T>> {
  return Object.fromEntries(Object.entries(given).filter(([key]) => key !== name));
}

const SOME_ROLE: Role = { id: 'some', type: 'SUPER_ADMIN', label: 'Some role', status: 'ACTIVE' };
const NOT_ASKED = { kind: 'not-asked' } as const;

function known<T>(value: T): Facet<T> {
  return { kind: 'known', value, readAt: 0 };
}

const NO_ROLES = { roles: [], includesGroups: true };
const SOME_ROLES = { roles: [SOME_ROLE], includesGroups: true };
/** Another answer than none, for facts whose presence alone decides something. */
const SOME_ANSWERS: { readonly [L in PerUserLookup]?: UserAnswers[L] } = {
  factors: [{ id: 'some', type: 'webauthn', provider: 'FIDO', status: 'ACTIVE' }],
};

function lookupInputs(facets: UserFacets): readonly Input[] {
  const { groups, roles } = facets;
  const none = byName(USER_LOOKUPS, () => NOT_ASKED);
  const nothing: UserFacets = { ...facets, ...none };
  return [
    {
      source: { name: 'lookup groups' },
      others: [NOT_ASKED, known([])].map((to) => ({ ...facets, groups: to })),
    },
    {
      source: { name: 'lookup group-roles' },
      others: [NOT_ASKED, known([]), known([SOME_ROLE])].map((to) => withGroupRoles(facets, to)),
      alone: [withGroupRoles({ ...nothing, groups }, NOT_ASKED), { ...nothing, groups }],
    },
    ...PER_USER_LOOKUPS.map((lookup) => perUserInput(lookup, facets, nothing)),
    {
      source: { name: 'lookup roles' },
      others: [NOT_ASKED, known(NO_ROLES), known(SOME_ROLES)].map((to) => ({ ...facets, roles: to })),
      alone: [nothing, { ...nothing, roles }],
    },
  ];
}

function perUserInput(lookup: PerUserLookup, facets: UserFacets, nothing: UserFacets): Input {
  const some = SOME_ANSWERS[lookup];
  const others = [NOT_ASKED, known([]), ...(some === undefined ? [] : [known(some)])];
  return {
    source: { name: `lookup ${lookup}` },
    others: others.map((to) => withFacet(facets, lookup, to)),
    alone: [nothing, withFacet(nothing, lookup, facets[lookup])],
  };
}

function withFacet<L extends UserLookup>(
  facets: UserFacets,
  lookup: L,
  to: Facet<UserKnowledge[L]>,
): UserFacets {
  return { ...facets, [lookup]: to };
}

function withGroupRoles(facets: UserFacets, roles: Facet<readonly Role[]>): UserFacets {
  const { groups } = facets;
  if (groups.kind !== 'known') return facets;
  const value = groups.value.map(({ group }) => ({ group, roles }));
  return { ...facets, groups: { ...groups, value } };
}

const FAR_AWAY_MS = 100 * 365 * 86_400_000;

function dayInputs(facets: UserFacets): readonly Input[] {
  const at = facets.evaluatedAt ?? facets.readAt;
  const others = [at - FAR_AWAY_MS, at + FAR_AWAY_MS].map((evaluatedAt) => ({ ...facets, evaluatedAt }));
  const read = { ...facets, evaluatedAt: at, readAt: facets.readAt + FAR_AWAY_MS };
  return [
    { source: { name: 'the start of the newest full run' }, others },
    { source: { name: 'when Okta was asked' }, others: [read] },
  ];
}
