import type { RunCounts } from '../ports/report.ts';

/**
 * Names come from fixed lists only: lookups, reasons, endpoint templates. They are never an id, a login or a message.
 */
export type Labels = Readonly<Record<string, string>>;

interface RunCounter {
  /** The name without the prefix. */
  readonly name: string;
  readonly help: string;
  readonly labelNames?: readonly string[];
  readonly read: (counts: RunCounts) => readonly (readonly [Labels, number])[];
}

/** The counters that follow a run's counts, each from the report's field of the same meaning. */
export const COUNTED: readonly RunCounter[] = [
  ofUsers('listed', 'Users that runs listed.'),
  ofUsers('emitted', 'Users whose event went into the outbox.'),
  ofUsers('unchanged', 'Users whose event says the same as the one delivered last.'),
  ofUsers('removed', 'Users gone by answer of Okta.'),
  ofUsers('left_selection', 'Users who left the selection made by OKTA_USER_SEARCH.'),
  ofUsers('dead_lettered', 'Users whose event was refused for what it is.'),
  {
    name: 'gaps_total',
    help: 'Answers that stayed unknown, by lookup and reason; of group-roles in groups, of users in users, else in events.',
    labelNames: ['lookup', 'reason'],
    read: ({ gaps }) =>
      Object.entries(gaps).flatMap(([lookup, reasons]) =>
        Object.entries(reasons).map(([reason, count]) => [{ lookup, reason }, count] as const),
      ),
  },
  {
    name: 'answers_total',
    help: 'Answers about users by lookup: vouched hold without asking, asked were asked for, both of full runs; proven are old ones that were asked for again, drift those of them that differ though no event said so.',
    labelNames: ['lookup', 'kind'],
    read: ({ vouched = {} }) =>
      Object.entries(vouched).flatMap(([lookup, counts]) =>
        Object.entries(counts).map(([kind, count]) => [{ lookup, kind }, count] as const),
      ),
  },
  {
    name: 'okta_calls_total',
    help: 'Requests to Okta, retries included, by endpoint.',
    labelNames: ['endpoint'],
    read: ({ okta }) => Object.entries(okta.calls).map(([endpoint, count]) => [{ endpoint }, count] as const),
  },
  plain('okta_rate_limited_total', 'Requests that Okta answered with 429.', ({ okta }) => okta.rate_limited),
  plain(
    'okta_wait_seconds_total',
    'Time that calls were held back for a rate limit.',
    ({ okta }) => okta.wait_seconds,
  ),
  plain('intake_batches_total', 'Batches sent for the first time.', ({ intake }) => intake.batches),
  plain('intake_retries_total', 'Batches sent again.', ({ intake }) => intake.retries),
  plain('intake_events_accepted_total', 'Events that the intake confirmed.', ({ intake }) => intake.accepted),
];

function plain(name: string, help: string, read: (counts: RunCounts) => number): RunCounter {
  return { name, help, read: (counts) => [[{}, read(counts)]] };
}

function ofUsers(field: keyof RunCounts['users'], help: string): RunCounter {
  return plain(`users_${field}_total`, help, ({ users }) => users[field]);
}

/** A number that changes whenever a run has made progress. */
export function progressOf({ users, okta, intake }: RunCounts): number {
  const counts = [...Object.values(users), ...Object.values(intake), okta.total_calls];
  return counts.reduce((sum, count) => sum + count, 0);
}
