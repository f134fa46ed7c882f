import type { Assignment } from '../../enrich/assignments.ts';
import { factorKind, isPhishingResistant } from '../../enrich/factor-kinds.ts';
import { byCodeUnit } from '../../enrich/facets.ts';
import type { Factor } from '../../ports/org.ts';
import { userTypeOf } from './access.ts';
import { orAbsent, type AttributeRow, type Said } from './row.ts';
import { flag, isAddress, listOf, objectOf, oneOf, text, when, type Shape } from './shapes.ts';
import { isSince, type Version } from './versions.ts';

const PROVIDER = 'Okta';
/** The name of the product that judges the risk. */
const OWN_NAME = 'okta-ocsf';

interface Enrichment {
  /** The attribute that it enriches, and its value as text. */
  readonly name: string;
  readonly value: string;
  readonly type: string;
  readonly provider: string;
  readonly data: readonly unknown[];
}

function describeFactor({ type, provider, status }: Factor): Readonly<Record<string, unknown>> {
  const kind = factorKind(type);
  return { type, provider, status, kind, is_phishing_resistant: isPhishingResistant(kind) };
}

/** Sorted by id; factors without one by their content. */
function inOrder(factors: readonly Factor[]): readonly Factor[] {
  const keyOf = ({ id, type, provider, status }: Factor) => JSON.stringify([id, type, provider, status]);
  return factors
    .map((factor) => ({ factor, key: keyOf(factor) }))
    .sort((left, right) => byCodeUnit(left.key, right.key))
    .map(({ factor }) => factor);
}

function factorList(said: Said): Enrichment[] {
  const { enriched, user, version } = said;
  const { factors } = enriched.facets;
  if (factors.kind !== 'known' || enriched.hasMfa === undefined) return [];
  const hasPlace = isSince(version, '1.4.0');
  return [
    {
      name: hasPlace ? 'user.has_mfa' : 'user.uid',
      value: hasPlace ? String(enriched.hasMfa) : user.id,
      type: 'mfa_factors',
      provider: PROVIDER,
      data: inOrder(factors.value).map(describeFactor),
    },
  ];
}

function describeAssignment({ role, assigned, groupId }: Assignment): Readonly<Record<string, unknown>> {
  return { label: role.label, type: role.type, status: role.status, assigned, group_uid: groupId };
}

/** A part of the list is written when it has an entry; an empty list needs every answer. */
function roleList(said: Said): Enrichment[] {
  const { assignments, user } = said;
  if (assignments === undefined) return [];
  if (assignments.list.length === 0 && !assignments.isWhole) return [];
  const type = userTypeOf(said);
  return [
    {
      name: type === undefined ? 'user.uid' : 'user.type_id',
      value: type === undefined ? user.id : String(type.type_id),
      type: 'admin_roles',
      provider: PROVIDER,
      data: assignments.list.map(describeAssignment),
    },
  ];
}

function riskReasons({ enriched: { risk } }: Said): Enrichment[] {
  if (risk === undefined || risk.reasons.length === 0) return [];
  return [
    {
      name: 'user.risk_score',
      value: String(risk.score),
      type: 'risk_rules',
      provider: OWN_NAME,
      data: risk.reasons,
    },
  ];
}

const DATA_SHAPES: readonly (readonly [string, Shape])[] = [
  [
    'mfa_factors',
    objectOf({ type: text, provider: text, status: text, kind: text, is_phishing_resistant: flag }, [
      'type',
      'kind',
    ]),
  ],
  [
    'admin_roles',
    objectOf(
      { label: text, type: text, status: text, assigned: oneOf(['direct', 'group']), group_uid: text },
      ['type', 'status', 'assigned'],
    ),
  ],
  [
    'risk_rules',
    objectOf({ rule: text, score: { type: 'integer', minimum: 1 }, reason: text }, [
      'rule',
      'score',
      'reason',
    ]),
  ],
];

function enrichmentShape(version: Version): Shape {
  const names = ['user.uid', 'user.type_id', 'user.risk_score'];
  const base = objectOf(
    {
      name: oneOf(isSince(version, '1.4.0') ? [...names, 'user.has_mfa'] : names),
      value: text,
      type: oneOf(DATA_SHAPES.map(([type]) => type)),
      provider: oneOf([PROVIDER, OWN_NAME]),
      data: { type: 'array' },
    },
    ['name', 'value', 'type', 'provider', 'data'],
  );
  const byType = DATA_SHAPES.map(([type, shape]) =>
    when(
      { properties: { type: { const: type } }, required: ['type'] },
      { properties: { data: listOf(shape) } },
    ),
  );
  return { ...base, allOf: byType };
}

/** OCSF's numbers for kinds of values. */
const OBSERVABLES = [
  { name: 'user.name', typeId: 4 },
  { name: 'user.email_addr', typeId: 5 },
  { name: 'user.uid', typeId: 31, since: '1.4.0' },
  { name: 'user.groups[].name', typeId: 32, since: '1.4.0' },
] as const;
type Observed = (typeof OBSERVABLES)[number];

function observablesOf(version: Version): readonly Observed[] {
  return OBSERVABLES.filter((each) => !('since' in each) || isSince(version, each.since));
}

function valuesOf({ user, login, enriched }: Said, name: Observed['name']): readonly string[] {
  if (name === 'user.uid') return [user.id];
  if (name === 'user.name') return [login];
  if (name === 'user.email_addr') return [user.email ?? ''].filter(isAddress);
  const names = (enriched.groups ?? []).map(({ group }) => group.name);
  return [...new Set(names.filter((each) => each !== undefined))];
}

export const LISTS: readonly AttributeRow[] = [
  {
    path: 'enrichments',
    shape: (version) => listOf(enrichmentShape(version), { minItems: 1, maxItems: DATA_SHAPES.length }),
    value: (said) => orAbsent([...factorList(said), ...roleList(said), ...riskReasons(said)]),
  },
  {
    path: 'observables',
    shape: (version) =>
      listOf(
        objectOf(
          {
            name: oneOf(observablesOf(version).map(({ name }) => name)),
            type_id: oneOf(observablesOf(version).map(({ typeId }) => typeId)),
            value: text,
          },
          ['name', 'type_id', 'value'],
        ),
        { minItems: 1 },
      ),
    // The event has it elsewhere already.
    decides: 'nothing',
    value: (said) =>
      observablesOf(said.version).flatMap(({ name, typeId }) =>
        valuesOf(said, name).map((value) => ({ name, type_id: typeId, value })),
      ),
  },
];
