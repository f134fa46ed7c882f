/**
 * Preloaded into a launched process, so that tests need not wait for what takes minutes there. `timeouts`: only timers
 * of 25 s and more, which are those of answers that never come. `everything`: the whole process lives faster.
 */
const TIMEOUTS_FASTER = 30;
const EVERYTHING_FASTER = 150;
const LEAST_TIMEOUT_MS = 25_000;

const isEverything = process.env['TEST_FAST_CLOCK'] === 'everything';
const { setTimeout: realTimeout } = globalThis;
const realNow = Date.now.bind(Date);
const startedAt = realNow();

function shortened(ms: number): number {
  if (isEverything) return ms / EVERYTHING_FASTER;
  return ms >= LEAST_TIMEOUT_MS ? ms / TIMEOUTS_FASTER : ms;
}

globalThis.setTimeout = new Proxy(realTimeout, {
  apply: (target, self, [work, ms, ...rest]) => Reflect.apply(target, self, [work, shortened(ms), ...rest]),
});
if (isEverything) Date.now = () => startedAt + (realNow() - startedAt) * EVERYTHING_FASTER;
