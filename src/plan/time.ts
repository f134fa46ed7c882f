import type { Budget } from '../ports/source.ts';
import { endpointOf } from '../okta/endpoints.ts';
import { totalOf, type Calls } from './call-counts.ts';

/** The calls of a run that spend one bucket, and how long they take. */
export interface BucketPlan {
  readonly bucket: string;
  readonly calls: number;
  /** Calls a window, as Okta shows them. */
  readonly limit: number;
  readonly windowSeconds: number;
  /** True when no answer has shown the limit yet. */
  readonly isGuess: boolean;
  readonly minutesAtShare: number;
  readonly minutesAtFull: number;
}

/**
 * One entry for each bucket, the longest first. Buckets are spent at the same time, so a run lasts as long as the
 * longest.
 */
export function planTime(calls: Calls, budgetOf: (endpoint: string) => Budget): readonly BucketPlan[] {
  const counted = [...calls].filter(([endpoint]) => endpointOf(endpoint)?.isUncounted !== true);
  const buckets = Map.groupBy(counted, ([endpoint]) => budgetOf(endpoint).bucket);
  return [...buckets.values()]
    .map((entries) => planBucket(budgetOf(entries[0]?.[0] ?? ''), totalOf(new Map(entries))))
    .toSorted((left, right) => right.minutesAtShare - left.minutesAtShare);
}

function planBucket({ bucket, limit, allowance, windowMs, isLearnt }: Budget, calls: number): BucketPlan {
  const minutes = windowMs / 60_000;
  return {
    bucket,
    calls,
    limit,
    windowSeconds: windowMs / 1000,
    isGuess: !isLearnt,
    minutesAtShare: (calls / allowance) * minutes,
    minutesAtFull: (calls / limit) * minutes,
  };
}
