import type { Lookup } from '../ports/org.ts';
import type { Budget, OrgShare } from '../ports/source.ts';
import {
  lookupsWithout,
  naiveCalls,
  planCalls,
  planQuestions,
  type OrgFacts,
  type PlannedQuestion,
} from './calls.ts';
import { totalOf, type Calls } from './call-counts.ts';
import { planTime, type BucketPlan } from './time.ts';

/** The origin of the numbers: Okta's listings, the inventory, or only the sizes of groups. */
export type Basis = 'listed' | 'inventory' | 'quick';

export interface PlanSettings {
  readonly lookups: ReadonlySet<Lookup>;
  readonly share: number;
  readonly frequencyMs: number;
  readonly budgetOf: (endpoint: string) => Budget;
  readonly orgShare?: OrgShare | undefined;
  /** By endpoint: answers that the next full run need not ask for; absent where nothing is known. */
  readonly held?: Calls | undefined;
}

interface LookupCost {
  readonly lookup: Lookup;
  readonly calls: number;
  /** How much sooner the run would end without the lookup. */
  readonly minutes: number;
}

/** A question with its bucket and time, which are told where assets are read. */
interface TimedQuestion extends PlannedQuestion {
  /** Of several buckets, the one that takes longest. */
  readonly bucket?: string;
  readonly minutes?: number;
}

/** The calls of a full run when nothing fails, and how long they take. */
export interface Plan {
  readonly basis: Basis;
  readonly share: number;
  /** Present where the limits shown look like this credential's own share of the org's. */
  readonly orgShare?: OrgShare | undefined;
  readonly org: {
    readonly users: number;
    readonly groups: number | undefined;
    readonly groupsPerUser: number | undefined;
  };
  readonly questions: readonly TimedQuestion[];
  readonly calls: Calls;
  readonly total: number;
  /** About what the next full run asks, where earlier answers hold; absent: everything. */
  readonly nextTotal?: number | undefined;
  readonly naive: number;
  readonly buckets: readonly BucketPlan[];
  readonly minutesAtShare: number;
  readonly minutesAtFull: number;
  readonly lookups: readonly LookupCost[];
}

export function makePlan(known: OrgFacts, basis: Basis, settings: PlanSettings): Plan {
  const facts = withPolls(known, settings);
  const { lookups, share } = settings;
  const calls = planCalls(facts, lookups);
  const buckets = planTime(calls, settings.budgetOf);
  const { sizes, users } = facts;
  return {
    basis,
    share,
    orgShare: settings.orgShare,
    org: {
      users: users.listed,
      groups: sizes?.count,
      groupsPerUser: sizes && sizes.memberships / Math.max(1, sizes.usersAtLeast),
    },
    questions: planQuestions(facts, lookups).map((each) =>
      facts.assets === undefined ? each : withTime(each, settings),
    ),
    calls,
    total: totalOf(calls),
    nextTotal: withoutHeld(calls, settings.held),
    naive: naiveCalls(facts),
    buckets,
    minutesAtShare: minutesOf(buckets),
    minutesAtFull: Math.max(0, ...buckets.map(({ minutesAtFull }) => minutesAtFull)),
    lookups: [...lookups].map((lookup) => costOfLookup(lookup, facts, settings)),
  };
}

/** Questions about assets spend other buckets than users, side by side. */
function withTime(question: PlannedQuestion, { budgetOf }: PlanSettings): TimedQuestion {
  const [longest] = planTime(question.calls, budgetOf);
  if (longest === undefined) return question;
  return { ...question, bucket: longest.bucket, minutes: longest.minutesAtShare };
}

function withoutHeld(calls: Calls, held: Calls = new Map()): number | undefined {
  const spared = [...calls].map(([endpoint, count]) => Math.min(count, held.get(endpoint) ?? 0));
  const sum = spared.reduce((all, count) => all + count, 0);
  return sum === 0 ? undefined : totalOf(calls) - sum;
}

/** How often a run of that length asks for changes in between. */
function withPolls(facts: OrgFacts, { lookups, frequencyMs, budgetOf }: PlanSettings): OrgFacts {
  const minutes = minutesOf(planTime(planCalls({ ...facts, polls: 0 }, lookups), budgetOf));
  return { ...facts, polls: Math.floor((minutes * 60_000) / frequencyMs) };
}

function minutesOf(buckets: readonly BucketPlan[]): number {
  return Math.max(0, ...buckets.map(({ minutesAtShare }) => minutesAtShare));
}

function costOfLookup(lookup: Lookup, facts: OrgFacts, { lookups, budgetOf }: PlanSettings): LookupCost {
  const all = planCalls(facts, lookups);
  const rest = planCalls(facts, lookupsWithout(lookup, lookups));
  const minutes = minutesOf(planTime(all, budgetOf)) - minutesOf(planTime(rest, budgetOf));
  return { lookup, calls: totalOf(all) - totalOf(rest), minutes };
}
