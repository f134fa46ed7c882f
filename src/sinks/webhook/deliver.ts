import { backOffMs, type BackOff } from '../../http/back-off.ts';
import type { Clock } from '../../ports/clock.ts';
import type { Notice, NoticeQueue } from '../../ports/notices.ts';
import type { Receiver, WebhookAnswer } from './client.ts';

const TRIES = 3;
const BACK_OFF: BackOff = { firstMs: 500, longestMs: 1000, chance: 0.5 };
/** The end of a run waits no longer than about this for all messages together. */
const MOST_MS = 10_000;

interface NoticeLog {
  info(facts: object, message: string): void;
  warn(facts: object, message: string): void;
}

export interface NoticeDeliveryParts {
  readonly queue: NoticeQueue;
  readonly receiver: Receiver;
  readonly clock: Clock;
  /** A number from 0 up to 1. */
  readonly random: () => number;
  readonly signal: AbortSignal;
  readonly log: NoticeLog;
}

/** `isFailing`: the receiver did not take a message, so that the rest was not tried. */
export interface NoticesDelivered {
  readonly delivered: number;
  readonly isFailing: boolean;
}

/**
 * Sends the messages that wait, one after the other, until one fails three times or the time is up. A message leaves
 * the outbox only after it was confirmed: one that is sent twice has the same id.
 */
export async function deliverNotices(parts: NoticeDeliveryParts): Promise<NoticesDelivered> {
  const { queue, clock, signal, log } = parts;
  const endsAt = clock.now() + MOST_MS;
  tellDropped(queue, log);
  let delivered = 0;
  while (!signal.aborted && clock.now() < endsAt) {
    const notice = queue.next();
    if (notice === undefined) break;
    const answer = await tryOften(notice, endsAt, parts);
    if (answer.kind === 'failed') {
      if (!answer.isStopped) noteFailure(notice, answer, parts);
      return { delivered, isFailing: true };
    }
    queue.delivered(notice.id);
    delivered += 1;
  }
  if (delivered > 0) log.info({ notices: delivered, waiting: queue.waiting }, 'notices were delivered');
  return { delivered, isFailing: false };
}

async function tryOften(
  notice: Notice,
  endsAt: number,
  { receiver, clock, random, signal }: NoticeDeliveryParts,
): Promise<WebhookAnswer> {
  for (let tries = 1; ; tries += 1) {
    const answer = await receiver.send(notice, signal);
    if (answer.kind === 'delivered' || tries === TRIES || answer.isStopped) return answer;
    const waitMs = answer.waitMs ?? backOffMs(tries, random, BACK_OFF);
    if (clock.now() + waitMs >= endsAt) return answer;
    await clock.sleep(waitMs, signal);
  }
}

function noteFailure(
  { id }: Notice,
  { what, hint, isOfMessage }: WebhookAnswer & { readonly kind: 'failed' },
  { queue, receiver, clock, log }: NoticeDeliveryParts,
): void {
  queue.failed(id, { at: clock.now(), what, isOfMessage });
  log.warn(
    { reason: `the webhook at ${receiver.host} ${what}`, hint, waiting: queue.waiting },
    'a notice was not delivered: it waits for the next run',
  );
}

function tellDropped(queue: NoticeQueue, log: NoticeLog): void {
  const dropped = queue.takeDropped();
  if (dropped > 0) log.warn({ dropped }, 'too many notices waited: the oldest were dropped');
}
