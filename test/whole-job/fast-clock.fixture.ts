/**
 * Preloaded into a launched process, so that tests need not wait for what takes minutes there. `TEST_FAST_CLOCK` is a
 * number, and the whole process lives so many times faster; or `timeouts`: only timers of 25 s and more end early, which are
 * those of answers that never come.
 */
const TIMEOUTS_FASTER = 40;
const LEAST_TIMEOUT_MS = 25_000;

const faster = Number(process.env['TEST_FAST_CLOCK']);
const isWhole = !Number.isNaN(faster);
const { setTimeout: realTimeout } = globalThis;
const realNow = Date.now.bind(Date);
const startedAt = realNow();
/** The time that its clock shows at the start, where that is not the real one. */
const tells = Number(process.env['TEST_CLOCK_STARTS_AT'] ?? startedAt);

function shortened(ms: number): number {
  if (isWhole) return ms / faster;
  return ms >= LEAST_TIMEOUT_MS ? ms / TIMEOUTS_FASTER : ms;
}

globalThis.setTimeout = new Proxy(realTimeout, {
  apply: (target, self, [work, ms, ...rest]) => Reflect.apply(target, self, [work, shortened(ms), ...rest]),
});
if (isWhole) Date.now = () => tells + (realNow() - startedAt) * faster;
