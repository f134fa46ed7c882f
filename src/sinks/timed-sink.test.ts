import { expect, test } from 'vitest';
import { SinkUnavailableError } from '../ports/errors.ts';
import type { Sink } from '../ports/sink.ts';
import { timedSink } from './timed-sink.ts';

test('sinks, timed: each push tells how long it took, one that throws too, and brings what it brought', async () => {
  let now = 1000;
  const told: number[] = [];
  const sink: Sink = {
    name: 'the sink',
    envelopeBytes: 24,
    refusalHint: 'look',
    push: async (bodies) => {
      now += bodies.length * 100;
      if (bodies.length > 1) throw new SinkUnavailableError('no answer');
      return { kind: 'accepted' };
    },
  };
  const clock = { now: () => now, sleep: async () => undefined };
  const timed = timedSink(sink, clock, { pushTook: (ms) => told.push(ms) });

  expect(await timed.push(['{}'])).toEqual({ kind: 'accepted' });
  await expect(timed.push(['{}', '{}'])).rejects.toThrow('no answer');
  expect(told).toEqual([100, 200]);
  expect(timed).toMatchObject({ name: 'the sink', envelopeBytes: 24, refusalHint: 'look' });
});
