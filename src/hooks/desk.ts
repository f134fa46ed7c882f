import type { Clock } from '../ports/clock.ts';
import type {
  HookInbox,
  HookTraffic,
  HookWarning,
  HookWork,
  InboxTrouble,
  RunHooks,
} from '../ports/hooks.ts';
import type { HookCounts } from '../ports/report.ts';
import type { Log } from '../ports/log.ts';
import type { KeptEvents } from './keep.ts';
import type { HookOutcome } from './receiver.ts';

/** Marks are read no more often than this, so that those of a burst are read together. */
const BETWEEN_MARKS_MS = 10_000;
/** Polls that hooks call for begin so far apart, whoever sends what. */
const BETWEEN_POLLS_MS = 60_000;
const BETWEEN_LINES_MS = 60_000;
/** The times of so many arrivals are kept. */
const MOST_ARRIVALS = 20_000;

/** The measurements that hooks give. */
export interface HookTimings {
  hookAnswered(outcome: HookOutcome): void;
  hookEvents(used: number, unused: number): void;
  hookLag(ms: number): void;
  hookDelivered(ms: number): void;
}

/** When hooks came whose marks a run took together. */
type Arrivals = readonly number[];

interface ReadArrivals {
  /** Their events entered the outbox before. */
  readonly readAt: number;
  readonly arrivals: Arrivals;
}

export interface DeskParts {
  /** Opens the inbox, which tells of trouble with its file even while it is opened. */
  readonly openInbox: (onTrouble: (trouble: InboxTrouble) => void) => HookInbox;
  /** `HOOK_DELAY`. */
  readonly delayMs: number;
  readonly clock: Clock;
  readonly timings: HookTimings;
  /** Called when something waits that was not there before. */
  readonly onArrival: () => void;
  readonly log: Log;
}

const NOTHING: HookCounts = { requests: 0, events: 0, refused: 0, runs: 0 };

/** Okta warns at so many events a day, and at 400,000 sends no more until the day is over. */
const MANY_A_DAY = 280_000;
const SILENT_FOR_MS = 86_400_000;

function warningsOf(traffic: HookTraffic | undefined): readonly HookWarning[] {
  if (traffic === undefined) return [];
  const { hooked, logged, silentMs, missed } = traffic;
  const found: HookWarning[] = [];
  if (silentMs >= SILENT_FOR_MS && missed > 0)
    found.push({
      code: 'hooks_silent',
      says: `no event hook came in 24 hours with an open port, although the System Log had ${missed} events for them: run \`okta-ocsf hooks status\``,
    });
  if (Math.max(hooked, logged) > MANY_A_DAY)
    found.push({
      code: 'hooks_many',
      says: `more than ${MANY_A_DAY} events for hooks within 24 hours: at 400,000 Okta stops sending them; take loud types out with \`okta-ocsf hooks create --types\``,
    });
  return found;
}

/** Refusals that an operator can end. */
const REFUSALS: Partial<Readonly<Record<HookOutcome, string>>> = {
  unauthorized: 'a request to the port of event hooks had no valid secret',
  'wrong-org': 'an event hook had the secret, but came from another org than that of OKTA_BASE_URL',
};

/** Keeps what hooks have brought until a run takes it, and says when that is due. */
export class ReceivedHooks implements RunHooks {
  readonly inbox: HookInbox;
  readonly #parts: DeskParts;
  #counts = { ...NOTHING };
  #pollDueSince: number | undefined;
  #marksAt = Number.NEGATIVE_INFINITY;
  #pollAt = Number.NEGATIVE_INFINITY;
  /** When marks arrived that no run has taken. */
  #arrived: number[] = [];
  readonly #taken: Arrivals[] = [];
  #read: ReadArrivals[] = [];
  readonly #refused = new Map<HookOutcome, number>();
  readonly #told = new Map<string, number>();
  readonly removed: RunHooks['removed'] = new Map();
  readonly unread: RunHooks['unread'] = new Set();
  /** The warnings of the last look. */
  standing: readonly (HookWarning & { readonly since: number })[] = [];

  constructor(parts: DeskParts) {
    this.#parts = parts;
    this.inbox = parts.openInbox((trouble) => this.troubled(trouble));
  }

  count(outcome: HookOutcome): void {
    this.#parts.timings.hookAnswered(outcome);
    if (outcome === 'accepted') {
      this.#counts.requests += 1;
      this.standing = this.standing.filter(({ code }) => code !== 'hooks_silent');
    } else if (outcome !== 'challenge') this.#counts.refused += 1;
    const says = REFUSALS[outcome];
    if (says === undefined) return;
    const requests = (this.#refused.get(outcome) ?? 0) + 1;
    this.#refused.set(outcome, requests);
    this.#tell(says, { requests });
  }

  /** The marks of one request are on disk. Where they are not, the System Log is asked: it has every event. */
  kept({ at, received, published, used, error }: KeptEvents): void {
    const { timings, onArrival } = this.#parts;
    for (const publishedAt of published) timings.hookLag(Math.max(0, at - publishedAt));
    timings.hookEvents(used ?? 0, received - (used ?? 0));
    if (error !== undefined)
      this.#tell('event hooks cannot be kept in STATE_DIR: the System Log is asked instead', { err: error });
    if (used === undefined) return this.needPoll();
    this.#counts.events += used;
    if (used === 0) return;
    if (this.#timed < MOST_ARRIVALS) this.#arrived.push(at);
    if (this.inbox.hasCome()) onArrival();
  }

  /** The file of the inbox is at fault. The System Log has what was in it. */
  troubled({ error, areMarksLost }: InboxTrouble): void {
    this.#tell('the file of event hooks in STATE_DIR cannot be used, and is made anew where it is damaged', {
      err: error,
    });
    if (areMarksLost) this.needPoll();
  }

  needPoll(): void {
    const isNew = this.#pollDueSince === undefined;
    this.#pollDueSince ??= this.#parts.clock.now();
    if (isNew) this.#parts.onArrival();
  }

  /** When marks or a poll are due next; `undefined`: nothing waits. */
  dueAt(): number | undefined {
    const due = [this.#marksDueAt(), this.#pollDueAt()].filter((at) => at !== undefined);
    return due.length === 0 ? undefined : Math.min(...due);
  }

  dueWork(only?: 'marks'): HookWork | undefined {
    const now = this.#parts.clock.now();
    if (only === undefined && (this.#pollDueAt() ?? Number.POSITIVE_INFINITY) <= now) return 'poll';
    return (this.#marksDueAt() ?? Number.POSITIVE_INFINITY) <= now ? 'marks' : undefined;
  }

  postponeMarks(): void {
    this.#marksAt = this.#parts.clock.now();
  }

  begins(kind: HookWork): void {
    const now = this.#parts.clock.now();
    if (kind === 'marks') {
      this.#counts.runs += 1;
      return;
    }
    if (this.#pollDueSince !== undefined) this.#pollAt = now;
    this.#pollDueSince = undefined;
  }

  taken(): void {
    this.#taken.push(this.#arrived);
    this.#arrived = [];
  }

  read(which: 'newest' | 'all'): void {
    const readAt = this.#parts.clock.now();
    const arrivals = this.#taken.splice(which === 'all' ? 0 : -1).flat();
    if (arrivals.length > 0) this.#read.push({ readAt, arrivals });
  }

  get awaitsDelivery(): boolean {
    return this.#read.length > 0;
  }

  delivered(oldestAt = Number.POSITIVE_INFINITY): void {
    const { clock, timings } = this.#parts;
    const now = clock.now();
    const isOut = ({ readAt }: ReadArrivals): boolean => readAt < oldestAt;
    for (const at of this.#read.filter(isOut).flatMap(({ arrivals }) => arrivals))
      timings.hookDelivered(Math.max(0, now - at));
    this.#read = this.#read.filter((each) => !isOut(each));
  }

  get #timed(): number {
    const read = this.#read.map(({ arrivals }) => arrivals);
    return [this.#arrived, ...this.#taken, ...read].reduce((sum, { length }) => sum + length, 0);
  }

  counts(): HookCounts {
    return { ...this.#counts };
  }

  reported(): void {
    this.#counts = { ...NOTHING };
    this.removed.clear();
    this.unread.clear();
  }

  async warnings(): Promise<readonly HookWarning[]> {
    const found = warningsOf(await this.#traffic());
    for (const { code, says } of found)
      if (!this.standing.some((each) => each.code === code)) this.#parts.log.warn({ warning: code }, says);
    const now = this.#parts.clock.now();
    this.standing = found.map((each) => ({
      ...each,
      since: this.standing.find(({ code }) => code === each.code)?.since ?? now,
    }));
    return found;
  }

  /** A report that cannot count hooks is better than none. */
  async #traffic(): Promise<HookTraffic | undefined> {
    try {
      return await this.inbox.traffic();
    } catch (error) {
      this.#tell('the traffic of event hooks cannot be read in STATE_DIR', { err: error });
      return undefined;
    }
  }

  #marksDueAt(): number | undefined {
    const since = this.inbox.waitingSince;
    if (since === undefined) return undefined;
    // A clock that was set back lets nothing wait for longer.
    const now = this.#parts.clock.now();
    const marksAt = this.#marksAt > now ? Number.NEGATIVE_INFINITY : this.#marksAt;
    return Math.max(Math.min(since, now) + this.#parts.delayMs, marksAt + BETWEEN_MARKS_MS);
  }

  #pollDueAt(): number | undefined {
    const since = this.#pollDueSince;
    return since === undefined
      ? undefined
      : Math.max(since + this.#parts.delayMs, this.#pollAt + BETWEEN_POLLS_MS);
  }

  /** At most once a minute. */
  #tell(message: string, fields: Readonly<Record<string, unknown>>): void {
    const { clock, log } = this.#parts;
    const now = clock.now();
    const last = this.#told.get(message) ?? Number.NEGATIVE_INFINITY;
    if (now - last < BETWEEN_LINES_MS) return;
    this.#told.set(message, now);
    log.warn(fields, message);
  }
}
