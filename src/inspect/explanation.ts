import type { AdminRule } from '../enrich/admin.ts';
import type { MfaRule } from '../enrich/mfa.ts';
import type { Made } from '../ports/events.ts';
import { JSON_VERSION } from '../ports/json-output.ts';
import type { KnownUser } from '../ports/reader.ts';
import { isSameValue, leavesOf } from '../shaping/leaves.ts';
import type { DeliveryStory, Difference, Explanation } from './explanation-schema.ts';
import { isoOf, tellLookups, withTrust, type Trust } from './lookup-story.ts';
import { traceFields, type DraftOf } from './trace.ts';
import { explainAdmin, explainMfa } from './verdicts.ts';

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
    version: JSON_VERSION,
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
