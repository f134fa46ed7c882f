/** Time as the product sees it: an argument, so that a test can move it. */

export interface Clock {
  /** Unix milliseconds of this machine. */
  now(): number;
  /** Resolves early, without throwing, when the signal fires. */
  sleep(ms: number, signal?: AbortSignal): Promise<void>;
}
