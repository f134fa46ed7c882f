import { byCodeUnit } from '../enrich/facets.ts';
import type { NamedAsset, OrgName } from '../ports/asset-facts.ts';
import type { EventForm } from './event-form.ts';
import { RESOURCE_INVENTORY } from './ids.ts';
import { officialVersion, type DialectName } from './names.ts';
import { envelopeOf } from './official/envelope.ts';
import { createOfficialForm, type SaidOf } from './official/form.ts';
import { millisecondsOf, orAbsent, type AttributeRow, type OfficialOptions } from './official/row.ts';
import { instant, listOf, objectOf, oneOf, only, text, when, type Shape } from './official/shapes.ts';
import { isSince, type Version } from './official/versions.ts';

/** The first version with the class; no earlier one has a place for what is no user and no device. */
const FIRST_VERSION = '1.4.0';
const FIRST_WITH_EDGES = '1.5.0';
const MOST_EDGES = 200;

/** An edge from a resource to another asset of the org. */
export interface Edge {
  readonly relation: 'ASSIGNED' | 'MANAGES';
  readonly to: NamedAsset & { readonly type: string };
}

/** An asset of the org that is neither a user nor a device, as class 5023 says it. */
export interface Resource {
  readonly uid: string;
  readonly name: string | undefined;
  /** The type that it has in the graph, too. */
  readonly type: string;
  readonly labels: readonly string[];
  readonly data: Readonly<Record<string, unknown>>;
  readonly created: string | undefined;
  readonly lastUpdated: string | undefined;
  /** Its own edges, as far as they are known. Those of its members and users are theirs. */
  readonly edges: readonly Edge[];
  /** The data and edges that are not known. */
  readonly unknown: readonly UnknownPart[];
  readonly idp?: Readonly<Record<string, string | undefined>>;
  readonly org: OrgName;
  readonly readAt: number;
}

const UNKNOWN_PARTS = ['members', 'users', 'groups', 'apps', 'roles', 'permissions'] as const;
type UnknownPart = (typeof UNKNOWN_PARTS)[number];

/** A kind of resource: its types, and the shape of its data. */
export interface ResourceKind {
  readonly types: readonly string[];
  readonly data: Readonly<Record<string, Shape>>;
}

type ResourceRow = AttributeRow<SaidOf<Resource>>;

function present(values: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> | undefined {
  const entries = Object.entries(values).filter(([, value]) => value !== undefined);
  return entries.length === 0 ? undefined : Object.fromEntries(entries);
}

function edgesOf({ edges }: Resource): readonly Edge[] {
  return edges.toSorted((left, right) => byCodeUnit(left.to.id, right.to.id));
}

function graphOf(resource: Resource): unknown {
  const edges = edgesOf(resource).slice(0, MOST_EDGES);
  if (edges.length === 0) return undefined;
  const { uid, name, type } = resource;
  return {
    uid,
    is_directed: true,
    nodes: [{ uid, name, type }, ...edges.map(({ to }) => ({ uid: to.id, name: to.name, type: to.type }))],
    edges: edges.map(({ relation, to }) => ({ name: relation, source: uid, target: to.id })),
  };
}

const GRAPH = objectOf(
  {
    uid: text,
    is_directed: only(true),
    nodes: listOf(objectOf({ uid: text, name: text, type: text }, ['uid', 'type']), {
      minItems: 2,
      maxItems: MOST_EDGES + 1,
    }),
    edges: listOf(
      objectOf({ name: oneOf(['ASSIGNED', 'MANAGES']), source: text, target: text }, [
        'name',
        'source',
        'target',
      ]),
      { minItems: 1, maxItems: MOST_EDGES },
    ),
  },
  ['uid', 'is_directed', 'nodes', 'edges'],
);

function detailsOf({ facts: resource, version }: SaidOf<Resource>): unknown {
  const { uid, name, type, labels, data, created, lastUpdated } = resource;
  const isTruncated = edgesOf(resource).length > MOST_EDGES ? true : undefined;
  return {
    uid,
    name,
    type,
    labels: orAbsent(labels),
    data: present({ ...data, truncated: isTruncated }),
    ...(isSince(version, FIRST_WITH_EDGES)
      ? {
          created_time: millisecondsOf(created),
          modified_time: millisecondsOf(lastUpdated),
          resource_relationship: graphOf(resource),
        }
      : {}),
  };
}

function detailsShape(kinds: readonly ResourceKind[], version: Version): Shape {
  const byType = kinds.map(({ types, data }) =>
    when(
      { properties: { type: oneOf(types) }, required: ['type'] },
      { properties: { data: { ...objectOf({ ...data, truncated: only(true) }, []), minProperties: 1 } } },
    ),
  );
  const base = objectOf(
    {
      uid: text,
      name: text,
      type: oneOf(kinds.flatMap(({ types }) => types)),
      labels: listOf(text, { minItems: 1 }),
      data: {},
      ...(isSince(version, FIRST_WITH_EDGES)
        ? { created_time: instant, modified_time: instant, resource_relationship: GRAPH }
        : {}),
    },
    ['uid', 'type'],
  );
  return { ...base, allOf: byType };
}

/** The mapping from an org's resources to OCSF's Cloud Resources Inventory Info, in the order of the event's text. */
function mappingOf(kinds: readonly ResourceKind[]): readonly ResourceRow[] {
  return [
    ...envelopeOf<SaidOf<Resource>>({
      class: RESOURCE_INVENTORY,
      originalTime: { value: ({ facts }) => facts.lastUpdated },
      time: ({ facts }) => facts.readAt,
    }),
    { path: 'cloud.provider', shape: only('Okta'), isRequired: 'always', value: () => 'Okta' },
    {
      path: 'cloud.org',
      shape: objectOf({ uid: text, name: text }, ['uid']),
      value: ({ facts: { org } }) => (org.id === undefined ? undefined : { uid: org.id, name: org.name }),
    },
    {
      path: 'idp',
      shape: objectOf({ uid: text, name: text, domain: text, tenant_uid: text, url_string: text }, ['uid']),
      value: ({ facts: { idp } }) => idp,
    },
    {
      path: 'resources',
      shape: (version) => listOf(detailsShape(kinds, version), { minItems: 1, maxItems: 1 }),
      isRequired: 'always',
      value: (said) => [detailsOf(said)],
    },
    {
      path: 'unmapped.okta.created_time',
      before: FIRST_WITH_EDGES,
      shape: instant,
      value: ({ facts }) => millisecondsOf(facts.created),
    },
    {
      path: 'unmapped.okta.modified_time',
      before: FIRST_WITH_EDGES,
      shape: instant,
      value: ({ facts }) => millisecondsOf(facts.lastUpdated),
    },
    {
      path: 'unmapped.okta.resource_relationship',
      before: FIRST_WITH_EDGES,
      shape: GRAPH,
      value: ({ facts }) => graphOf(facts),
    },
    {
      path: 'unmapped.okta.unknown',
      shape: listOf(oneOf(UNKNOWN_PARTS), { minItems: 1, uniqueItems: true }),
      value: ({ facts }) => orAbsent(facts.unknown),
    },
  ];
}

/** How resources are said in a dialect; `undefined`: it has no class for them. */
export function resourceForm(
  kinds: readonly ResourceKind[],
  name: DialectName,
  options: OfficialOptions,
): EventForm<Resource> | undefined {
  const version = officialVersion(name);
  if (version === undefined || !isSince(version, FIRST_VERSION)) return undefined;
  return createOfficialForm(RESOURCE_INVENTORY, mappingOf(kinds), version, options);
}
