import { extname, join } from 'node:path';
import { Worker } from 'node:worker_threads';
import type { ReceivedHooks } from '../../hooks/desk.ts';
import type {
  ReceptionKnowledge,
  ReceptionNews,
  ReceptionPlace,
  ReceptionOrder,
} from '../../hooks/thread-messages.ts';
import type { TlsPair } from '../../http/tls-pair.ts';
import { ConfigError } from '../../ports/errors.ts';
import type { Clock } from '../../ports/clock.ts';
import type { Log } from '../../ports/log.ts';

/** The same file of a build ends in `.js`. */
const THREAD = join(import.meta.dirname, `thread${extname(import.meta.filename)}`);
/** Nobody can fill more memory than this, in MB, with what is sent. A thread that would is begun anew. */
const MOST_HEAP_MB = 256;
const BEGIN_AGAIN_MS = 1000;

interface ReceptionParts {
  readonly desk: ReceivedHooks;
  /** Asked when the thread begins, and when `tellAgain` is called. */
  readonly knowledge: () => ReceptionKnowledge;
  /** Called after each request without a valid secret. */
  readonly onUnauthorized: () => void;
  readonly clock: Clock;
  readonly log: Log;
}

/** The thread that answers event hooks, as the worker's own thread sees it. */
export class HookReception {
  readonly #parts: ReceptionParts;
  readonly #closed = new AbortController();
  #thread: Worker | undefined;
  /** The certificate to show, also by a thread that is begun anew. */
  #tls: TlsPair | undefined;
  #ended: Promise<void> = Promise.resolve();

  private constructor(parts: ReceptionParts) {
    this.#parts = parts;
  }

  /** Resolves with the URL once it listens. Throws `ConfigError` when it cannot. */
  static async open(
    place: ReceptionPlace,
    parts: ReceptionParts,
  ): Promise<{ readonly reception: HookReception; readonly url: string }> {
    const reception = new HookReception(parts);
    reception.#tls = place.tls;
    const url = await reception.#begin(place);
    return { reception, url };
  }

  /** Shows this certificate from now on; `undefined`: the one before. A port without TLS stays without. */
  showCertificate(tls: TlsPair | undefined): void {
    if (tls === undefined || this.#tls === undefined) return;
    this.#tls = tls;
    this.#send({ knowledge: this.#parts.knowledge(), tls });
  }

  /** Settings, or what the org says of itself, may have changed. */
  tellAgain(): void {
    this.#send({ knowledge: this.#parts.knowledge() });
  }

  async close(): Promise<void> {
    this.#closed.abort();
    await this.#thread?.terminate();
    await this.#ended;
  }

  #begin(place: ReceptionPlace): Promise<string> {
    const resourceLimits = { maxOldGenerationSizeMb: MOST_HEAP_MB };
    const thread = new Worker(THREAD, { env: {}, resourceLimits });
    this.#thread = thread;
    this.#send({ place: { ...place, tls: this.#tls }, knowledge: this.#parts.knowledge() });
    return new Promise((resolve, reject) => {
      let url: string | undefined;
      let failure = new Error('nothing is known of the reason');
      thread.on('message', (news: ReceptionNews) => {
        if (news.kind === 'listening') {
          this.#parts.desk.inbox.portOpened();
          resolve((url = news.url));
        } else if (news.kind === 'refused') failure = new ConfigError(news.faults);
        else this.#take(news);
      });
      thread.on('error', (error: Error) => (failure = error));
      thread.once('exit', () => {
        this.#parts.desk.inbox.portClosed();
        if (url === undefined) reject(failure);
        else this.#ended = this.#beginAgain({ ...place, port: Number(new URL(url).port) }, failure);
      });
    });
  }

  /** The System Log has what comes meanwhile. */
  async #beginAgain(place: ReceptionPlace, failure: unknown): Promise<void> {
    const { clock, desk, log } = this.#parts;
    if (this.#isClosed()) return;
    log.error({ err: failure }, 'the thread that takes event hooks has ended: it begins anew');
    desk.needPoll();
    await clock.sleep(BEGIN_AGAIN_MS, this.#closed.signal);
    if (this.#isClosed()) return;
    try {
      await this.#begin(place);
    } catch (thrown) {
      await this.#beginAgain(place, thrown);
    }
  }

  #send(order: ReceptionOrder): void {
    this.#thread?.postMessage(order);
  }

  #isClosed(): boolean {
    return this.#closed.signal.aborted;
  }

  #take(news: Exclude<ReceptionNews, { readonly kind: 'listening' | 'refused' }>): void {
    const { desk, log, onUnauthorized } = this.#parts;
    if (news.kind === 'counted') {
      desk.count(news.outcome);
      if (news.outcome === 'unauthorized') onUnauthorized();
    } else if (news.kind === 'kept') desk.kept(news.kept);
    else if (news.kind === 'trouble') desk.troubled(news.trouble);
    else if (news.kind === 'poll') desk.needPoll();
    else log[news.level](news.fields, news.message);
  }
}
