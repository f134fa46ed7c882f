import { GAP_REASONS } from '../ports/org.ts';
import type { Posture, PostureAt, Shares } from '../ports/posture.ts';
import type { Report } from '../ports/report.ts';
import type { LiveFacts, RunNow, StatusFacts, StoredFacts } from './facts.ts';
import { healthOf } from './health.ts';
import { STATUS_VERSION, type PosturePoint, type PostureView, type RunBar, type Status } from './status.ts';
import { DAY_MS } from './words.ts';

const CHANGE_DAYS = 30;
/** They may not sign in, so that their MFA and the like endanger nobody. */
const MAY_NOT_SIGN_IN = new Set(['STAGED', 'SUSPENDED', 'DEPROVISIONED']);

export function makeStatus(facts: StatusFacts): Status {
  const { version, org, timeZone, at, live, stored } = facts;
  const posture = stored === undefined ? undefined : viewOf(stored);
  return {
    version: STATUS_VERSION,
    product: version,
    ...(org === undefined ? {} : { org }),
    at: written(at),
    time_zone: timeZone,
    health: healthOf(facts),
    now: nowOf(live, at),
    next: { ...maybe('at', live?.nextAt), ...maybe('full_at', stored?.fullAt) },
    runs: {
      recent: (stored?.runs ?? []).map(barOf).toReversed(),
      ...(stored === undefined ? {} : { quiet_last_day: stored.quietLastDay }),
    },
    buckets: (live?.budgets ?? [])
      .map(({ bucket, limit, allowance, left, windowMs }) => ({
        bucket,
        limit,
        allowance,
        left: Math.min(left, allowance),
        window_seconds: windowMs / 1000,
      }))
      .toSorted((one, other) => (one.bucket < other.bucket ? -1 : 1)),
    outbox:
      stored === undefined
        ? {}
        : { events: stored.outbox.count, ...maybe('oldest_at', stored.outbox.oldestAt) },
    dead_letters:
      stored === undefined
        ? {}
        : { events: stored.deadLetters.count, ...maybe('oldest_at', stored.deadLetters.oldestAt) },
    gaps: gapsOf(stored),
    ...toldOf(facts),
    ...(posture === undefined ? {} : { posture }),
  };
}

function written(instant: number): string {
  return new Date(instant).toISOString();
}

function maybe<Name extends string>(name: Name, instant: number | undefined): Partial<Record<Name, string>> {
  if (instant === undefined) return {};
  const only: Partial<Record<Name, string>> = {};
  only[name] = written(instant);
  return only;
}

function nowOf(live: LiveFacts | undefined, at: number): Status['now'] {
  if (live === undefined) return { state: 'unknown' };
  return live.run === undefined ? { state: 'idle' } : runningOf(live.run, at);
}

function runningOf(
  { mode, startedAt, progress, isReading, intakeFailsSince }: RunNow,
  at: number,
): Status['now'] {
  const { usersDone, usersTotal, calls, callsLeft, callsPerMinute, secondsLeft } = progress;
  const isTelling = secondsLeft !== undefined && Number.isFinite(secondsLeft);
  return {
    state: 'running',
    mode,
    started_at: written(startedAt),
    step: isReading ? 'reading' : 'delivering',
    ...maybe('intake_fails_since', intakeFailsSince),
    users_done: usersDone,
    ...(usersTotal === undefined ? {} : { users_expected: usersTotal }),
    calls,
    ...(callsLeft === undefined ? {} : { calls_left: Math.round(callsLeft) }),
    calls_per_minute: Math.round(callsPerMinute),
    ...maybe('ends_at', isTelling ? at + secondsLeft * 1000 : undefined),
  };
}

function barOf(report: Report): RunBar {
  const { mode, outcome, started_at, duration_seconds, okta, intake, error } = report;
  return {
    mode,
    outcome,
    started_at,
    duration_seconds,
    calls: okta.total_calls,
    events: intake.accepted,
    ...(error === undefined ? {} : { error: error.code }),
  };
}

/** Severities are those of the rules now: an alert outlives a change of its file until the next run. */
function toldOf({ stored, severities }: StatusFacts): Pick<Status, 'alerts' | 'notices'> {
  if (stored === undefined) return {};
  const { count, failingSince, what } = stored.notices;
  return {
    alerts: stored.alerts.map(({ id, open, unconfirmed, since }) => {
      const severity = severities?.get(id);
      return { id, ...(severity && { severity }), open, unconfirmed, since: written(since) };
    }),
    notices: {
      waiting: count,
      ...maybe('failing_since', failingSince),
      ...(what === undefined ? {} : { what }),
    },
  };
}

function gapsOf(stored: StoredFacts | undefined): Status['gaps'] {
  return Object.entries(stored?.gaps ?? {}).flatMap(([lookup, reasons]) =>
    GAP_REASONS.flatMap((reason) => {
      const count = reasons[reason] ?? 0;
      return count === 0 ? [] : [{ lookup, reason, count }];
    }),
  );
}

function viewOf({ newest, days }: StoredFacts): PostureView | undefined {
  if (newest === undefined) return undefined;
  const { statuses, factors } = newest.posture;
  const monthAgo = days.findLast(({ at }) => at <= newest.at - CHANGE_DAYS * DAY_MS);
  return {
    today: { ...pointOf(newest), statuses: { ...statuses }, factors: { ...factors } },
    ...(monthAgo === undefined ? {} : { month_ago: pointOf(monthAgo) }),
    days: days.map(pointOf),
  };
}

function pointOf({ at, posture }: PostureAt): PosturePoint {
  const mfa = mfaOf(posture);
  return {
    at: written(at),
    users: Object.values(posture.statuses).reduce((sum, { users }) => sum + users, 0),
    may_sign_in: mfa.yes + mfa.no + mfa.unknown,
    mfa,
    admins: { ...posture.admins },
    admin_mfa: { ...posture.adminMfa },
    sign_ins: { ...posture.signIns },
    service_accounts: { ...posture.serviceAccounts },
    privileged_groups: { ...posture.privilegedGroups },
  };
}

function mfaOf({ statuses }: Posture): Shares {
  const those = Object.entries(statuses).filter(([status]) => !MAY_NOT_SIGN_IN.has(status));
  const sum = (answer: keyof Shares): number => those.reduce((all, [, { mfa }]) => all + mfa[answer], 0);
  return { yes: sum('yes'), no: sum('no'), unknown: sum('unknown') };
}
