import * as z from 'zod';
import { NOTICE_CAUSES } from '../ports/notices.ts';

/** The side that refuses a credential. */
export const SIDES = ['okta', 'intake'] as const;

const instant = z.number();

const trouble = z.object({
  cause: z.enum(NOTICE_CAUSES),
  side: z.enum(SIDES).optional(),
  /** When it began, as far as is known. */
  since: instant,
  /** How many runs have ended with it. */
  runs: z.number(),
  /** When operators were last told of it; absent: not yet. */
  toldAt: instant.optional(),
  /** Events, users or answers that it concerns. */
  count: z.number().optional(),
});

const memory = z.object({
  troubles: z.array(trouble).readonly(),
  /** The number of unknown answers that a rise is measured from, and since when it counts. */
  gaps: z.object({ count: z.number(), at: instant }).optional(),
  /** When trouble was first looked for, or a run completed: from then on a completed run is waited for. */
  completedAt: instant,
});

/** The trouble that stands, and what it is measured by. Instants are Unix milliseconds on this machine's clock. */
export type Memory = Readonly<z.output<typeof memory>>;
export type KnownTrouble = Readonly<z.output<typeof trouble>>;

/** The memory that an inventory has kept; a new one where there is none, or it makes no sense. */
export function readMemory(kept: unknown, now: number): Memory {
  const parsed = memory.safeParse(kept);
  return parsed.success ? notAhead(parsed.data, now) : { troubles: [], completedAt: now };
}

/** A clock that was ahead has left instants of the future: they would silence a trouble until then. */
function notAhead({ troubles, gaps, completedAt }: Memory, now: number): Memory {
  const past = (at: number): number => Math.min(at, now);
  return {
    troubles: troubles.map(({ toldAt, ...each }) => ({
      ...each,
      since: past(each.since),
      ...(toldAt === undefined ? {} : { toldAt: past(toldAt) }),
    })),
    ...(gaps === undefined ? {} : { gaps: { ...gaps, at: past(gaps.at) } }),
    completedAt: past(completedAt),
  };
}
