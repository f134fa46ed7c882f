import { isSameValue, leavesOf, type Leaves } from '../shaping/leaves.ts';

/**
 * The difference at one path between their event and ours: it is only in ours, only in theirs, or another value; or
 * another value in an event that was made of older data, theirs or ours.
 */
export const DIFFERENCE_KINDS = [
  'missing-there',
  'missing-here',
  'differs',
  'stale-there',
  'stale-here',
] as const;
export type DifferenceKind = (typeof DIFFERENCE_KINDS)[number];

export interface FieldDifference {
  readonly path: string;
  readonly kind: DifferenceKind;
  readonly theirs?: unknown;
  readonly ours?: unknown;
}

export const COMPARISON_KINDS = ['only-here', 'only-there', 'same', 'different'] as const;

/** The comparison of one user's two events. In the first kinds there is only one event. */
export type UserComparison =
  | { readonly uid: string; readonly kind: 'only-here' | 'only-there' }
  | { readonly uid: string; readonly kind: 'same' }
  | { readonly uid: string; readonly kind: 'different'; readonly fields: readonly FieldDifference[] };

/** Paths that are about the event rather than the user, or that repeat another path. */
const IGNORED =
  /^(?:time$|raw_data|observables|metadata\.(?:uid|correlation_uid|logged_time|labels|product)|unmapped\.okta\.(?:as_of|raw_data))/u;
/** In the reference's events, `time` is when the user was created. */
const REFERENCE_TYPE_UID = 5_003_002;

/** Stamps that only ever move forward in Okta: of two events, the one with the older stamp was made of older data. */
const STAMPS = [
  'metadata.original_time',
  'user.ldap_person.modified_time',
  'user.ldap_person.last_login_time',
  'unmapped.okta.password_changed_time',
  'enrichments[access_control].data.last_logon',
  'enrichments[access_control].data.last_time_password_change',
] as const;

function readLeaves(event: unknown): Leaves {
  const leaves = leavesOf(event, () => true);
  const isReference = leaves.get('type_uid') === REFERENCE_TYPE_UID;
  const kept = [...leaves].filter(([path]) => !IGNORED.test(path) || (isReference && path === 'time'));
  return new Map(kept.map(([path, value]) => [path, inOrder(value)]));
}

/** The order of a list of texts does not matter. */
function inOrder(value: unknown): unknown {
  if (!Array.isArray(value)) return value;
  return value.toSorted((left, right) => (JSON.stringify(left) < JSON.stringify(right) ? -1 : 1));
}

/** Compares two events of one user, path by path. Entries of lists are matched by their names, whatever their order. */
export function compareEvents(theirEvent: unknown, ourEvent: unknown): readonly FieldDifference[] {
  const [theirs, ours] = [readLeaves(theirEvent), readLeaves(ourEvent)];
  const age = compareAge(theirs, ours);
  const paths = [...new Set([...ours.keys(), ...theirs.keys()])];
  return paths.flatMap((path): FieldDifference[] => {
    const [their, our] = [theirs.get(path), ours.get(path)];
    if (isSameValue(their, our)) return [];
    if (!theirs.has(path)) return [{ path, kind: age ?? 'missing-there', ours: our }];
    if (!ours.has(path)) return [{ path, kind: age ?? 'missing-here', theirs: their }];
    return [{ path, kind: age ?? 'differs', theirs: their, ours: our }];
  });
}

/** The first stamp that differs decides. Equal stamps, or none, say nothing. */
function compareAge(theirs: Leaves, ours: Leaves): 'stale-there' | 'stale-here' | undefined {
  for (const path of STAMPS) {
    const [their, our] = [instantOf(theirs.get(path)), instantOf(ours.get(path))];
    if (their !== undefined && our !== undefined && their !== our)
      return their < our ? 'stale-there' : 'stale-here';
  }
  return undefined;
}

function instantOf(value: unknown): number | undefined {
  const at = typeof value === 'string' ? Date.parse(value) : value;
  return typeof at === 'number' && !Number.isNaN(at) ? at : undefined;
}

/** The number of users with each difference, by path with `[]` for entries of lists. */
export interface ComparisonSummary {
  readonly users: Readonly<Record<(typeof COMPARISON_KINDS)[number], number>>;
  readonly fields: Readonly<Record<string, Partial<Record<DifferenceKind, number>>>>;
}

export class ComparisonCount {
  readonly #users = { 'only-here': 0, 'only-there': 0, same: 0, different: 0 };
  readonly #fields = new Map<string, Map<DifferenceKind, number>>();

  add(compared: UserComparison): void {
    this.#users[compared.kind] += 1;
    if (compared.kind !== 'different') return;
    const seen = new Set(
      compared.fields.map(({ path, kind }) => `${kind} ${path.replaceAll(/\[[^\]]*\]/gu, '[]')}`),
    );
    for (const each of seen) this.#count(each);
  }

  #count(each: string): void {
    const [word = '', ...rest] = each.split(' ');
    const kind = DIFFERENCE_KINDS.find((name) => name === word) ?? 'differs';
    const path = rest.join(' ');
    const counts = this.#fields.get(path) ?? new Map<DifferenceKind, number>();
    counts.set(kind, (counts.get(kind) ?? 0) + 1);
    this.#fields.set(path, counts);
  }

  summary(): ComparisonSummary {
    const fields = [...this.#fields].toSorted(([left], [right]) => (left < right ? -1 : 1));
    return {
      users: { ...this.#users },
      fields: Object.fromEntries(fields.map(([path, counts]) => [path, Object.fromEntries(counts)])),
    };
  }

  /** Is everything the same? */
  get isSame(): boolean {
    const { same: _, ...others } = this.#users;
    return Object.values(others).every((count) => count === 0);
  }
}
