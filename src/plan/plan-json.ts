import { totalOf } from './call-counts.ts';
import type { Plan } from './plan.ts';

/** The plan as JSON. Scripts rely on these names. */
export function planJson(plan: Plan): object {
  const { basis, share, orgShare, org, total, naive, minutesAtShare, minutesAtFull } = plan;
  return {
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
    questions: plan.questions.map(({ question, way, why, calls, alternatives }) => ({
      question,
      way,
      why,
      total_calls: totalOf(calls),
      calls: Object.fromEntries(calls),
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
