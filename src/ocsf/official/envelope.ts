import { hash } from 'node:crypto';
import { z } from 'zod';
import { COLLECT, INFORMATIONAL, USER_INVENTORY, type EventClass } from '../ids.ts';
import { orAbsent, type AttributeRow, type Said, type SaidOfAny } from './row.ts';
import { count, listOf, objectOf, oneOf, only, recentInstant, text } from './shapes.ts';

const PRODUCT = { name: 'Okta', vendor_name: 'Okta' } as const;
const LONGEST_RAW_BEFORE_1_4 = 65_535;
const SHA_256 = { algorithm: 'SHA-256', algorithm_id: 3 } as const;

export function fixed(path: string, value: string | number): AttributeRow<SaidOfAny> {
  return { path, shape: only(value), isRequired: 'always', value: () => value };
}

/** Set when the event enters the outbox, all three together: `stamp.ts`. */
function stamped(
  path: string,
  shape: AttributeRow['shape'],
  others: readonly string[],
): AttributeRow<SaidOfAny> {
  return { path, shape, goesWith: others, decides: 'nothing', value: () => undefined };
}

function rawOf({ user, options }: Said): string | undefined {
  return options.carriesRaw === true ? user.raw : undefined;
}

/** Up to version 1.3 texts have a longest length, and JSON that is cut is no JSON. */
function fits({ version }: Said, raw: string): boolean {
  return version !== '1.3.0' || raw.length <= LONGEST_RAW_BEFORE_1_4;
}

const anyRecord = z.record(z.string(), z.unknown());

/** The last sign-in counts by itself among the parts that decide whether an event has changed. */
function rawWithoutSignIn(said: Said): unknown {
  const raw = rawOf(said);
  return raw === undefined ? undefined : { ...anyRecord.parse(JSON.parse(raw)), lastLogin: undefined };
}

/** `metadata` comes first, because the stamp goes there. */
export const BEGINNING: readonly AttributeRow<SaidOfAny>[] = [
  stamped('metadata.uid', text, ['correlation_uid', 'logged_time']),
  stamped('metadata.correlation_uid', text, ['uid', 'logged_time']),
  stamped('metadata.logged_time', recentInstant, ['uid', 'correlation_uid']),
  {
    path: 'metadata.version',
    shape: (version) => only(version),
    isRequired: 'always',
    value: ({ version }) => version,
  },
  fixed('metadata.product.name', PRODUCT.name),
  fixed('metadata.product.vendor_name', PRODUCT.vendor_name),
  { path: 'metadata.tenant_uid', shape: text, value: ({ options }) => options.tenantUid },
  {
    path: 'metadata.labels',
    shape: listOf(text, { minItems: 1, maxItems: 1 }),
    value: ({ options }) => orAbsent(options.orgLabel === undefined ? [] : [options.orgLabel]),
  },
];

/** The class of an event, and where the times of its asset are. */
interface EnvelopeOf<Of> {
  readonly class: EventClass;
  /** Okta's stamp of the last change, as given. */
  readonly originalTime: Pick<AttributeRow<Of>, 'value' | 'decides'>;
  /** When the asset was read. */
  readonly time: (said: Of) => number;
}

/** The rows with which every event begins. */
export function envelopeOf<Of extends SaidOfAny>({
  class: of,
  originalTime,
  time,
}: EnvelopeOf<Of>): readonly AttributeRow<Of>[] {
  return [
    ...BEGINNING,
    { path: 'metadata.original_time', shape: text, ...originalTime },
    fixed('activity_id', COLLECT.activity_id),
    fixed('activity_name', COLLECT.activity_name),
    fixed('category_name', of.category_name),
    fixed('category_uid', of.category_uid),
    fixed('class_name', of.class_name),
    fixed('class_uid', of.class_uid),
    fixed('type_name', `${of.class_name}: ${COLLECT.activity_name}`),
    fixed('type_uid', of.class_uid * 100 + COLLECT.activity_id),
    fixed('severity', INFORMATIONAL.severity),
    fixed('severity_id', INFORMATIONAL.severity_id),
    { path: 'time', shape: recentInstant, isRequired: 'always', decides: 'nothing', value: time },
  ];
}

export const ENVELOPE: readonly AttributeRow[] = envelopeOf({
  class: USER_INVENTORY,
  originalTime: { value: ({ user }) => user.lastUpdated },
  time: ({ freshness }) => freshness.newestAt,
});

export const RAW: readonly AttributeRow[] = [
  {
    path: 'raw_data',
    shape: text,
    decides: rawWithoutSignIn,
    value: (said) => {
      const raw = rawOf(said);
      return raw !== undefined && fits(said, raw) ? raw : undefined;
    },
  },
  {
    path: 'raw_data_size',
    since: '1.5.0',
    shape: count,
    goesWith: ['raw_data'],
    decides: 'nothing',
    value: (said) => {
      const raw = rawOf(said);
      return raw === undefined ? undefined : Buffer.byteLength(raw);
    },
  },
  {
    path: 'raw_data_hash',
    since: '1.6.0',
    shape: objectOf(
      { algorithm: only(SHA_256.algorithm), algorithm_id: oneOf([SHA_256.algorithm_id]), value: text },
      ['algorithm', 'algorithm_id', 'value'],
    ),
    goesWith: ['raw_data'],
    decides: 'nothing',
    value: (said) => {
      const raw = rawOf(said);
      return raw === undefined ? undefined : { ...SHA_256, value: hash('sha256', raw) };
    },
  },
  {
    path: 'unmapped.okta.raw_data',
    before: '1.4.0',
    shape: { type: 'string', minLength: LONGEST_RAW_BEFORE_1_4 + 1 },
    decides: 'nothing',
    value: (said) => {
      const raw = rawOf(said);
      return raw === undefined || fits(said, raw) ? undefined : raw;
    },
  },
];
