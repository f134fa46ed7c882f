import type { Report } from './report.ts';

/** The report of a run that read 1,200 users and delivered them all. */
export function aReport(given: Partial<Report> = {}): Report {
  return {
    version: '0.1.0',
    dialect: 'sekoia',
    outcome: 'completed',
    mode: 'full',
    run_id: 'run-1',
    started_at: '2026-08-01T10:00:00.000Z',
    duration_seconds: 61.26,
    users: { listed: 1200, emitted: 1200, unchanged: 0, removed: 0, left_selection: 0, dead_lettered: 0 },
    gaps: {},
    stale: {},
    okta: {
      total_calls: 1500,
      calls: { '/api/v1/users': 6, '/api/v1/users/{id}/factors': 1494 },
      rate_limited: 0,
      wait_seconds: 0,
    },
    intake: { batches: 12, accepted: 1200, retries: 0, pending: 0 },
    ...given,
  };
}

/** The report of an incremental run that found nothing new. */
export function aQuietReport(given: Partial<Report> = {}): Report {
  return aReport({
    mode: 'incremental',
    duration_seconds: 2,
    users: { listed: 3, emitted: 0, unchanged: 3, removed: 0, left_selection: 0, dead_lettered: 0 },
    intake: { batches: 0, accepted: 0, retries: 0, pending: 0 },
    ...given,
  });
}
