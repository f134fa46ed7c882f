import { expect, test } from 'vitest';
import type { Clock } from '../ports/clock.ts';
import { LONGEST_NAP_MS, Pulse } from './pulse.ts';

const MINUTE = 60_000;

function createPulse() {
  let now = Date.parse('2026-08-01T10:00:00Z');
  const clock: Clock = { now: () => now, sleep: () => Promise.resolve() };
  const pulse = new Pulse(clock);
  return { pulse, pass: (ms: number) => (now += ms) };
}

test('worker, pulse: between runs it lives as long as the loop comes round', () => {
  const { pulse, pass } = createPulse();
  for (let naps = 0; naps < 100; naps += 1) {
    pass(LONGEST_NAP_MS);
    pulse.turn();
  }

  expect(pulse.isStuck()).toBe(false);
});

test('worker, pulse: between runs it is stuck when the loop has not come round for minutes', () => {
  const { pulse, pass } = createPulse();
  pass(3 * MINUTE);

  expect(pulse.isStuck()).toBe(true);
});

test('worker, pulse: a run that waits an hour for its rate limit is not stuck', () => {
  const { pulse, pass } = createPulse();
  pulse.follow(() => 17);
  pass(61 * MINUTE);

  expect(pulse.isStuck()).toBe(false);
});

test('worker, pulse: a run may last for days while it gets on', () => {
  const { pulse, pass } = createPulse();
  let done = 0;
  pulse.follow(() => done);
  const seen: boolean[] = [];
  for (let hours = 0; hours < 100; hours += 1) {
    pass(60 * MINUTE);
    done += 1;
    seen.push(pulse.isStuck());
  }

  expect(seen).not.toContain(true);
});

test('worker, pulse: a run without a call, a user or a batch for 90 minutes is stuck, until it gets on or ends', () => {
  const { pulse, pass } = createPulse();
  let done = 5;
  pulse.follow(() => done);
  pass(91 * MINUTE);
  const silent = pulse.isStuck();
  done += 1;
  const goesOn = pulse.isStuck();
  pass(91 * MINUTE);
  const silentAgain = pulse.isStuck();
  pulse.unfollow();

  expect([silent, goesOn, silentAgain, pulse.isStuck()]).toEqual([true, false, true, false]);
});

test('worker, pulse: after a run has ended its silence counts no more', () => {
  const { pulse, pass } = createPulse();
  pulse.follow(() => 1);
  pass(80 * MINUTE);
  pulse.unfollow();
  pass(MINUTE);

  expect(pulse.isStuck()).toBe(false);
});
