import { expect, test } from 'vitest';
import { ReceivedHooks } from '../../hooks/desk.ts';
import { leaveTime } from './tell-read.ts';

test.for([
  ['short', 10_000, 'marks'],
  ['long', 10_001, undefined],
] as const)(
  'sync, hooks amid a run: after a %s reading amid a run the next one waits for 10 s only where it was long',
  ([, tookMs, next]) => {
    const clock = { now: () => tookMs, sleep: async () => undefined };
    const ignore = (): void => undefined;
    const hooks = new ReceivedHooks({
      // Marks that wait since the reading began.
      openInbox: () => Object.assign(Object.create(null), { waitingSince: 0 }),
      delayMs: 0,
      clock,
      timings: { hookAnswered: ignore, hookEvents: ignore, hookLag: ignore, hookDelivered: ignore },
      onArrival: ignore,
      log: { error: ignore, warn: ignore, info: ignore, debug: ignore, trace: ignore },
    });
    leaveTime({ hooks, clock }, 0);

    expect(hooks.dueWork()).toBe(next);
  },
);
