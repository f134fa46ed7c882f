import type { AdminRule } from '../enrich/admin.ts';
import type { MfaRule } from '../enrich/mfa.ts';
import type { Lookup } from '../ports/org.ts';
import type { Made } from '../ports/events.ts';
import type { KnownUser } from '../ports/reader.ts';
import { isSameValue, leavesOf } from '../shaping/leaves.ts';
import { isoOf, tellLookups, withTrust, type LookupStory, type Trust } from './lookup-story.ts';
import { traceFields, type DraftOf, type TracedField } from './trace.ts';
import { explainAdmin, explainMfa, type Verdict } from './verdicts.ts';

/** Everything that explains one user's event. Instants are ISO 8601. */
export interface Explanation {
  readonly user: {
    readonly id: string;
    readonly login: string | undefined;
    readonly status: string | undefined;
    readonly read_at: string;
  };
  readonly lookups: Readonly<Record<Lookup, LookupStory>>;
  readonly read_again: KnownUser['marks'];
  readonly admin: Verdict;
  readonly mfa: Verdict;
  readonly event: {
    readonly dialect: string;
    /** The reasons why there is no event; empty where there is one. */
    readonly faults: readonly string[];
    readonly fields: readonly TracedField[];
  };
  readonly delivery: DeliveryStory;
}

/** One path at which an earlier event differs from the event now. */
interface Difference {
  readonly path: string;
  readonly before: unknown;
  readonly now: unknown;
}

interface DeliveryStory {
  /** Only a hash is stored of the last event that the intake confirmed: it shows that something differs, not what. */
  readonly confirmed: 'never' | 'same' | 'same-but-sign-in' | 'other' | 'no-event-now';
  /** The newest event that the intake has not confirmed. */
  readonly waiting?: { readonly has_left: boolean; readonly differences: readonly Difference[] };
  /** The event that was refused last, or the reasons why none could be made. */
  readonly refused?: {
    /** `mapping`, or the name of the sink. */
    readonly by: string;
    readonly reasons: readonly string[];
    readonly times: number;
    readonly last_at: string;
    readonly differences: readonly Difference[];
  };
}

export interface ExplainParts {
  readonly dialect: string;
  readonly adminRule: AdminRule;
  readonly mfaRule: MfaRule;
  /** The event now. */
  readonly made: Made;
  readonly draftOf: DraftOf;
  readonly trust: Trust;
}

export function explainUser(known: KnownUser, parts: ExplainParts): Explanation {
  const { facets, marks } = known;
  const { id, login, status } = facets.user;
  const { made, draftOf } = parts;
  return {
    user: { id, login, status, read_at: isoOf(facets.readAt) },
    lookups: withTrust(tellLookups(known), known, parts.trust),
    read_again: marks,
    admin: explainAdmin(facets, parts.adminRule),
    mfa: explainMfa(facets, parts.mfaRule),
    event: {
      dialect: parts.dialect,
      faults: made.kind === 'event' ? [] : made.reasons,
      fields: traceFields(facets, draftOf),
    },
    delivery: tellDelivery(known, made),
  };
}

function tellDelivery({ waiting, delivered, refused }: KnownUser, made: Made): DeliveryStory {
  return {
    confirmed: confirmed(delivered, made),
    ...(waiting === undefined
      ? {}
      : { waiting: { has_left: waiting.isAttempted, differences: differences(waiting.body, made) } }),
    ...(refused === undefined
      ? {}
      : {
          refused: {
            by: refused.refusedBy === 'sink' ? refused.sink : refused.refusedBy,
            reasons: refused.reasons,
            times: refused.times,
            last_at: isoOf(refused.lastAt),
            differences: refused.body === undefined ? [] : differences(refused.body, made),
          },
        }),
  };
}

function confirmed(delivered: KnownUser['delivered'], made: Made): DeliveryStory['confirmed'] {
  if (delivered === undefined) return 'never';
  if (made.kind !== 'event') return 'no-event-now';
  if (delivered.hash === made.hash) return 'same';
  return delivered.hashWithoutSignIn === made.hashWithoutSignIn ? 'same-but-sign-in' : 'other';
}

/** Values that an event gets when it enters the outbox, so the event now never has them. */
const STAMPED = new Set(['metadata.uid', 'metadata.correlation_uid', 'metadata.logged_time']);
const everything = (): boolean => true;

function differences(body: string, made: Made): readonly Difference[] {
  if (made.kind !== 'event') return [];
  const [before, now] = [body, made.body].map((text) => leavesOf(JSON.parse(text), everything));
  const paths = new Set([...(before?.keys() ?? []), ...(now?.keys() ?? [])]);
  return [...paths]
    .filter((path) => !STAMPED.has(path) && !isSameValue(before?.get(path), now?.get(path)))
    .map((path) => ({ path, before: before?.get(path), now: now?.get(path) }));
}
