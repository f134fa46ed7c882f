import * as z from 'zod';

/**
 * How a field of Okta's answers is read into a record: a white-list, so that everything else passes unread. A value of
 * another type than documented, null or "" counts as absent.
 */

/** Okta's longest texts are expressions of rules. A longer one would only fill memory and disk. */
const LONGEST_TEXT = 10_000;

export const id = z.string().min(1).max(1000);

export const text = z
  .string()
  .max(LONGEST_TEXT)
  .optional()
  .catch(undefined)
  .transform((value) => (value === '' ? undefined : value));

export const flag = z.boolean().optional().catch(undefined);
export const count = z.int().nonnegative().optional().catch(undefined);

/** A list with another value than a text among them is absent as a whole: a part of it is not the list. */
export const texts = z.array(z.string().max(LONGEST_TEXT)).optional().catch(undefined);

/** A field that is an object with such fields, where it is one. */
export function part<T extends z.ZodRawShape>(shape: T) {
  return z.object(shape).optional().catch(undefined);
}

/** The first entry of a list, where it is such a value. */
export function first<T>(schema: z.ZodType<T>) {
  return z
    .array(z.unknown())
    .optional()
    .catch(undefined)
    .transform((entries): T | undefined => schema.safeParse(entries?.[0]).data);
}

/** The record of an entry; `undefined` for an entry that is none. */
export function readerOf<T>(schema: z.ZodType<T>): (entry: unknown) => T | undefined {
  return (entry) => {
    const parsed = schema.safeParse(entry);
    return parsed.success ? parsed.data : undefined;
  };
}

const identified = z.object({ id });

/** The id of an entry that cannot be read, where it has one. */
export function idOf(entry: unknown): string | undefined {
  return identified.safeParse(entry).data?.id;
}
