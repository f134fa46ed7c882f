import * as z from 'zod';
import { ASSET_KINDS } from '../ports/asset.ts';
import { ASSET_GAPS } from '../ports/assets.ts';
import { GAP_REASONS, LOOKUPS } from '../ports/org.ts';
import type { Report } from '../ports/report.ts';

const count = z.int().nonnegative();
const seconds = z.number().nonnegative();
const instant = z.iso.datetime();
const lookup = z.enum(LOOKUPS);
const subject = z.enum([...LOOKUPS, ...ASSET_KINDS.map((kind) => `${kind}s` as const), ...ASSET_GAPS]);
const gaps = z.partialRecord(subject, z.partialRecord(z.enum(GAP_REASONS), count));

const users = z.object({
  listed: count.describe('users that listings of this run returned'),
  emitted: count.describe('events that entered the outbox'),
  unchanged: count.describe('users whose event would say nothing new'),
  removed: count.describe("users who are gone by Okta's 404 for that user"),
  left_selection: count.describe('users whom the settings select no more; nothing is sent about them'),
  dead_lettered: count.describe('events that were refused for what they are'),
});

const okta = z.object({
  total_calls: count.describe('every request, retries and token requests included'),
  calls: z.record(z.string(), count).describe('the same by endpoint'),
  rate_limited: count.describe('answers 429'),
  rate_limited_in: z
    .record(z.string(), count)
    .exactOptional()
    .describe('the same by bucket; `concurrency` is the limit of calls at once'),
  wait_seconds: seconds.describe('the time in which calls waited for the pace, even spacing included'),
  waits: z
    .record(z.string(), seconds)
    .exactOptional()
    .describe('the same by bucket of the rate limit; they are waited for at the same time'),
  org_share: z
    .object({
      shown: z.number().describe("the part of the org's limit that Okta shows as the limit"),
      spent: z.number().describe('the part of it that is spent at most'),
    })
    .exactOptional()
    .describe("where the limits shown look like this credential's own share: parts of the org's limits"),
  missing_scopes: z.array(z.string()).exactOptional().describe('scopes that Okta did not grant'),
});

const intake = z.object({
  batches: count.describe('batches that were pushed'),
  accepted: count.describe('events that the intake confirmed'),
  retries: count.describe('batches that were sent again'),
  pending: count.describe('events that wait in the outbox'),
});

/** The report of a run, field by field: the JSON schema and docs/reference.md are made from it. */
export const REPORT_SCHEMA = z.object({
  org: z.string().exactOptional().describe('`ORG_LABEL`'),
  version: z.string().describe('of okta-ocsf; later versions add fields and rename none'),
  dialect: z.string().describe('`DIALECT`'),
  outcome: z
    .enum(['completed', 'completed_with_gaps', 'cancelled', 'failed'])
    .describe('how the run ended; gaps that stand from earlier runs count'),
  mode: z
    .enum(['full', 'incremental', 'resend', 'marks'])
    .describe(
      '`resend` sent again what is known, without a call to Okta; `marks` read what event hooks have named',
    ),
  run_id: z.string().describe('the id of the run, also in its log lines'),
  started_at: instant.describe('when it started'),
  duration_seconds: seconds.describe('how long it took'),
  users: users.describe('users by what became of them'),
  gaps: gaps.describe(
    'by lookup and reason: users (of `group-roles`: groups) whose answer is unknown in this run',
  ),
  stale: z
    .partialRecord(
      lookup,
      z.object({
        count: count.describe('how many'),
        oldest_seconds: seconds.describe('the age of the oldest'),
      }),
    )
    .describe('by lookup: last known answers that stood in for a failed lookup'),
  standing: z
    .object({
      gaps: gaps.describe('by lookup and reason'),
      dead_letters: count.describe('`okta-ocsf dead-letters` tells why'),
    })
    .exactOptional()
    .describe(
      'what is in the inventory now, whichever run met it (`--strict` looks at this); absent where it cannot be read',
    ),
  okta: okta.describe('calls to Okta'),
  intake: intake.describe('pushes to the intake'),
  vouched: z
    .partialRecord(
      lookup,
      z.object({
        vouched: count.describe('answers that hold since the System Log vouches for them'),
        asked: count.describe('answers that were asked for'),
        proven: count.describe('old answers that were asked for again'),
        drift: count.describe('those of them that differed though no event had said so'),
      }),
    )
    .exactOptional()
    .describe('by lookup, of listed users'),
  assets: z
    .partialRecord(
      z.enum(['groups', 'apps', 'app_users', 'rules', 'devices', 'org', 'roles']),
      z.object({
        listed: count.describe('entries that lists gave'),
        changed: count.describe(
          'records that are new or say something new; of `app_users`, applications whose users are others than before',
        ),
        removed: count.describe("records that are gone by Okta's own 404"),
        not_asked: count.describe(
          'of `app_users`: applications that everybody has, whose users are not asked for',
        ),
      }),
    )
    .exactOptional()
    .describe('what was read beside users, with `ASSETS`'),
  hooks: z
    .object({
      requests: count.describe('requests that were accepted'),
      events: count.describe('events that named something to read again'),
      refused: count.describe('requests that were refused, or could not be read'),
      runs: count.describe('how often what they named was read at once'),
    })
    .exactOptional()
    .describe('event hooks since the last full or incremental run, with `HOOK_PORT`'),
  alerts: z
    .record(
      z.string(),
      z.object({
        open: count.describe('rows that are open now'),
        new: count.describe('those of them that this run opened'),
        closed: count.describe('rows that this run closed'),
        unconfirmed: count.describe(
          'rows that are open although the query does not have them any more: too little is known to close them',
        ),
      }),
    )
    .exactOptional()
    .describe('by the ids of the rules in `ALERTS_FILE`; a run that is not complete evaluates none'),
  due: z
    .object({
      factors: count.describe('users whose factors are still to be read again'),
      until: instant.describe('when they will have been'),
    })
    .exactOptional()
    .describe('what a change of a policy may have moved'),
  group_roles_verified: z
    .object({
      groups: count.describe('groups that were asked for roles whatever their admin flag says'),
      wrong_flags: count.describe('flags that were wrong'),
    })
    .exactOptional()
    .describe('every few full runs (`VERIFY_GROUP_ROLES`)'),
  notes: z.array(z.string()).exactOptional().describe('facts that no number shows, for people'),
  error: z
    .object({
      code: z.string().describe('one of a fixed list'),
      message: z.string().describe('what happened'),
      hint: z.string().exactOptional().describe('what to do'),
    })
    .exactOptional()
    .describe('why the run failed'),
});

/** Did this version, or one that wrote the same fields, write it? Fields that are unknown do no harm. */
export function isReport(value: unknown): value is Report {
  const schema: z.ZodType<Report> = REPORT_SCHEMA;
  return schema.safeParse(value).success;
}
