import { totalOf, type Calls } from '../plan/call-counts.ts';
import type { Budget, CallCount } from '../ports/source.ts';
import type { Clock } from '../ports/clock.ts';
import type { ProgressSnapshot } from '../ports/progress.ts';

/** The time left is shown from this share on; before, it would be a guess. */
const LEAST_SHARE_DONE = 0.02;
/** The pace is measured over the last minutes only. */
const RECENT_MS = 5 * 60_000;
const LEAST_MS_BETWEEN = 500;

/** The calls that a run will have made when it ends, as far as that is known. */
export interface Expected {
  readonly users: number | undefined;
  readonly calls: Calls;
}

export interface MeterParts {
  readonly clock: Clock;
  readonly count: () => Pick<CallCount, 'calls'>;
  readonly budgetOf: (endpoint: string) => Budget;
}

interface Sample {
  readonly at: number;
  readonly calls: Calls;
}

/**
 * Shows how a run goes on, from its counters: its pace, what the bucket that takes longest still allows, and the time
 * left.
 */
export function createMeter({
  clock,
  count,
  budgetOf,
}: MeterParts): (usersDone: number, expected: Expected | undefined) => ProgressSnapshot {
  const samples: Sample[] = [{ at: clock.now(), calls: new Map(count().calls) }];

  function takeSample(): { readonly now: Sample; readonly before: Sample } {
    const now = { at: clock.now(), calls: count().calls };
    const last = samples.at(-1)?.at ?? 0;
    if (now.at - last >= LEAST_MS_BETWEEN) samples.push({ ...now, calls: new Map(now.calls) });
    while (samples.length > 2 && now.at - (samples[1]?.at ?? 0) > RECENT_MS) samples.shift();
    return { now, before: samples[0] ?? now };
  }

  return (usersDone, expected) => {
    const { now, before } = takeSample();
    const minutes = Math.max(1, now.at - before.at) / 60_000;
    const calls = totalOf(now.calls);
    const left = expected === undefined ? [] : bucketsLeft(expected.calls, { now, before }, budgetOf);
    const binding = left.toSorted((one, other) => other.seconds - one.seconds)[0];
    const isTelling = expected !== undefined && calls >= totalOf(expected.calls) * LEAST_SHARE_DONE;
    return {
      usersDone,
      usersTotal: expected?.users,
      calls,
      callsLeft: expected === undefined ? undefined : callsLeft(expected.calls, now.calls),
      callsPerMinute: (calls - totalOf(before.calls)) / minutes,
      budget: binding === undefined ? undefined : { ...binding.budget },
      secondsLeft: isTelling ? (binding?.seconds ?? 0) : undefined,
    };
  };
}

function callsLeft(expected: Calls, made: Calls): number {
  const left = [...expected].map(([endpoint, count]) => Math.max(0, count - (made.get(endpoint) ?? 0)));
  return left.reduce((sum, count) => sum + count, 0);
}

interface BucketLeft {
  readonly budget: Budget;
  readonly seconds: number;
}

/**
 * Works bucket by bucket, since they are spent at the same time: the calls left, at the recent pace or the share,
 * whichever is less.
 */
function bucketsLeft(
  expected: Calls,
  { now, before }: { readonly now: Sample; readonly before: Sample },
  budgetOf: (endpoint: string) => Budget,
): BucketLeft[] {
  const endpoints = [...new Set([...expected.keys(), ...now.calls.keys()])];
  const buckets = Map.groupBy(endpoints, (endpoint) => budgetOf(endpoint).bucket);
  const seconds = Math.max(1, now.at - before.at) / 1000;
  return [...buckets.values()].map((members) => {
    const budget = budgetOf(members[0] ?? '');
    const sum = (calls: Calls): number =>
      members.reduce((all, endpoint) => all + (calls.get(endpoint) ?? 0), 0);
    const allowed = budget.allowance / (budget.windowMs / 1000);
    const recent = (sum(now.calls) - sum(before.calls)) / seconds;
    const pace = recent === 0 ? allowed : Math.min(allowed, recent);
    return { budget, seconds: Math.max(0, sum(expected) - sum(now.calls)) / pace };
  });
}
