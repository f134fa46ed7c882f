import type { DatabaseSync } from 'node:sqlite';
import type {
  DeadLetter,
  InventoryReader,
  KnownUser,
  OldestAnswers,
  Standing,
  OpenAlert,
  WaitingNotices,
} from '../../ports/reader.ts';
import type { Asset } from '../../ports/assets.ts';
import type { Lookup, UserFacets } from '../../ports/org.ts';
import type { PostureHistory } from '../../ports/posture.ts';
import type { RunHistory } from '../../ports/run-history.ts';
import type { RunState } from '../../ports/run-state.ts';
import { oldestAnswers, oldestWaiting, refusedEvents } from './ages.ts';
import { readDeadLetter } from './dead-letters.ts';
import { FacetReader } from './facets.ts';
import type { StillGood } from '../policy/answers.ts';
import { openReadOnly } from './open-read-only.ts';
import { openAlerts, waitingNotices } from './notices/told-now.ts';
import { integer, text } from './rows.ts';
import { SqlitePostureHistory } from './posture.ts';
import { SqliteRunHistory } from './run-history.ts';
import { RunStateReader } from './run-state.ts';
import { StandingTrouble } from './standing.ts';
import { orInventoryError } from './transaction.ts';
import { UserViews } from './user-views.ts';

const PAGE = 200;
const BEFORE_ALL = { kind: '', id: '' };

/**
 * Reads the inventory in `stateDir` as its sinks see it, the one of users first, without a lock, while a worker may be
 * running. Throws `InventoryError`.
 */
export function openReader(stateDir: string, sinks: Sinks): InventoryReader {
  return new SqliteReader(openReadOnly(stateDir), sinks);
}

/** The sinks of an inventory: that of users, and others. */
export type Sinks = readonly [ofUsers: string, ...others: string[]];

interface EventCount {
  readonly events: number;
  readonly oldestAt: number | undefined;
}

function together(counts: readonly EventCount[]): EventCount {
  const instants = counts.map(({ oldestAt }) => oldestAt).filter((at) => at !== undefined);
  return {
    events: counts.reduce((sum, { events }) => sum + events, 0),
    oldestAt: instants.length === 0 ? undefined : Math.min(...instants),
  };
}

class SqliteReader implements InventoryReader {
  readonly #database: DatabaseSync;
  readonly #sinks: Sinks;
  readonly #runState: RunStateReader;
  readonly #letters;
  readonly history: RunHistory;
  readonly posture: PostureHistory;

  constructor(database: DatabaseSync, sinks: Sinks) {
    this.#database = database;
    this.#sinks = sinks;
    this.#runState = new RunStateReader(database);
    this.history = new SqliteRunHistory(database);
    this.posture = new SqlitePostureHistory(database);
    this.#letters = database.prepare(
      'SELECT * FROM dead_letters WHERE sink = ? AND (kind, id) > (?, ?) ORDER BY kind, id LIMIT ?',
    );
  }

  /** Reads a page at a time: one long read would keep the writer from tidying up. */
  async *deadLetters(): AsyncGenerator<DeadLetter> {
    for (const sink of this.#sinks) {
      let page = this.#lettersAfter(sink, undefined);
      for (; page.length > 0; page = this.#lettersAfter(sink, page.at(-1)?.asset)) yield* page;
    }
  }

  #lettersAfter(sink: string, { kind, id } = BEFORE_ALL): readonly DeadLetter[] {
    return orInventoryError(() => this.#letters.all(sink, kind, id, PAGE).map(readDeadLetter));
  }

  async runState(): Promise<RunState> {
    return orInventoryError(() => this.#runState.load());
  }

  async waiting(): ReturnType<InventoryReader['waiting']> {
    return orInventoryError(() => {
      const size = this.#database.prepare('SELECT events AS pending FROM outbox_sizes WHERE sink = ?');
      return together(
        this.#sinks.map((sink) => {
          const row = size.get(sink);
          return {
            events: row === undefined ? 0 : integer(row, 'pending'),
            oldestAt: oldestWaiting(this.#database, sink)(),
          };
        }),
      );
    });
  }

  async refused(): ReturnType<InventoryReader['refused']> {
    return orInventoryError(() => together(this.#sinks.map((sink) => refusedEvents(this.#database, sink))));
  }

  async oldestAnswers(): Promise<OldestAnswers> {
    return orInventoryError(() => oldestAnswers(this.#database));
  }

  async notices(): Promise<WaitingNotices> {
    return orInventoryError(() => waitingNotices(this.#database));
  }

  async openAlerts(): Promise<readonly OpenAlert[]> {
    return orInventoryError(() => openAlerts(this.#database));
  }

  orgHost(): string | undefined {
    const row = orInventoryError(() => this.#database.prepare('SELECT host FROM org').get());
    return row === undefined ? undefined : text(row, 'host');
  }

  async standing(
    lookups: ReadonlySet<Lookup>,
    assets: ReadonlySet<Asset>,
    isStillGood: StillGood,
  ): Promise<Standing> {
    return orInventoryError(() =>
      new StandingTrouble(this.#database, this.#sinks, isStillGood).read(lookups, assets),
    );
  }

  async facets(userId: string, isStillGood: StillGood): Promise<UserFacets | undefined> {
    return orInventoryError(() => new FacetReader(this.#database, isStillGood).read(userId)?.facets);
  }

  async user(idOrLogin: string, isStillGood: StillGood): Promise<KnownUser | undefined> {
    return orInventoryError(() => new UserViews(this.#database, this.#sinks[0], isStillGood).find(idOrLogin));
  }

  async *users(isStillGood: StillGood): AsyncGenerator<KnownUser> {
    const views = orInventoryError(() => new UserViews(this.#database, this.#sinks[0], isStillGood));
    let ids = orInventoryError(() => views.idsAfter(''));
    for (; ids.length > 0; ids = orInventoryError(() => views.idsAfter(ids.at(-1) ?? ''))) {
      for (const id of ids) {
        const user = orInventoryError(() => views.find(id));
        // The user may have been removed since the page was read.
        if (user !== undefined) yield user;
      }
    }
  }

  close(): void {
    this.#database.close();
  }
}
