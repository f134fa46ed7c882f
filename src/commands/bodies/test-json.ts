import * as z from 'zod';
import { CHECKS, isFit, type Check } from '../../ports/checks.ts';
import { JSON_VERSION, jsonVersion, type OutputOf } from '../../ports/json-output.ts';

/** `test --json`, field by field. */
export const CHECKS_SCHEMA = z.object({
  version: jsonVersion,
  ok: z.boolean().describe('a run is possible: nothing failed'),
  checks: z
    .array(
      z.object({
        code: z.enum(CHECKS.map((check) => check.code)).describe('see the table of codes'),
        status: z
          .enum(['passed', 'warning', 'failed'])
          .describe('`warning`: runs succeed, but know less or take longer; `failed`: they cannot succeed'),
        title: z.string().describe('for people'),
        detail: z.string().describe('what was found, for people'),
        cost: z.string().exactOptional().describe('the price of leaving it so; absent where it passed'),
        todo: z.string().exactOptional().describe('what to do; absent where it passed'),
      }),
    )
    .describe('in the order in which they were made; some are made only where those before allow it'),
});

export function checksJson(checks: readonly Check[]): OutputOf<typeof CHECKS_SCHEMA> {
  return {
    version: JSON_VERSION,
    ok: isFit(checks),
    checks: checks.map((check) => {
      const { code, status, title, detail } = check;
      const shared = { code, status, title, detail };
      return check.status === 'passed' ? shared : { ...shared, cost: check.cost, todo: check.todo };
    }),
  };
}
