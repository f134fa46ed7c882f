import * as z from 'zod';
import { CAUSES } from '../../compose/hooks/registration.ts';
import { jsonVersion, type OutputOf } from '../../ports/json-output.ts';

const id = z.string().nullable().describe('of the hook; null: there is none');
const types = z.array(z.string());

/** `hooks create --json`, `verify` and `delete`, field by field. */
export const HOOK_SCHEMA = z.object({
  version: jsonVersion,
  org: z.string().describe('the host of the org'),
  did: z.enum(['created', 'updated', 'verified', 'deleted', 'nothing']).describe('what was done'),
  id,
  name: z.string().nullable().describe('of the hook'),
  url: z.string().nullable().describe('that Okta calls'),
  active: z.boolean().describe('Okta sends to it, once it is verified'),
  verified: z.boolean().describe('Okta has seen that the address is ours'),
  types: types.describe('event types of the hook'),
  refused: types.describe('event types that this org does not have, so they were left out'),
  notes: z.array(z.string()).describe('what to know, for people'),
  failure: z
    .object({
      cause: z.enum(CAUSES).describe('as it looks from this machine'),
      says: z.string().describe('the cause, for people'),
      todo: z.string().describe('what to do'),
      okta: z.array(z.string()).describe("Okta's own words"),
    })
    .exactOptional()
    .describe('why the verification failed; absent where it did not'),
});
export type HookResult = OutputOf<typeof HOOK_SCHEMA>;

const counted = z.object({
  count: z.int().describe('of them'),
  estimated: z.boolean().describe('there are so many that the rest of the day was estimated'),
});

/** `hooks status --json`, field by field. */
export const HOOKS_STATUS_SCHEMA = z.object({
  version: jsonVersion,
  org: z.string().describe('the host of the org'),
  id,
  name: z.string().nullable().describe('of the hook'),
  url: z.string().nullable().describe('that Okta calls'),
  active: z.boolean().describe('Okta sends to it, once it is verified'),
  verified: z.boolean().describe('Okta has seen that the address is ours'),
  types: types.describe('event types of the hook'),
  missing: types.describe(
    'event types of `--types`, or that the settings make use of, which the hook does not have',
  ),
  superfluous: types.describe('event types of the hook that the settings make no use of'),
  hooks: z
    .object({
      active: z.int().describe('active and verified hooks of the org, all of them'),
      most: z.int().describe('that Okta allows'),
    })
    .describe('of the org'),
  last_day: z
    .object({
      matching: counted.describe('events in the System Log of the types of the hook'),
      most: z.int().describe("events that Okta takes to an org's hooks in 24 hours, all hooks together"),
      failed: counted.describe('deliveries of the hook that Okta gave up'),
    })
    .nullable()
    .describe('null: there is no hook, or the credential may not read the System Log'),
  notes: z.array(z.string()).describe('what to know, for people'),
});
export type HooksStatus = OutputOf<typeof HOOKS_STATUS_SCHEMA>;

/** `hooks types --json`, field by field. */
export const HOOK_TYPES_SCHEMA = z.object({
  version: jsonVersion,
  types: z
    .array(
      z.object({
        type: z.string().describe("by its name in Okta's catalogue"),
        eligible: z.boolean().describe('Okta offers it for event hooks'),
        used: z.boolean().describe('the settings make use of it'),
        default: z.boolean().describe('`hooks create` takes it unless `--types` names others'),
        why: z.string().describe('what is read again when it comes, for people'),
      }),
    )
    .describe('every type that the System Log is asked for'),
});
