import type { Clock } from '../ports/clock.ts';
import type { HookInbox } from '../ports/hooks.ts';
import type { ToldEvent } from '../ports/source.ts';

/** A request waits this long for the inbox. */
const STORE_WITHIN_MS = 1500;
const TRY_AGAIN_MS = 50;
/** Okta's batches are small. Whoever sends more marks at once has the System Log asked instead. */
const MOST_MARKS = 5000;

/** What has become of the events of one request? Instants are Unix milliseconds. */
export interface KeptEvents {
  readonly at: number;
  readonly received: number;
  /** When those that leave marks were published. */
  readonly published: readonly number[];
  /** The number of events that are new and whose marks are on disk; `undefined`: the System Log is to be asked instead. */
  readonly used: number | undefined;
  /** The reason, where they could not be stored. */
  readonly error?: unknown;
}

interface KeepingParts {
  readonly inbox: Pick<HookInbox, 'store'>;
  readonly clock: Clock;
}

/** Keeps the marks of one request, where that is neither too much nor takes too long. Never throws. */
export async function keepEvents(
  events: readonly ToldEvent[],
  received: number,
  { inbox, clock }: KeepingParts,
): Promise<KeptEvents> {
  const at = clock.now();
  const published = events.flatMap(({ publishedAt }) => publishedAt ?? []);
  const marks = events.reduce((sum, event) => sum + event.marks.length, 0);
  const stored = marks > MOST_MARKS ? { used: undefined } : await store(events, at, { inbox, clock });
  return { at, received, published, ...stored };
}

async function store(
  events: readonly ToldEvent[],
  since: number,
  { inbox, clock }: KeepingParts,
): Promise<Pick<KeptEvents, 'used' | 'error'>> {
  for (;;) {
    try {
      return { used: await inbox.store(events) };
    } catch (error) {
      if (clock.now() - since + TRY_AGAIN_MS > STORE_WITHIN_MS) return { used: undefined, error };
      await clock.sleep(TRY_AGAIN_MS);
    }
  }
}
