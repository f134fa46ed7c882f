import type { RunCounts } from '../ports/report.ts';

interface Changes {
  readonly users?: Partial<RunCounts['users']>;
  readonly gaps?: RunCounts['gaps'];
  readonly okta?: Partial<RunCounts['okta']>;
  readonly intake?: Partial<RunCounts['intake']>;
}

/** The counts of a run that has done nothing but what is said. */
export function runCounts({ users, gaps = {}, okta, intake }: Changes = {}): RunCounts {
  return {
    users: { listed: 0, emitted: 0, unchanged: 0, removed: 0, left_selection: 0, dead_lettered: 0, ...users },
    gaps,
    okta: { total_calls: 0, calls: {}, rate_limited: 0, wait_seconds: 0, ...okta },
    intake: { batches: 0, accepted: 0, retries: 0, ...intake },
  };
}
