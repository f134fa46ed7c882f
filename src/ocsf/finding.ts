import type { AlertCells } from '../ports/alerts.ts';
import { SEVERITIES, type Severity } from '../ports/notices.ts';
import type { EventForm } from './event-form.ts';
import { DETECTION_FINDING } from './ids.ts';
import { officialVersion, type DialectName } from './names.ts';
import { BEGINNING, fixed } from './official/envelope.ts';
import { createOfficialForm, type SaidOf } from './official/form.ts';
import type { AttributeRow, OfficialOptions } from './official/row.ts';
import { flag, instant, listOf, objectOf, oneOf, only, recentInstant, text } from './official/shapes.ts';

const ACTIVITIES = { create: [1, 'Create'], update: [2, 'Update'], close: [3, 'Close'] } as const;
const NUMBERS = Object.values(ACTIVITIES).map(([id]) => id);
const NAMES = Object.values(ACTIVITIES).map(([, name]) => name);

export type FindingActivity = keyof typeof ACTIVITIES;

/** One row of an alert as a finding. */
export interface FindingFacts {
  readonly activity: FindingActivity;
  readonly rule: {
    readonly id: string;
    readonly title: string;
    readonly description?: string | undefined;
    readonly severity: Severity;
  };
  readonly uid: string;
  /** The type that the subject has in the graph, where it is known. */
  readonly resourceType: string | undefined;
  readonly cells: AlertCells;
  /** Unix milliseconds. */
  readonly openedAt: number;
  readonly seenAt: number;
  readonly at: number;
}

type FindingRow = AttributeRow<SaidOf<FindingFacts>>;

/** Columns that name their row, the best first. */
const NAMING = ['name', 'label', 'login', 'display_name'];

function resourceOf({ uid, resourceType, cells }: FindingFacts): unknown {
  const data = Object.entries(cells).filter(([, value]) => value !== null);
  const name = NAMING.map((column) => cells[column]).find(
    (value) => typeof value === 'string' && value !== '',
  );
  return {
    uid,
    name,
    type: resourceType,
    data: data.length === 0 ? undefined : Object.fromEntries(data),
  };
}

const STATUS = { open: [1, 'New'], closed: [4, 'Resolved'] } as const;

function statusOf({ activity }: FindingFacts): (typeof STATUS)[keyof typeof STATUS] {
  return activity === 'close' ? STATUS.closed : STATUS.open;
}

const MAPPING: readonly FindingRow[] = [
  ...BEGINNING,
  {
    path: 'activity_id',
    shape: oneOf(NUMBERS),
    isRequired: 'always',
    value: ({ facts }) => ACTIVITIES[facts.activity][0],
  },
  {
    path: 'activity_name',
    shape: oneOf(NAMES),
    isRequired: 'always',
    value: ({ facts }) => ACTIVITIES[facts.activity][1],
  },
  fixed('category_name', DETECTION_FINDING.category_name),
  fixed('category_uid', DETECTION_FINDING.category_uid),
  fixed('class_name', DETECTION_FINDING.class_name),
  fixed('class_uid', DETECTION_FINDING.class_uid),
  {
    path: 'type_name',
    shape: oneOf(NAMES.map((name) => `${DETECTION_FINDING.class_name}: ${name}`)),
    isRequired: 'always',
    value: ({ facts }) => `${DETECTION_FINDING.class_name}: ${ACTIVITIES[facts.activity][1]}`,
  },
  {
    path: 'type_uid',
    shape: oneOf(NUMBERS.map((id) => DETECTION_FINDING.class_uid * 100 + id)),
    isRequired: 'always',
    value: ({ facts }) => DETECTION_FINDING.class_uid * 100 + ACTIVITIES[facts.activity][0],
  },
  {
    path: 'severity',
    shape: oneOf(SEVERITIES.map(named)),
    isRequired: 'always',
    value: ({ facts }) => named(facts.rule.severity),
  },
  {
    path: 'severity_id',
    shape: oneOf(SEVERITIES.map((_, at) => at + 1)),
    isRequired: 'always',
    value: ({ facts }) => SEVERITIES.indexOf(facts.rule.severity) + 1,
  },
  {
    path: 'status',
    shape: oneOf(Object.values(STATUS).map(([, name]) => name)),
    isRequired: 'always',
    value: ({ facts }) => statusOf(facts)[1],
  },
  {
    path: 'status_id',
    shape: oneOf(Object.values(STATUS).map(([id]) => id)),
    isRequired: 'always',
    value: ({ facts }) => statusOf(facts)[0],
  },
  { path: 'time', shape: recentInstant, isRequired: 'always', value: ({ facts }) => facts.at },
  { path: 'is_alert', since: '1.4.0', shape: flag, isRequired: 'always', value: () => true },
  {
    path: 'finding_info.uid',
    shape: text,
    isRequired: 'always',
    value: ({ facts }) => `${facts.rule.id}|${facts.uid}`,
  },
  {
    path: 'finding_info.title',
    shape: text,
    isRequired: 'always',
    value: ({ facts }) => facts.rule.title,
  },
  { path: 'finding_info.desc', shape: text, value: ({ facts }) => facts.rule.description },
  {
    path: 'finding_info.types',
    shape: listOf(only('Alert'), { minItems: 1, maxItems: 1 }),
    isRequired: 'always',
    value: () => ['Alert'],
  },
  {
    path: 'finding_info.analytic',
    shape: objectOf({ uid: text, name: text, type: only('Rule'), type_id: only(1) }, [
      'uid',
      'name',
      'type',
      'type_id',
    ]),
    isRequired: 'always',
    value: ({ facts: { rule } }) => ({ uid: rule.id, name: rule.title, type: 'Rule', type_id: 1 }),
  },
  {
    path: 'finding_info.created_time',
    shape: instant,
    isRequired: 'always',
    value: ({ facts }) => facts.openedAt,
  },
  {
    path: 'finding_info.first_seen_time',
    shape: instant,
    isRequired: 'always',
    value: ({ facts }) => facts.openedAt,
  },
  {
    path: 'finding_info.last_seen_time',
    shape: instant,
    isRequired: 'always',
    value: ({ facts }) => facts.seenAt,
  },
  {
    path: 'resources',
    shape: listOf(
      // The columns of a query are its own.
      objectOf({ uid: text, name: text, type: text, data: {} }, ['uid']),
      { minItems: 1, maxItems: 1 },
    ),
    isRequired: 'always',
    value: ({ facts }) => [resourceOf(facts)],
  },
];

function named(severity: Severity): string {
  return `${severity.slice(0, 1).toUpperCase()}${severity.slice(1)}`;
}

/** How a row of an alert is said in a dialect; `undefined`: it has no class for findings. */
export function findingForm(
  name: DialectName,
  options: OfficialOptions = {},
): EventForm<FindingFacts> | undefined {
  const version = officialVersion(name);
  return version === undefined ? undefined : createOfficialForm(DETECTION_FINDING, MAPPING, version, options);
}
