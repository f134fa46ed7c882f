/** The messages between the process that answers questions and the one that asks them. */
import * as z from 'zod';

const cell = z.union([z.string(), z.number(), z.null()]);

export const reply = z.discriminatedUnion('kind', [
  // The first message of the process.
  z.object({ kind: z.literal('ready') }),
  z.object({ kind: z.literal('rows'), rows: z.array(z.array(cell)) }),
  z.object({
    kind: z.literal('end'),
    unknown: z.array(
      z.object({ lookup: z.string(), subject: z.string(), reason: z.string(), subjects: z.number() }),
    ),
  }),
  z.object({
    kind: z.literal('failed'),
    of: z.enum(['question', 'inventory']),
    message: z.string(),
    hint: z.string().optional(),
  }),
]);
export type QuestionReply = z.output<typeof reply>;
