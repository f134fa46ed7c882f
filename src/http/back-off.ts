export interface BackOff {
  readonly firstMs: number;
  readonly longestMs: number;
  /** The random part of a wait, from 0 to 1, so that two clients that fail together do not return together. */
  readonly chance: number;
}

/** The wait after so many failures in a row: it doubles each time, up to the longest. */
export function backOffMs(
  failures: number,
  random: () => number,
  { firstMs, longestMs, chance }: BackOff,
): number {
  const ceilingMs = Math.min(longestMs, firstMs * 2 ** (failures - 1));
  return ceilingMs * (1 - chance + chance * random());
}
