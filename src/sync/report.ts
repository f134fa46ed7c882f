import { LOOKUPS } from '../ports/org.ts';
import type { ConnectorError } from '../ports/errors.ts';
import type { Standing } from '../ports/reader.ts';
import { factorsDueNow } from './changes/due-factors.ts';
import type { Job } from './job.ts';
import type {
  AlertCounts,
  GapCounts,
  Outcome,
  Report,
  RunCounts,
  RunEnd,
  StandingCounts,
} from '../ports/report.ts';

interface RunFacts {
  readonly startedAt: number;
  readonly failure: ConnectorError | undefined;
  readonly alerts?: AlertCounts | undefined;
}

/**
 * Gaps that stand from earlier runs count like those of this run, so that nobody has to watch every run to see them.
 */
function outcomeOf(
  { signal }: Pick<Job, 'signal'>,
  gaps: readonly GapCounts[],
  failure: ConnectorError | undefined,
): Outcome {
  if (failure !== undefined) return 'failed';
  if (signal.aborted) return 'cancelled';
  return gaps.some((each) => Object.keys(each).length > 0) ? 'completed_with_gaps' : 'completed';
}

/** The gaps and dead letters that stand now, by the report's names. */
export async function standingOf({
  inventory,
  settings,
}: Pick<Job, 'inventory' | 'settings'>): Promise<StandingCounts> {
  return describeStanding(await inventory.standing(settings.lookups, settings.assets));
}

function describeStanding({ gaps, deadLetters }: Standing): StandingCounts {
  return { gaps, dead_letters: deadLetters };
}

/** A failure and a note may quote Okta and the intake, so secrets are taken out. */
type Scrub = (text: string) => string;

function describe({ code, message, hint }: ConnectorError, scrub: Scrub): NonNullable<Report['error']> {
  const told = { code, message: scrub(message) };
  return hint === undefined ? told : { ...told, hint: scrub(hint) };
}

function seconds(ms: number): number {
  return Math.round(ms) / 1000;
}

/** The counts of a run so far. Metrics use them while a run is under way. */
export function countsOf({
  tally,
  settings,
  delivery,
  meter,
}: Pick<Job, 'tally' | 'settings' | 'delivery' | 'meter'>): RunCounts {
  const { saved } = tally;
  const {
    calls,
    rateLimited,
    rateLimitedIn = new Map<string, number>(),
    waitedMs,
    waitedInMs = new Map<string, number>(),
    orgShare,
    missingScopes = [],
  } = meter();
  const waits = [...waitedInMs].map(([bucket, ms]) => [bucket, seconds(ms)] as const);
  const waitedFor = waits.filter(([, each]) => each > 0);
  const { refused, batches, accepted, retries } = delivery.totals();
  return {
    users: {
      listed: tally.listed,
      emitted: saved.user.emitted,
      unchanged: saved.user.unchanged,
      removed: tally.removed,
      left_selection: tally.leftSelection,
      dead_lettered: saved.user['dead-lettered'] + refused,
    },
    gaps: tally.gapsWith(),
    ...vouchedCounts({ tally }),
    ...assetCounts({ tally, settings }),
    okta: {
      total_calls: [...calls.values()].reduce((sum, count) => sum + count, 0),
      calls: Object.fromEntries([...calls].toSorted(([left], [right]) => (left < right ? -1 : 1))),
      rate_limited: rateLimited,
      ...(rateLimitedIn.size === 0 ? {} : { rate_limited_in: Object.fromEntries(rateLimitedIn) }),
      wait_seconds: seconds(waitedMs),
      ...(waitedFor.length === 0 ? {} : { waits: Object.fromEntries(waitedFor) }),
      ...(orgShare === undefined ? {} : { org_share: orgShare }),
      ...(missingScopes.length === 0 ? {} : { missing_scopes: missingScopes }),
    },
    intake: { batches, accepted, retries },
  };
}

function extras({
  tally,
  scrub,
}: Pick<Job, 'tally' | 'scrub'>): Pick<Report, 'group_roles_verified' | 'notes'> {
  const verified = { groups: tally.groupsVerified, wrong_flags: tally.groupFlagsWrong };
  return {
    ...(tally.groupsVerified > 0 ? { group_roles_verified: verified } : {}),
    ...(tally.notes.size > 0 ? { notes: [...tally.notes.values()].map(scrub) } : {}),
  };
}

const ASSET_NAMES = {
  group: 'groups',
  app: 'apps',
  'app-users': 'app_users',
  rule: 'rules',
  device: 'devices',
  org: 'org',
  role: 'roles',
} as const;

/** The counts of assets beside users; absent where `ASSETS` is empty. */
function assetCounts({ tally, settings }: Pick<Job, 'tally' | 'settings'>): Pick<Report, 'assets'> {
  if (settings.assets.size === 0) return {};
  const counts = [...tally.assetCounts].map(([kind, count]) => {
    const notAsked = kind === 'app-users' ? tally.notAsked.size : 0;
    return [ASSET_NAMES[kind], { ...count, not_asked: notAsked }] as const;
  });
  return { assets: Object.fromEntries(counts) };
}

function vouchedCounts({ tally: { vouched, proofs } }: Pick<Job, 'tally'>): Pick<Report, 'vouched'> {
  const lookups = LOOKUPS.filter((lookup) => vouched.has(lookup) || proofs.has(lookup));
  if (lookups.length === 0) return {};
  const nothing = { vouched: 0, asked: 0, proven: 0, drift: 0 };
  return {
    vouched: Object.fromEntries(
      lookups.map((lookup) => [lookup, { ...nothing, ...vouched.get(lookup), ...proofs.get(lookup) }]),
    ),
  };
}

async function dueCounts(
  { inventory, settings }: Pick<Job, 'inventory' | 'settings'>,
  now: number,
): Promise<Pick<Report, 'due'>> {
  const due = await factorsDueNow({ inventory, settings, now });
  return due === undefined ? {} : { due: { factors: due.count, until: new Date(due.until).toISOString() } };
}

/** The hooks since the last report of a full or incremental run, with what people should know of them as notes. */
async function hookCounts({ hooks, tally }: Pick<Job, 'hooks' | 'tally'>): Promise<Pick<Report, 'hooks'>> {
  if (hooks === undefined) return {};
  for (const { code, says } of await hooks.warnings()) tally.notes.set(code, says);
  return { hooks: hooks.counts() };
}

export async function makeReport(job: Job, { startedAt, failure, alerts }: RunFacts): Promise<RunEnd> {
  const { users, vouched, assets, okta, intake } = countsOf(job);
  const gaps = job.tally.gapsWith(await job.inventory.users.gaps());
  const standing = await standingOf(job);
  const report: Report = {
    ...job.head,
    outcome: outcomeOf(job, [gaps, standing.gaps], failure),
    mode: job.tally.mode,
    run_id: job.runId,
    started_at: new Date(startedAt).toISOString(),
    duration_seconds: seconds(job.clock.now() - startedAt),
    users,
    gaps,
    stale: await job.inventory.users.stale(),
    standing,
    okta,
    intake: { ...intake, pending: await job.outbox.pending() },
    ...(vouched === undefined ? {} : { vouched }),
    ...(assets === undefined ? {} : { assets }),
    ...(await hookCounts(job)),
    ...(alerts === undefined ? {} : { alerts }),
    ...(await dueCounts(job, startedAt)),
    ...extras(job),
    ...(failure === undefined ? {} : { error: describe(failure, job.scrub) }),
  };
  return { report, failure };
}

interface UnstartedFacts extends RunFacts, Pick<Job, 'head' | 'scrub'> {
  readonly runId: string;
  readonly failure: ConnectorError;
  /** Absent where the inventory cannot be read. */
  readonly standing: Standing | undefined;
}

/** The report of a run that could not begin: it asked nothing and sent nothing. */
export function makeUnstartedReport({
  head,
  scrub,
  runId,
  startedAt,
  failure,
  standing,
}: UnstartedFacts): RunEnd {
  const users = { listed: 0, emitted: 0, unchanged: 0, removed: 0, left_selection: 0, dead_lettered: 0 };
  const report: Report = {
    ...head,
    outcome: 'failed',
    mode: 'full',
    run_id: runId,
    started_at: new Date(startedAt).toISOString(),
    duration_seconds: 0,
    users,
    gaps: {},
    stale: {},
    ...(standing === undefined ? {} : { standing: describeStanding(standing) }),
    okta: { total_calls: 0, calls: {}, rate_limited: 0, wait_seconds: 0 },
    intake: { batches: 0, accepted: 0, retries: 0, pending: 0 },
    error: describe(failure, scrub),
  };
  return { report, failure };
}
