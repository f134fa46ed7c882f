/**
 * THE TABLE of the worker's metrics. Their instruments, the table in docs/operations.md and the dashboard in
 * deploy/grafana are made from it. Labels have values of fixed lists only: never an id, a login, a URL or a message.
 */

/** The sections of the page and of the dashboard. */
const TOPICS = ['runs', 'posture', 'users', 'Okta', 'hooks', 'intake', 'worker'] as const;

interface Declared {
  readonly kind: 'counter' | 'gauge' | 'histogram';
  readonly topic: (typeof TOPICS)[number];
  readonly help: string;
  readonly labels?: readonly string[];
  /** Only a worker that takes event hooks has it. */
  readonly needsHooks?: true;
  /** Upper bounds in seconds, of a histogram. */
  readonly buckets?: readonly number[];
}

const REQUEST_BUCKETS_S = [0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30];
const HOOK_LAG_BUCKETS_S = [60];
const HOOK_DELIVERY_BUCKETS_S = [5, 15];
const RUN_BUCKETS_S = [10, 60, 600, 3600, 21_600];

/** By the name without the prefix. */
const METRICS = {
  runs_total: {
    kind: 'counter',
    topic: 'runs',
    help: 'Runs that have ended, by mode and outcome; mode unknown: the run failed before it had one.',
    labels: ['mode', 'outcome'],
  },
  run_failures_total: {
    kind: 'counter',
    topic: 'runs',
    help: 'Failed runs, by the code of the error that ended them.',
    labels: ['code'],
  },
  run_duration_seconds: {
    kind: 'histogram',
    topic: 'runs',
    help: 'How long runs took, by mode and outcome.',
    labels: ['mode', 'outcome'],
    buckets: RUN_BUCKETS_S,
  },
  run_in_progress: {
    kind: 'gauge',
    topic: 'runs',
    help: '1 while a run is under way, else 0.',
  },
  run_users: {
    kind: 'gauge',
    topic: 'runs',
    help: 'Users that the run under way is done with. Absent between runs.',
  },
  run_users_expected: {
    kind: 'gauge',
    topic: 'runs',
    help: 'Users that the run under way will be done with when it ends. Absent until it is known.',
  },
  run_calls_left: {
    kind: 'gauge',
    topic: 'runs',
    help: 'Calls that the run under way has still to make. Absent until it is known.',
  },
  run_seconds_left: {
    kind: 'gauge',
    topic: 'runs',
    help: 'Time that the run under way still takes, at the pace of its last minutes. Absent until it is known.',
  },
  last_success_timestamp_seconds: {
    kind: 'gauge',
    topic: 'runs',
    help: 'When the last run ended that did not fail, also one of an earlier worker; runs for event hooks do not count. Absent until one has.',
  },
  last_full_run_timestamp_seconds: {
    kind: 'gauge',
    topic: 'runs',
    help: 'When the last full run had read the whole org, also one of an earlier worker. Absent until one has.',
  },
  next_run_timestamp_seconds: {
    kind: 'gauge',
    topic: 'runs',
    help: 'When the next run is due. Absent until it is known.',
  },
  users: {
    kind: 'gauge',
    topic: 'posture',
    help: 'Users by Okta status, and whether they have MFA by MFA_RULE; unknown is never counted as no. Of deactivated users it is always unknown. Absent until a run has completed.',
    labels: ['status', 'mfa'],
  },
  admins: {
    kind: 'gauge',
    topic: 'posture',
    help: 'Users who are Admin by ADMIN_RULE and may sign in, and whether they have MFA by MFA_RULE. Absent until a run has completed.',
    labels: ['mfa'],
  },
  alert_rows: {
    kind: 'gauge',
    topic: 'posture',
    help: 'Open rows of the rules in ALERTS_FILE, as the last run that completed found them. Rules for which there is no room within 400 series count together as other. Absent without rules.',
    labels: ['alert'],
  },
  users_listed_total: { kind: 'counter', topic: 'users', help: 'Users that runs listed.' },
  users_emitted_total: {
    kind: 'counter',
    topic: 'users',
    help: 'Users whose event went into the outbox.',
  },
  users_unchanged_total: {
    kind: 'counter',
    topic: 'users',
    help: 'Users whose event says the same as the one delivered last.',
  },
  users_removed_total: { kind: 'counter', topic: 'users', help: 'Users gone by answer of Okta.' },
  users_left_selection_total: {
    kind: 'counter',
    topic: 'users',
    help: 'Users who left the selection made by OKTA_USER_SEARCH.',
  },
  users_dead_lettered_total: {
    kind: 'counter',
    topic: 'users',
    help: 'Users whose event was refused for what it is.',
  },
  gaps_total: {
    kind: 'counter',
    topic: 'users',
    help: 'Answers that stayed unknown, by lookup and reason; of group-roles in groups, of users in users, else in events.',
    labels: ['lookup', 'reason'],
  },
  standing_gaps: {
    kind: 'gauge',
    topic: 'users',
    help: 'Answers that are unknown now, whichever run could not learn them; of group-roles in groups, else in users.',
    labels: ['lookup', 'reason'],
  },
  standing_dead_letters: {
    kind: 'gauge',
    topic: 'users',
    help: 'Users whose event is refused for what it is, whichever run met it. Absent until it is known.',
  },
  answers_total: {
    kind: 'counter',
    topic: 'users',
    help: 'Answers about users by lookup: vouched hold without asking, asked were asked for, both of full runs; proven are old ones that were asked for again, drift those of them that differ though no event said so.',
    labels: ['lookup', 'kind'],
  },
  oldest_answer_timestamp_seconds: {
    kind: 'gauge',
    topic: 'users',
    help: 'When the answer that was asked for longest ago was asked for, by lookup. Absent where none is known.',
    labels: ['lookup'],
  },
  okta_calls_total: {
    kind: 'counter',
    topic: 'Okta',
    help: 'Requests to Okta, retries included, by endpoint.',
    labels: ['endpoint'],
  },
  okta_call_duration_seconds: {
    kind: 'histogram',
    topic: 'Okta',
    help: 'How long requests to Okta took, from sending to the last byte; waits for the pace are not in it.',
    buckets: REQUEST_BUCKETS_S,
  },
  okta_rate_limited_total: {
    kind: 'counter',
    topic: 'Okta',
    help: 'Requests that Okta answered with 429, by bucket; concurrency is the limit of calls at once, own stands for the buckets of single endpoints.',
    labels: ['bucket'],
  },
  okta_wait_seconds_total: {
    kind: 'counter',
    topic: 'Okta',
    help: 'Time that calls were held back for a rate limit.',
  },
  okta_bucket_limit: {
    kind: 'gauge',
    topic: 'Okta',
    help: 'Calls a window that Okta shows as the limit, by bucket. Absent until an answer has shown it.',
    labels: ['bucket'],
  },
  okta_bucket_allowance: {
    kind: 'gauge',
    topic: 'Okta',
    help: 'Our part of the limit, in calls a window, by bucket.',
    labels: ['bucket'],
  },
  okta_bucket_left: {
    kind: 'gauge',
    topic: 'Okta',
    help: 'Our calls that are left in the present window, by bucket.',
    labels: ['bucket'],
  },
  hook_requests_total: {
    kind: 'counter',
    topic: 'hooks',
    help: 'Requests to the port of event hooks, by outcome.',
    labels: ['outcome'],
    needsHooks: true,
  },
  hook_events_total: {
    kind: 'counter',
    topic: 'hooks',
    help: 'Events of accepted hooks; used="no": they named nothing to read, or had come before.',
    labels: ['used'],
    needsHooks: true,
  },
  hook_lag_seconds: {
    kind: 'histogram',
    topic: 'hooks',
    help: 'How long after its publication an event came by a hook.',
    buckets: HOOK_LAG_BUCKETS_S,
    needsHooks: true,
  },
  hook_to_delivery_seconds: {
    kind: 'histogram',
    topic: 'hooks',
    help: 'How long after the receipt of a hook the intake had confirmed what came of it.',
    buckets: HOOK_DELIVERY_BUCKETS_S,
    needsHooks: true,
  },
  intake_batches_total: { kind: 'counter', topic: 'intake', help: 'Batches sent for the first time.' },
  intake_retries_total: { kind: 'counter', topic: 'intake', help: 'Batches sent again.' },
  intake_events_accepted_total: {
    kind: 'counter',
    topic: 'intake',
    help: 'Events that the intake confirmed.',
  },
  intake_push_duration_seconds: {
    kind: 'histogram',
    topic: 'intake',
    help: 'How long pushes of a batch took, whatever the answer.',
    buckets: REQUEST_BUCKETS_S,
  },
  outbox_events: {
    kind: 'gauge',
    topic: 'intake',
    help: 'Events that the intake has not confirmed yet. Absent until it is known.',
  },
  outbox_oldest_timestamp_seconds: {
    kind: 'gauge',
    topic: 'intake',
    help: 'When the oldest event that the intake has not confirmed entered the outbox. Absent where none waits.',
  },
  ready: {
    kind: 'gauge',
    topic: 'worker',
    help: '1 while /readyz says ready, else 0.',
  },
  notices_waiting: {
    kind: 'gauge',
    topic: 'worker',
    help: 'Alerts and notices that the webhook has not confirmed yet, after the last run. Absent until it is known.',
  },
  notice_failures_total: {
    kind: 'counter',
    topic: 'worker',
    help: 'Times that the webhook did not take an alert or notice, so that it waits for the next run.',
  },
  secret_timestamp_seconds: {
    kind: 'gauge',
    topic: 'worker',
    help: 'When each secret was last changed, by setting: of a file the time of its last change (since="file"), else when the worker read it, at its start (since="start").',
    labels: ['setting', 'since'],
  },
  inventory_bytes: {
    kind: 'gauge',
    topic: 'worker',
    help: 'Size of the inventory on disk, with its log of changes. Absent where there is none.',
  },
  build_info: { kind: 'gauge', topic: 'worker', help: 'The version that runs.', labels: ['version'] },
} as const satisfies Readonly<Record<string, Declared>>;

export type MetricName = keyof typeof METRICS;
export type NameOf<Kind extends Declared['kind']> = {
  [Name in MetricName]: (typeof METRICS)[Name]['kind'] extends Kind ? Name : never;
}[MetricName];

export const PREFIX = 'okta_ocsf_';

/** The table's rows, each with its name. */
export const DECLARED: readonly (Declared & { readonly name: MetricName })[] = Object.entries<Declared>(
  METRICS,
).flatMap(([name, declared]) => (isName(name) ? [{ ...declared, name }] : []));

function isName(name: string): name is MetricName {
  return Object.hasOwn(METRICS, name);
}
