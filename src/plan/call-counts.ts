import type { Endpoint } from '../okta/endpoints.ts';

/** Calls by endpoint, named as in the report. */
export type Calls = ReadonlyMap<string, number>;

export function totalOf(calls: Calls): number {
  return [...calls.values()].reduce((sum, count) => sum + count, 0);
}

export function sumOf(parts: readonly Calls[]): Calls {
  const sum = new Map<string, number>();
  for (const [endpoint, count] of parts.flatMap((calls) => [...calls])) {
    if (count > 0) sum.set(endpoint, (sum.get(endpoint) ?? 0) + count);
  }
  return sum;
}

/** Pages of a listing; an empty listing has one too. */
function pagesOf(entries: number, page: number): number {
  return Math.max(1, Math.ceil(entries / page));
}

/** The calls that list so many entries. */
export function listingCalls(
  { template, page }: Required<Pick<Endpoint, 'template' | 'page'>>,
  entries: number,
): Calls {
  return new Map([[template, pagesOf(entries, page)]]);
}
