import type { Posture, PostureAt } from '../ports/posture.ts';
import { aQuietReport } from '../ports/report.fixture.ts';
import type { Report } from '../ports/report.ts';
import type { RunNow, StatusFacts, StoredFacts } from './facts.ts';
import { DAY_MS } from './words.ts';

/** A morning in spring, in UTC. */
export const AT = Date.parse('2026-04-14T08:42:10.000Z');
const MINUTE_MS = 60_000;

interface Scene {
  readonly users: number;
  readonly days?: number;
}

export function postureAt(users: number, day: number): Posture {
  const may = Math.round(users * 0.93);
  const part = (share: number): number => Math.round(may * share);
  const yes = part(0.81 + (day / 91) * 0.12);
  const unknown = part(day > 40 && day < 52 ? 0.09 : 0.006);
  const admins = Math.max(3, part(0.004) - Math.floor(day / 30));
  const unknownAdmins = day > 40 && day < 52 ? Math.ceil(admins / 4) : 0;
  const adminYes = Math.round(admins * (0.9 + (day / 91) * 0.07));
  const dormant = part(0.11 - (day / 91) * 0.03);
  const never = part(0.021);
  const groups = Math.max(4, Math.round(users / 40));
  return {
    statuses: {
      ACTIVE: { users: may, mfa: { yes, no: may - yes - unknown, unknown } },
      SUSPENDED: {
        users: Math.round(users * 0.02),
        mfa: { yes: 0, no: 0, unknown: Math.round(users * 0.02) },
      },
      STAGED: {
        users: users - may - Math.round(users * 0.02),
        mfa: { yes: 0, no: users - may - Math.round(users * 0.02), unknown: 0 },
      },
    },
    admins: { yes: admins, no: may - admins - unknownAdmins, unknown: unknownAdmins },
    adminMfa: { yes: adminYes, no: admins - adminYes, unknown: 0 },
    factors: {
      'security-key': part(0.22),
      fastpass: part(0.41),
      push: part(0.63),
      'one-time-code': part(0.17),
      phone: part(0.08),
      none: may - yes - unknown,
      unknown,
    },
    signIns: { recent: may - dormant - never - part(0.004), dormant, never, unknown: part(0.004) },
    serviceAccounts: { yes: part(0.012), no: part(0.9), unknown: may - part(0.012) - part(0.9) },
    privilegedGroups: {
      yes: Math.max(2, Math.round(groups / 60)),
      no: groups - Math.max(2, Math.round(groups / 60)),
      unknown: 0,
    },
  };
}

function dayRows({ users, days = 91 }: Scene): readonly PostureAt[] {
  return Array.from({ length: days }, (_, at) => {
    const day = 91 - days + at;
    const start = Math.floor(AT / DAY_MS) * DAY_MS - (90 - day) * DAY_MS;
    return { at: start, posture: postureAt(Math.round(users * (0.94 + day / 1500)), day) };
  }).filter((_, at) => at !== 64 && at !== 65);
}

function reportOf(changes: Partial<Report> = {}): Report {
  return aQuietReport({
    started_at: new Date(AT).toISOString(),
    duration_seconds: 12,
    okta: { total_calls: 118, calls: {}, rate_limited: 0, wait_seconds: 4 },
    intake: { batches: 1, accepted: 12, retries: 0, pending: 0 },
    ...changes,
  });
}

/** The newest first: full runs by night, incremental ones by day, and now and then one that fails. */
function reports({ users }: Scene): readonly Report[] {
  return Array.from({ length: 50 }, (_, back) => {
    const started_at = new Date(AT - (4 + back * 47) * MINUTE_MS).toISOString();
    const isFull = back % 24 === 11;
    if (isFull) {
      const okta = { total_calls: Math.round(users * 1.1), calls: {}, rate_limited: 0, wait_seconds: 900 };
      const intake = { batches: 20, accepted: Math.round(users / 30), retries: 0, pending: 0 };
      return reportOf({ mode: 'full', started_at, duration_seconds: users / 9, okta, intake });
    }
    const duration_seconds = 3 + ((back * 37) % 60);
    if (back === 17 || back === 18) {
      const error = { code: 'okta_unavailable', message: 'Okta cannot be reached' };
      return reportOf({ outcome: 'failed', started_at, duration_seconds: 60, error });
    }
    if (back === 30 || back === 31)
      return reportOf({ outcome: 'completed_with_gaps', started_at, duration_seconds });
    if (back === 41) return reportOf({ outcome: 'cancelled', started_at, duration_seconds });
    return reportOf({ started_at, duration_seconds });
  });
}

export function storedOf(scene: Scene = { users: 4800 }, changes: Partial<StoredFacts> = {}): StoredFacts {
  const runs = reports(scene);
  const days = dayRows(scene);
  return {
    runs,
    lastSuccess: runs.find(({ outcome }) => outcome.startsWith('completed')),
    quietLastDay: 41,
    fullAt: AT + 9.2 * 60 * MINUTE_MS,
    outbox: { count: 0, oldestAt: undefined },
    deadLetters: { count: 0, oldestAt: undefined },
    gaps: {},
    notices: { count: 0 },
    alerts: [],
    days,
    newest: days.at(-1),
    ...changes,
  };
}

const BUDGETS = [
  { bucket: 'users', limit: 600, allowance: 300, left: 262 },
  { bucket: 'user', limit: 1200, allowance: 600, left: 489 },
  { bucket: 'groups', limit: 500, allowance: 250, left: 250 },
  { bucket: 'group', limit: 500, allowance: 250, left: 246 },
  { bucket: 'logs', limit: 120, allowance: 60, left: 57 },
  { bucket: 'other', limit: 10_000, allowance: 5000, left: 4998 },
].map((budget) => ({ ...budget, windowMs: 60_000, isLearnt: true }));

/** A worker between two runs. */
export function factsOf(changes: Partial<StatusFacts> = {}): StatusFacts {
  return {
    version: '0.1.0',
    org: undefined,
    timeZone: 'UTC',
    at: AT,
    hindrances: [],
    live: { run: undefined, nextAt: AT + 14 * MINUTE_MS, budgets: BUDGETS },
    stored: storedOf(),
    ...changes,
  };
}

const NOT_KNOWN = { usersTotal: undefined, callsLeft: undefined, secondsLeft: undefined };

export function runUnderWay(changes: Partial<RunNow> = {}): StatusFacts {
  const run: RunNow = {
    mode: 'full',
    startedAt: AT - 35 * MINUTE_MS,
    isReading: true,
    intakeFailsSince: undefined,
    progress: {
      usersDone: 1980,
      usersTotal: 4800,
      calls: 2290,
      callsLeft: 3020,
      callsPerMinute: 63.4,
      secondsLeft: 49 * 60,
    },
    ...changes,
  };
  const budgets = BUDGETS.map(({ left, ...budget }) => ({
    ...budget,
    left: budget.bucket === 'user' ? 7 : Math.round(left * 0.6),
  }));
  return factsOf({
    live: { run, nextAt: undefined, budgets },
    stored: storedOf({ users: 4800 }, { outbox: { count: 340, oldestAt: AT - 20_000 } }),
  });
}

export const SCENES = {
  rest: factsOf({ org: 'acme-production' }),
  run: runUnderWay(),
  waiting: runUnderWay({
    mode: 'incremental',
    startedAt: AT - 13 * MINUTE_MS,
    isReading: false,
    intakeFailsSince: AT - 12 * MINUTE_MS,
    progress: { usersDone: 41, calls: 57, callsPerMinute: 0, ...NOT_KNOWN },
  }),
  failure: factsOf({
    severities: new Map([['admin-without-mfa', 'high']] as const),
    hindrances: [
      {
        code: 'okta_auth',
        since: AT - 190 * MINUTE_MS,
        todo: 'give a valid Okta credential; a file of it that changes is tried at once',
      },
    ],
    live: {
      run: undefined,
      nextAt: AT + 5 * MINUTE_MS,
      budgets: BUDGETS,
    },
    stored: storedOf(
      { users: 4800 },
      {
        runs: [
          ...Array.from({ length: 5 }, (_, back) =>
            reportOf({
              outcome: 'failed',
              started_at: new Date(AT - (10 + back * 35) * MINUTE_MS).toISOString(),
              duration_seconds: 1,
              error: { code: 'okta_auth', message: 'Okta refused the credential' },
            }),
          ),
          ...storedOf().runs.slice(5),
        ],
        outbox: { count: 212, oldestAt: AT - 3 * 60 * MINUTE_MS },
        deadLetters: { count: 3, oldestAt: AT - 2 * DAY_MS },
        gaps: { factors: { refused: 91, unavailable: 4 }, 'group-roles': { unavailable: 1 } },
        notices: { count: 2, failingSince: AT - 90 * MINUTE_MS, what: 'cannot take messages now (HTTP 503)' },
        alerts: [
          { id: 'admin-without-mfa', open: 3, unconfirmed: 1, since: AT - DAY_MS },
          { id: 'new-admins', open: 12, unconfirmed: 0, since: AT - 40 * MINUTE_MS },
        ],
      },
    ),
  }),
  empty: factsOf({
    hindrances: [{ code: 'not_checked', since: AT, todo: 'wait: the checks at the start are under way' }],
    live: {
      run: undefined,
      nextAt: undefined,
      budgets: [],
    },
    stored: undefined,
  }),
  large: factsOf({ org: 'acme-worldwide', stored: storedOf({ users: 100_000 }) }),
  frozen: factsOf({
    live: undefined,
    stored: storedOf({ users: 4800 }, { deadLetters: { count: 3, oldestAt: AT - 2 * DAY_MS } }),
  }),
} as const;
