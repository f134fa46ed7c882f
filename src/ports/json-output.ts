/** The outputs of `--json`: each is one object, made and described by one zod schema. */
import * as z from 'zod';

/** Of every output's format so far. An output whose fields change their meaning gets a number of its own. */
export const JSON_VERSION = 1;

export const jsonVersion = z
  .literal(JSON_VERSION)
  .describe('of this output; rises when a field is renamed, removed or takes another meaning');

/** The values that a schema describes, as the code makes them. */
export type OutputOf<S extends z.ZodType> = Fixed<z.output<S>>;
type Fixed<T> = T extends object ? { readonly [K in keyof T]: Fixed<T[K]> } : T;
