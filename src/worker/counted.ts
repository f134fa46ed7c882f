import type { RunCounts } from '../ports/report.ts';
import type { Labels } from './metrics/instruments.ts';
import type { NameOf } from './metrics/table.ts';

interface RunCounter {
  readonly name: NameOf<'counter'>;
  readonly read: (counts: RunCounts) => readonly (readonly [Labels, number])[];
}

/** The counters that follow a run's counts, each from the report's field of the same meaning. */
export const COUNTED: readonly RunCounter[] = [
  plain('users_listed_total', ({ users }) => users.listed),
  plain('users_emitted_total', ({ users }) => users.emitted),
  plain('users_unchanged_total', ({ users }) => users.unchanged),
  plain('users_removed_total', ({ users }) => users.removed),
  plain('users_left_selection_total', ({ users }) => users.left_selection),
  plain('users_dead_lettered_total', ({ users }) => users.dead_lettered),
  { name: 'gaps_total', read: ({ gaps }) => listed(gaps, 'lookup', 'reason') },
  { name: 'answers_total', read: ({ vouched = {} }) => listed(vouched, 'lookup', 'kind') },
  {
    name: 'okta_calls_total',
    read: ({ okta }) => Object.entries(okta.calls).map(([endpoint, count]) => [{ endpoint }, count] as const),
  },
  {
    name: 'okta_rate_limited_total',
    read: ({ okta: { rate_limited_in: refusals = {} } }) => byBucket(refusals),
  },
  plain('okta_wait_seconds_total', ({ okta }) => okta.wait_seconds),
  plain('intake_batches_total', ({ intake }) => intake.batches),
  plain('intake_retries_total', ({ intake }) => intake.retries),
  plain('intake_events_accepted_total', ({ intake }) => intake.accepted),
];

/** Buckets that one endpoint has for itself count together, so that there are never too many series. */
function byBucket(refusals: Readonly<Record<string, number>>): readonly (readonly [Labels, number])[] {
  const sums = new Map<string, number>();
  for (const [bucket, count] of Object.entries(refusals)) {
    const name = bucket.startsWith('/api/') ? 'own' : bucket;
    sums.set(name, (sums.get(name) ?? 0) + count);
  }
  return [...sums].map(([bucket, count]) => [{ bucket }, count] as const);
}

function plain(name: RunCounter['name'], read: (counts: RunCounts) => number): RunCounter {
  return { name, read: (counts) => [[{}, read(counts)]] };
}

/** One sample for each number of a table in a table. */
function listed(counts: object, outer: string, inner: string): (readonly [Labels, number])[] {
  return Object.entries<object>({ ...counts }).flatMap(([first, row]) =>
    Object.entries<number>({ ...row }).map(
      ([second, count]) => [{ [outer]: first, [inner]: second }, count] as const,
    ),
  );
}

/** A number that changes whenever a run has made progress. */
export function progressOf({ users, okta, intake }: RunCounts): number {
  const counts = [...Object.values(users), ...Object.values(intake), okta.total_calls];
  return counts.reduce((sum, count) => sum + count, 0);
}
