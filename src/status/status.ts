/** PURE: the state of a worker as one value. The page and `/api/status` show nothing else. */
import * as z from 'zod';
import { SEVERITIES } from '../ports/notices.ts';
import { GAP_REASONS } from '../ports/org.ts';

/** Rises when a field is renamed, removed or takes another meaning; a new field changes nothing. */
export const STATUS_VERSION = 1;

const count = z.int().nonnegative();
const number = z.number().nonnegative();
const instant = z.iso.datetime();
const shares = z.strictObject({ yes: count, no: count, unknown: count });
const mode = z.enum(['full', 'incremental', 'resend', 'marks']);

const reason = z.strictObject({
  code: z.string().describe('from a fixed list'),
  since: instant.optional(),
  what: z.string(),
  todo: z.string(),
});

const now = z
  .discriminatedUnion('state', [
    z.strictObject({
      state: z.literal('running'),
      mode,
      started_at: instant,
      step: z.enum(['reading', 'delivering']).describe('delivering: it reads no more'),
      intake_fails_since: instant.optional().describe('since then the intake takes no event'),
      users_done: count,
      users_expected: count.optional(),
      calls: count,
      calls_left: count.optional(),
      calls_per_minute: number,
      ends_at: instant.optional().describe('a guess, once enough was done'),
    }),
    z.strictObject({ state: z.literal('idle') }),
    z.strictObject({ state: z.literal('unknown') }),
  ])
  .describe('unknown: only the worker knows, and this was made by another process');

const run = z.strictObject({
  mode,
  outcome: z.enum(['completed', 'completed_with_gaps', 'cancelled', 'failed']),
  started_at: instant,
  duration_seconds: number,
  calls: count,
  events: count.describe('that the intake confirmed'),
  error: z.string().optional().describe('its code'),
});

const bucket = z.strictObject({
  bucket: z.string(),
  limit: number.describe('calls a window, as Okta shows them'),
  allowance: number.describe('the part of them that this connector may spend'),
  left: number.describe('of the allowance, in the present window'),
  window_seconds: number,
});

const heap = z
  .strictObject({ events: count.optional(), oldest_at: instant.optional() })
  .describe('empty: not known');

const alert = z.strictObject({
  id: z.string().describe('of the rule'),
  severity: z.enum(SEVERITIES).optional(),
  open: count,
  unconfirmed: count.describe('of the open ones: no run knew enough to say that they still are'),
  since: instant.describe('the oldest of them is open since then'),
});

const signIns = z.strictObject({ recent: count, dormant: count, never: count, unknown: count });

const posture = z.strictObject({
  at: instant,
  users: count,
  may_sign_in: count,
  mfa: shares.describe('of users who may sign in'),
  admins: shares.describe('of users who may sign in'),
  admin_mfa: shares,
  sign_ins: signIns.describe('of users who may sign in; dormant: the last one was more than 90 days ago'),
  service_accounts: shares.describe('of users who may sign in'),
  privileged_groups: shares,
});

const today = posture.extend({
  statuses: z.record(z.string(), z.strictObject({ users: count, mfa: shares })),
  factors: z.record(z.string(), count).describe('users who may sign in, by kind of factor'),
});

export const statusSchema = z.strictObject({
  version: z.literal(STATUS_VERSION),
  product: z.string().describe('the version of okta-ocsf'),
  org: z.string().optional().describe('ORG_LABEL'),
  at: instant,
  time_zone: z.string(),
  health: z.strictObject({
    state: z.enum(['well', 'starting', 'attention', 'unwell']),
    sentence: z.string(),
    reasons: z.array(reason),
  }),
  now,
  next: z.strictObject({
    at: instant.optional(),
    full_at: instant.optional().describe('from then on a run is a full one'),
  }),
  runs: z.strictObject({
    recent: z.array(run).describe('the last 50 that did something, the oldest first'),
    quiet_last_day: count.optional().describe('runs of the last 24 hours that found nothing to do'),
  }),
  buckets: z.array(bucket),
  outbox: heap,
  dead_letters: heap,
  gaps: z
    .array(z.strictObject({ lookup: z.string(), reason: z.enum(GAP_REASONS), count }))
    .describe('answers that are unknown now'),
  alerts: z.array(alert).optional().describe('rules of ALERTS_FILE with open rows; absent: not known'),
  notices: z
    .strictObject({
      waiting: count.describe('messages that the webhook has not confirmed'),
      failing_since: instant.optional().describe('since then the webhook takes none'),
      what: z.string().optional().describe('why, as far as is known'),
    })
    .optional()
    .describe('absent: not known'),
  posture: z
    .strictObject({ today, month_ago: posture.optional(), days: z.array(posture) })
    .optional()
    .describe('absent before the first run that completed'),
});

export type Status = z.output<typeof statusSchema>;
export type RunBar = Status['runs']['recent'][number];
export type BucketUse = Status['buckets'][number];
export type PosturePoint = z.output<typeof posture>;
export type PostureView = NonNullable<Status['posture']>;
