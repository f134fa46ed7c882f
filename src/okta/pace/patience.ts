import type { BackOff } from '../../http/back-off.ts';

/** Tries of one call before it counts as unavailable. */
export const TRIES = 5;
/** 429s in a row for one call, each waited out to its reset, before the run gives up. */
export const PATIENCE = 20;

/** The wait between two tries. */
export const BACK_OFF: BackOff = { firstMs: 500, longestMs: 20_000, chance: 0.5 };
