import type { DeliveryTotals } from '../ports/sink.ts';
import type { Job } from './job.ts';

/** A stopped run has this long to push the events that are left; the others stay in the outbox. */
const STOP_WITHIN_MS = 7000;

/** Delivers all that waits. Once the run is told to stop, now or later, it takes only as long as a stop may take. */
export async function deliverRest({
  delivery,
  signal,
}: Pick<Job, 'delivery' | 'signal'>): Promise<DeliveryTotals> {
  if (signal.aborted) return delivery.finish({ deadlineMs: STOP_WITHIN_MS });
  const stopped = new Promise<DeliveryTotals>((resolve) => {
    const stop = (): void => resolve(delivery.finish({ deadlineMs: STOP_WITHIN_MS }));
    signal.addEventListener('abort', stop, { once: true });
  });
  return Promise.race([delivery.finish(), stopped]);
}
