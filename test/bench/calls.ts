import type { Told } from './org-process.ts';
import { openStage, reportOf } from './stage.ts';

/** The cost of one run of an org. */
export interface SizeResult {
  readonly users: number;
  /** The number of users who can have factors. */
  readonly users_with_factors: number;
  readonly total_calls: number;
  readonly calls_per_user: number;
  readonly calls: Readonly<Record<string, number>>;
  /** users/200 + users * (3 + groups per user) */
  readonly naive_calls: number;
  readonly naive_calls_per_user: number;
  readonly calls_per_user_without_factors: number | null;
  readonly seconds: number;
  readonly peak_rss_megabytes: number;
}

export interface OrgSize {
  readonly users: number;
  readonly groups: number;
  readonly groupsPerUser: number;
  readonly adminGroups: number;
  readonly admins: number;
}

/** As good as none. */
const OFF = { limits: 1e9, windowSeconds: 60 };
const WITHOUT_FACTORS = { LOOKUPS: 'groups,group-roles,roles' };

/** Calls and memory of a first run with the limits off. */
export async function measureSize(size: OrgSize, hasCheapRun: boolean): Promise<SizeResult> {
  const stage = await openStage({ org: size, okta: { rates: OFF } });
  try {
    const ran = await stage.run(['sync']);
    const { okta, duration_seconds: seconds } = reportOf(ran);
    const { active } = stage.opened;
    const naive = Math.round(active / 200 + active * (3 + size.groupsPerUser));
    const cheap = hasCheapRun ? await stage.run(['sync', '--full'], WITHOUT_FACTORS) : undefined;
    return {
      users: size.users,
      users_with_factors: active,
      total_calls: okta.total_calls,
      calls_per_user: okta.total_calls / active,
      calls: okta.calls,
      naive_calls: naive,
      naive_calls_per_user: naive / active,
      calls_per_user_without_factors: cheap === undefined ? null : reportOf(cheap).okta.total_calls / active,
      seconds,
      peak_rss_megabytes: Math.round(ran.peakMegabytes),
    };
  } finally {
    await stage.close();
  }
}

export interface PaceResult {
  readonly calls: number;
  readonly seconds: number;
  /** The largest of calls / (limit * share) over the buckets, in windows of that length. */
  readonly floor_seconds: number;
  readonly windows: number;
  readonly time_over_floor: number;
  readonly rate_limited: number;
  /** Of the users' bucket, over the windows between the first and the last. */
  readonly share_spent: number;
}

export interface PaceSetting {
  readonly org: OrgSize;
  readonly windowSeconds: number;
  /** Okta's own defaults where absent. */
  readonly limits?: number;
  readonly share: number;
}

/** Time and spending of a run under Okta's default limits, whose minute lasts `windowSeconds`. */
export async function measurePace(setting: PaceSetting, competitorShare: number): Promise<PaceResult> {
  const { org, windowSeconds, limits, share } = setting;
  const rates = { windowSeconds, competitorShare, ...(limits === undefined ? {} : { limits }) };
  const stage = await openStage({ org, okta: { rates, latencyMs: 20 } });
  try {
    const report = reportOf(await stage.run(['sync'], { OKTA_RATE_LIMIT_SHARE: String(share) }));
    const { windows } = await stage.tell();
    const floors = floorsOf(windows, share, windowSeconds);
    const floor = Math.max(...floors.values());
    return {
      calls: report.okta.total_calls,
      seconds: report.duration_seconds,
      floor_seconds: floor,
      windows: floor / windowSeconds,
      time_over_floor: report.duration_seconds / floor,
      rate_limited: report.okta.rate_limited,
      share_spent: shareSpent(windows),
    };
  } finally {
    await stage.close();
  }
}

function floorsOf(
  windows: Told['windows'],
  share: number,
  windowSeconds: number,
): ReadonlyMap<string, number> {
  const floors = new Map<string, number>();
  for (const { bucket, spent, limit } of windows) {
    floors.set(bucket, (floors.get(bucket) ?? 0) + (spent / (limit * share)) * windowSeconds);
  }
  return floors;
}

function shareSpent(windows: Told['windows']): number {
  const whole = windows.filter(({ bucket }) => bucket === 'users').slice(1, -1);
  const spent = whole.reduce((sum, window) => sum + window.spent / window.limit, 0);
  return spent / Math.max(1, whole.length);
}
