import { ASSET_QUESTIONS } from './asset-calls.ts';
import * as z from 'zod';
import { JSON_VERSION, jsonVersion, type OutputOf } from '../ports/json-output.ts';
import { LOOKUPS } from '../ports/org.ts';
import { totalOf } from './call-counts.ts';
import type { Plan } from './plan.ts';

const count = z.int().nonnegative();
const number = z.number().nonnegative();
const calls = z.record(z.string(), count);
const part = z.number().positive();

const question = z.object({
  question: z
    .enum([...new Set(['start', 'users', 'memberships', 'changes', ...LOOKUPS, ...ASSET_QUESTIONS] as const)])
    .describe('a lookup, what comes before it, or a question about assets'),
  way: z.string().describe('how it will be asked, in words'),
  why: z.string().describe('the reason, in words'),
  total_calls: count.describe('its calls'),
  calls: calls.describe('the same by endpoint'),
  bucket: z.string().optional().describe('the bucket that takes longest; told only where `ASSETS` has any'),
  minutes: number.optional().describe('how long that takes at `share`'),
  alternatives: z
    .array(
      z.object({
        way: z.string().describe('another way, in words'),
        calls: count.describe('what it would take'),
      }),
    )
    .describe('ways that were not chosen'),
});

const bucket = z.object({
  bucket: z.string().describe('its name'),
  calls: count.describe('calls that are counted in it'),
  limit: number.describe('calls a window, as Okta shows them'),
  window_seconds: number.describe('how long a window lasts'),
  is_guess: z.boolean().describe('no answer has shown the limit yet'),
  minutes: number.describe('at `share`'),
  minutes_at_full_share: number.describe('at a share of 1'),
});

/** `plan --json`, field by field. Scripts rely on these names. */
export const PLAN_SCHEMA = z.object({
  version: jsonVersion,
  basis: z
    .enum(['listed', 'inventory', 'quick'])
    .describe("where the numbers are from: Okta's listings, the inventory, or the sizes of groups alone"),
  users: count.describe('users that a listing returns'),
  groups: count.optional().describe('groups of the org; absent where they cannot be listed'),
  groups_per_user: number.optional().describe('on average'),
  total_calls: count.describe('calls of a full run that asks everybody, when nothing fails'),
  next_full_run: z
    .object({ total_calls: count.describe('about how many calls it makes') })
    .optional()
    .describe('the next full run, where answers of earlier runs still hold'),
  calls: calls.describe('`total_calls` by endpoint'),
  naive_calls: count.describe('of a connector that asks user by user, group by group'),
  share: part.describe('`OKTA_RATE_LIMIT_SHARE`'),
  org_share: z
    .object({
      shown: number.describe("the part of the org's limit that Okta shows as the limit"),
      spent: number.describe('the part of it that is spent at most'),
    })
    .optional()
    .describe("where the limits shown look like this credential's own share: parts of the org's limits"),
  minutes: number.describe('how long the run takes at `share`'),
  minutes_at_full_share: number.describe('how long at a share of 1'),
  binding_bucket: z.string().optional().describe('the bucket that decides how long'),
  questions: z.array(question).describe('each question of the run, in order'),
  buckets: z.array(bucket).describe("Okta's rate-limit buckets, the longest first"),
  lookups: z
    .partialRecord(
      z.enum(LOOKUPS),
      z.object({
        calls: z.int().describe('calls that a run without it spares'),
        minutes: z.number().describe('how much sooner the run would end'),
      }),
    )
    .describe('what each lookup costs'),
});

export function planJson(plan: Plan): OutputOf<typeof PLAN_SCHEMA> {
  const { basis, share, orgShare, org, total, naive, minutesAtShare, minutesAtFull } = plan;
  return {
    version: JSON_VERSION,
    basis,
    users: org.users,
    groups: org.groups,
    groups_per_user: org.groupsPerUser === undefined ? undefined : rounded(org.groupsPerUser),
    total_calls: total,
    next_full_run: plan.nextTotal === undefined ? undefined : { total_calls: plan.nextTotal },
    calls: Object.fromEntries(plan.calls),
    naive_calls: naive,
    share,
    org_share: orgShare,
    minutes: rounded(minutesAtShare),
    minutes_at_full_share: rounded(minutesAtFull),
    binding_bucket: plan.buckets[0]?.bucket,
    questions: plan.questions.map(({ question, way, why, calls, bucket, minutes, alternatives }) => ({
      question,
      way,
      why,
      total_calls: totalOf(calls),
      calls: Object.fromEntries(calls),
      bucket,
      minutes: minutes === undefined ? undefined : rounded(minutes),
      alternatives,
    })),
    buckets: plan.buckets.map((each) => ({
      bucket: each.bucket,
      calls: each.calls,
      limit: each.limit,
      window_seconds: each.windowSeconds,
      is_guess: each.isGuess,
      minutes: rounded(each.minutesAtShare),
      minutes_at_full_share: rounded(each.minutesAtFull),
    })),
    lookups: Object.fromEntries(
      plan.lookups.map(({ lookup, calls, minutes }) => [lookup, { calls, minutes: rounded(minutes) }]),
    ),
  };
}

function rounded(value: number): number {
  return Math.round(value * 100) / 100;
}
