import type { Clock } from '../ports/clock.ts';
import type { Sink } from '../ports/sink.ts';
import type { Timings } from '../ports/timings.ts';

/** The same sink, but each push tells how long it took, also one that throws. */
export function timedSink(sink: Sink, clock: Clock, timings: Pick<Timings, 'pushTook'>): Sink {
  return {
    name: sink.name,
    envelopeBytes: sink.envelopeBytes,
    refusalHint: sink.refusalHint,
    push: async (bodies, signal) => {
      const startedAt = clock.now();
      try {
        return await sink.push(bodies, signal);
      } finally {
        timings.pushTook(Math.max(0, clock.now() - startedAt));
      }
    },
  };
}
