import type { Check } from '../ports/checks.ts';
import { composeDryRun } from './compose.ts';
import type { LastingParts } from './lasting-parts.ts';
import type { Prepared } from './prepare.ts';
import type { Settings } from '../settings/load.ts';
import { ConnectorError } from '../ports/errors.ts';
import { readKnownFacts, type KnownFacts } from '../inventory/sqlite/plan-facts.ts';
import { isSameOrg } from '../inventory/policy/same-org.ts';
import type { OrgFacts } from '../plan/calls.ts';
import { endpointOf, ENDPOINTS } from '../okta/endpoints.ts';
import { listingCalls, sumOf } from '../plan/call-counts.ts';
import { GroupSizes } from '../plan/group-sizes.ts';
import { estimateLine } from '../plan/plan-text.ts';
import { makePlan, type Basis, type Plan } from '../plan/plan.ts';
import type { OrgIdentity } from '../ports/org.ts';
import type { Sink } from '../ports/sink.ts';
import { isVerificationDue } from '../sync/group-roles.ts';
import type { Job } from '../sync/job.ts';
import { answeredSince } from '../sync/vouching.ts';
import { surveyAssets } from '../sync/assets/survey-assets.ts';
import { counted, surveyOrg, type SurveyHints } from '../sync/survey.ts';
import { tolerate } from '../sync/tolerate.ts';

/** When the last full run ended no longer ago than this, its inventory is used instead of reading the org. */
const FRESH_MS = 24 * 60 * 60_000;
/** A sink that never gets anything. */
const NOWHERE: Sink = {
  name: 'nowhere',
  envelopeBytes: 0,
  refusalHint: '',
  push: async () => ({ kind: 'accepted' }),
};

export interface PlanRequest {
  /** Estimates from the sizes of groups, without the pages of users. */
  readonly isQuick: boolean;
}

/** The calls of a full run with these settings, and how long they take. */
export async function preparePlan(
  prepared: Prepared,
  lasting: LastingParts,
  { isQuick }: PlanRequest,
): Promise<Plan> {
  const { settings } = prepared;
  const { job, budgetOf, close } = await composeDryRun(prepared, lasting, {
    scope: { kind: 'all' },
    sink: NOWHERE,
  });
  try {
    const begun = await counted(job, () => job.source.identify());
    const known = knownOf(settings, job, begun.value);
    const isFresh = known !== undefined && !isQuick && isUsable(known, job);
    const hints = hintsOf(known, settings);
    const facts = isFresh ? await factsOf(known, hints, job) : await surveyOrg(job, begun, hints, isQuick);
    const basis: Basis = isFresh ? 'inventory' : basisOf(facts, isQuick);
    const { lookups, oktaRateLimitShare: share, frequencySeconds } = settings;
    const { orgShare } = job.meter();
    return makePlan(facts, basis, {
      lookups,
      share,
      frequencyMs: frequencySeconds * 1000,
      budgetOf,
      orgShare,
      held: isFresh ? known.held : undefined,
    });
  } finally {
    close();
  }
}

/** Without groups there are no sizes to guess from, so the users were listed. */
function basisOf({ sizes }: OrgFacts, isQuick: boolean): Basis {
  return isQuick && sizes !== undefined ? 'quick' : 'listed';
}

/** Facts about another org say nothing about this one. */
function knownOf(
  { stateDir, verifyAnswersSeconds }: Settings,
  { log, clock, settings }: Job,
  identity: OrgIdentity,
): KnownFacts | undefined {
  const next = { startedAt: identity.at ?? clock.now(), asksEverybody: verifyAnswersSeconds === 0 };
  const known = readKnownFacts(stateDir, ({ vouchedSince }) =>
    answeredSince(vouchedSince, next, settings, 'read'),
  );
  if (known === undefined || isSameOrg(known.org, identity)) return known;
  const hint = 'a sync would refuse it: give each org its own STATE_DIR';
  const facts = { inventory_host: known.org.host, host: identity.host, hint };
  log.warn(facts, "the inventory in STATE_DIR is another org's: the plan makes no use of it");
  return undefined;
}

function isUsable(known: KnownFacts, job: Job): boolean {
  const isRecent = known.fullEndedAt !== undefined && job.clock.now() - known.fullEndedAt < FRESH_MS;
  return (
    known.askedSettings === job.settings.askedSettings && isRecent && job.source.usersSelected === undefined
  );
}

function hintsOf(known: KnownFacts | undefined, { verifyGroupRoles }: Settings): SurveyHints {
  return {
    isVerifying: isVerificationDue(verifyGroupRoles, known?.fullRuns ?? 0),
    refusingGroupId: known?.refusingGroupId,
  };
}

/** Reads only as much of the listings as shows the limits. */
async function factsOf(known: KnownFacts, hints: SurveyHints, job: Job): Promise<OrgFacts> {
  const { lookups, includeDeprovisioned } = job.settings;
  const { others, deactivated } = known.users;
  const hasGroups = lookups.has('groups') || lookups.has('roles');
  // Where every user was asked, there was no list of role holders.
  const hasList = known.holders.asked < others;
  await learnLimits(job, hasGroups);
  const sizes = new GroupSizes();
  for (const group of known.groups) sizes.add(group);
  if (known.areAdministratorsListed) sizes.administratorsAreListed();
  const refusing = known.groups.find(({ id }) => id === hints.refusingGroupId);
  const userPages = [others, ...(includeDeprovisioned ? [deactivated] : [])];
  return {
    assets: await surveyAssets(
      job,
      known.assets,
      known.assets && { count: known.assets.devices, isGuess: false },
    ),
    users: { listed: others + (includeDeprovisioned ? deactivated : 0), notDeactivated: others },
    sizes: hasGroups ? sizes : undefined,
    holders: hasList ? known.holders : undefined,
    refusing: refusing && { name: refusing.name ?? refusing.id },
    isVerifying: hints.isVerifying,
    polls: 0,
    listings: {
      start: new Map(
        [...job.meter().calls].filter(([endpoint]) => endpointOf(endpoint)?.isUncounted === true),
      ),
      users: sumOf(userPages.map((count) => listingCalls(ENDPOINTS.users, count))),
      groups: listingCalls(ENDPOINTS.groups, known.groups.length),
      roleHolders: listingCalls(ENDPOINTS.roleHolders, hasList ? known.holders.listed : 0),
    },
  };
}

async function learnLimits({ source, log }: Job, hasGroups: boolean): Promise<void> {
  const readFirst = async (pages: AsyncIterable<unknown>): Promise<void> => {
    for await (const _ of pages) return;
  };
  await tolerate(log, 'users', () => readFirst(source.listUsers()));
  if (hasGroups) await tolerate(log, 'groups', () => readFirst(source.listGroups()));
}

/** Short, because somebody waits for the whole test of the connection. */
const ESTIMATE_WITHIN_MS = 10_000;

/**
 * The estimate of a run for `test`, from the groups alone. Empty where that takes too long; earlier checks have
 * reported anything that fails.
 */
export async function estimateChecks(prepared: Prepared, lasting: LastingParts): Promise<readonly Check[]> {
  const { world } = prepared;
  const stopping = AbortSignal.any([world.stopping, AbortSignal.timeout(ESTIMATE_WITHIN_MS)]);
  try {
    const plan = await preparePlan({ ...prepared, world: { ...world, stopping } }, lasting, {
      isQuick: true,
    });
    const detail = estimateLine(plan);
    return [{ code: 'plan', title: 'A full run', status: 'passed', detail }];
  } catch (error) {
    world.stopping.throwIfAborted();
    if (stopping.aborted || error instanceof ConnectorError) return [];
    throw error;
  }
}
