/** Tries of one call before it counts as unavailable. */
export const TRIES = 5;
/** 429s in a row for one call, each waited out to its reset, before the run gives up. */
export const PATIENCE = 20;

const FIRST_BACK_OFF_MS = 500;
const LONGEST_BACK_OFF_MS = 20_000;

/** How long to wait after so many tries: doubled each time, and never the same for two who fail together. */
export function backOffMs(tries: number, random: () => number): number {
  const ceilingMs = Math.min(LONGEST_BACK_OFF_MS, FIRST_BACK_OFF_MS * 2 ** (tries - 1));
  return ceilingMs * (0.5 + random() / 2);
}
