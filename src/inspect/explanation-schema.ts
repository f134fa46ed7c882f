import * as z from 'zod';
import { jsonVersion, type OutputOf } from '../ports/json-output.ts';
import { GAP_REASONS, LOOKUPS } from '../ports/org.ts';

const instant = z.iso.datetime();

const lookupStory = z.object({
  answer: z.enum(['known', 'unknown', 'not-asked']).describe('is there an answer?'),
  value: z.unknown().optional().describe('the answer, where it is known'),
  gap: z
    .enum([...GAP_REASONS, 'unknown'])
    .exactOptional()
    .describe('why there is no answer, or why this is only the last known one'),
  is_last_known: z
    .literal(true)
    .exactOptional()
    .describe('the lookup failed, and the last known answer stands in'),
  read_at: instant.exactOptional().describe('when the answer was read'),
  asked_at: instant.exactOptional().describe('when it was asked for last'),
  how: z.string().describe('by which call, or why by none, in words'),
  vouched_since: instant
    .exactOptional()
    .describe('not asked by the last full run: since then the System Log vouches for it'),
});

const verdict = z.object({
  rule: z.string().describe('the value of `ADMIN_RULE` or `MFA_RULE`'),
  verdict: z.boolean().nullable().describe('`null`: the known answers do not decide'),
  reasons: z.array(z.string()).describe('everything that counts for it or does not, in words'),
});

const tracedField = z.object({
  path: z.string().describe('its path in the event'),
  value: z.unknown().describe('its value'),
  sources: z
    .array(
      z.object({
        name: z.string().describe("the name of Okta's field, or of the lookup"),
        value: z.unknown().optional().describe('absent: Okta has none, or it is a lookup'),
      }),
    )
    .describe('what decides it; empty: the dialect or a setting decides alone'),
});

const differences = z.array(
  z.object({
    path: z.string().describe('its path in the event'),
    before: z.unknown().optional().describe('its value in that event; absent: none'),
    now: z.unknown().optional().describe('its value in the event now; absent: none'),
  }),
);

const delivery = z.object({
  // Only a hash is stored of the event that the intake confirmed: it shows that something differs, not what.
  confirmed: z
    .enum(['never', 'same', 'same-but-sign-in', 'other', 'no-event-now'])
    .describe('the event that the intake confirmed last, beside the event now'),
  waiting: z
    .object({
      has_left: z.boolean().describe('it has left this machine, or may have'),
      differences: differences.describe('where it differs from the event now'),
    })
    .exactOptional()
    .describe('the newest event that the intake has not confirmed'),
  refused: z
    .object({
      by: z.string().describe('`mapping`, or the name of the sink'),
      reasons: z.array(z.string()).describe('why, in words'),
      times: z.int().positive().describe('how often'),
      last_at: instant.describe('when it was refused last'),
      differences: differences.describe('where it differs from the event now'),
    })
    .exactOptional()
    .describe('the event that was refused last, or the reasons why none could be made'),
});

/** `explain --json`, field by field: everything that explains one user's event. */
export const EXPLANATION_SCHEMA = z.object({
  version: jsonVersion,
  user: z
    .object({
      id: z.string().describe("Okta's id"),
      login: z.string().optional().describe('the login'),
      status: z.string().optional().describe("Okta's status"),
      read_at: instant.describe('when the record was read'),
    })
    .describe('the user'),
  lookups: z.record(z.enum(LOOKUPS), lookupStory).describe('what was asked'),
  read_again: z
    .array(
      z.object({
        question: z.string().describe('a lookup, or `record`: the user itself'),
        cause: z.string().describe('why, in a word'),
      }),
    )
    .describe('questions that the next run asks again'),
  admin: verdict.describe('the rule on Admin'),
  mfa: verdict.describe('the rule on `has_mfa`'),
  event: z
    .object({
      dialect: z.string().describe('`DIALECT`'),
      faults: z.array(z.string()).describe('why there is no event; empty where there is one'),
      fields: z.array(tracedField).describe('each field of the event'),
    })
    .describe('the event now'),
  delivery: delivery.describe('what was delivered'),
});

export type Explanation = OutputOf<typeof EXPLANATION_SCHEMA>;
export type DeliveryStory = Explanation['delivery'];
/** One path at which an earlier event differs from the event now. */
export type Difference = OutputOf<typeof differences>[number];
/** One lookup: its result, when and how. */
export type LookupStory = OutputOf<typeof lookupStory>;
/** The verdict of a rule on a user. */
export type Verdict = OutputOf<typeof verdict>;
/** The value of an event at one path, and the facts of the user that decide it. */
export type TracedField = OutputOf<typeof tracedField>;
