import * as z from 'zod';
import { jsonVersion } from '../ports/json-output.ts';
import { COMPARISON_KINDS, DIFFERENCE_KINDS } from './comparison.ts';

const count = z.int().nonnegative();

/** `compare --json`, field by field. */
export const COMPARISON_SCHEMA = z.object({
  version: jsonVersion,
  summary: z
    .object({
      users: z
        .record(z.enum(COMPARISON_KINDS), count)
        .describe('users by what the comparison of their events says'),
      fields: z
        .record(z.string(), z.partialRecord(z.enum(DIFFERENCE_KINDS), count))
        .describe('users by path (with `[]` for entries of lists) and difference'),
    })
    .describe('counts'),
  users: z
    .array(
      z.object({
        uid: z.string().describe("Okta's id of the user"),
        kind: z
          .enum(COMPARISON_KINDS)
          .exclude(['same'])
          .describe('an event is only here, only there, or both differ'),
        fields: z
          .array(
            z.object({
              path: z.string().describe('its path in the event'),
              kind: z
                .enum(DIFFERENCE_KINDS)
                .describe('missing in one, another value, or `stale`: that event was made of older data'),
              theirs: z.unknown().optional().describe('the value there; absent: none'),
              ours: z.unknown().optional().describe('the value here; absent: none'),
            }),
          )
          .exactOptional()
          .describe('where both differ'),
      }),
    )
    .describe('users whose events are not the same'),
});
