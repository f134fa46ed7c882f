import type { Clock } from '../ports/clock.ts';

/** Node's timers fire at once for any longer time. */
const LONGEST_TIMER_MS = 2_147_483_647;

export const systemClock: Clock = {
  now: () => Date.now(),

  async sleep(ms, signal) {
    if (ms <= 0 || signal?.aborted === true) return;
    await wait(Math.min(ms, LONGEST_TIMER_MS), signal);
    await systemClock.sleep(ms - LONGEST_TIMER_MS, signal);
  },
};

function wait(ms: number, signal: AbortSignal | undefined): Promise<void> {
  return new Promise((resolve) => {
    function finish(): void {
      clearTimeout(timer);
      signal?.removeEventListener('abort', finish);
      resolve();
    }
    const timer = setTimeout(finish, ms);
    signal?.addEventListener('abort', finish);
  });
}
