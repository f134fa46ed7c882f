export interface BackOff {
  readonly firstMs: number;
  readonly longestMs: number;
  /** The part of a wait that chance decides, from 0 to 1, so that two who fail together do not come back together. */
  readonly chance: number;
}

/** How long to wait after so many failures in a row: doubled each time, up to the longest. */
export function backOffMs(
  failures: number,
  random: () => number,
  { firstMs, longestMs, chance }: BackOff,
): number {
  const ceilingMs = Math.min(longestMs, firstMs * 2 ** (failures - 1));
  return ceilingMs * (1 - chance + chance * random());
}
