import type { Delivery, DeliveryTotals, Outbox } from '../ports/sink.ts';

/**
 * Several deliveries as one. Each has an outbox and a sink of its own, and a sink that is down costs the others nothing.
 */
export function joinDeliveries(deliveries: readonly Delivery[]): Delivery {
  const all = (work: (delivery: Delivery) => void) => () => deliveries.forEach((each) => work(each));
  return {
    start: all((each) => each.start()),
    wake: all((each) => each.wake()),
    finish: async (options) => sumOf(await Promise.all(deliveries.map((each) => each.finish(options)))),
    totals: () => sumOf(deliveries.map((each) => each.totals())),
  };
}

function sumOf(totals: readonly DeliveryTotals[]): DeliveryTotals {
  const sum = (count: 'batches' | 'retries' | 'accepted' | 'refused'): number =>
    totals.reduce((before, each) => before + each[count], 0);
  return {
    batches: sum('batches'),
    retries: sum('retries'),
    accepted: sum('accepted'),
    isProven:
      totals.some(({ isProven }) => isProven) &&
      totals.every(({ isProven, batches }) => isProven || batches === 0),
    refused: sum('refused'),
    trouble: totals.find(({ trouble }) => trouble !== undefined)?.trouble,
    error: totals.find(({ error }) => error !== undefined)?.error,
  };
}

type Waiting = Pick<Outbox, 'pending' | 'oldestAt'>;

/** The events that wait in several outboxes. */
export function joinOutboxes(outboxes: readonly Waiting[]): Waiting {
  return {
    pending: async () => {
      const counts = await Promise.all(outboxes.map((each) => each.pending()));
      return counts.reduce((sum, count) => sum + count, 0);
    },
    oldestAt: async () => {
      const instants = await Promise.all(outboxes.map((each) => each.oldestAt()));
      const known = instants.filter((at) => at !== undefined);
      return known.length === 0 ? undefined : Math.min(...known);
    },
  };
}
