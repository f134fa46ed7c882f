import { statSync } from 'node:fs';
import type { DatabaseSync } from 'node:sqlite';
import { Worker } from 'node:worker_threads';

/**
 * A commit that finds so many pages in the log of changes (`-wal`), 16 MiB, writes them into the file. Lists of members
 * touch pages all over the memberships, and each checkpoint writes a page once, however often it changed. With more pages
 * the commit takes longer than health checks should wait.
 */
export const CHECKPOINT_PAGES = 4000;

export interface CheckpointLimits {
  /** From this size of the file on, in bytes, a thread makes the checkpoints: some 25,000 users. */
  readonly large: number;
  /** The thread is asked once so many pages wait. */
  readonly many: number;
  /** A log of so many pages is to begin anew, which takes a moment in which nothing waits. */
  readonly long: number;
  /** So few pages this thread writes itself, to come to that moment. */
  readonly few: number;
  /** Beyond that, the thread does not keep up: this one writes whatever waits. */
  readonly longest: number;
}

const LIMITS: CheckpointLimits = {
  large: 64 * 1024 * 1024,
  many: CHECKPOINT_PAGES,
  long: 2 * CHECKPOINT_PAGES,
  few: 200,
  longest: 8 * CHECKPOINT_PAGES,
};

/** A page with its header in the log of changes. */
const PAGE_BYTES = 4096 + 24;
const LONGEST_END_MS = 10_000;

/** Shared by both threads: a word for the new one, and the number of pages that it has written. */
const [WORD, WRITTEN] = [0, 1];
const [IDLE, WRITE, END, ENDED] = [0, 1, 2, 3];

/** Its text, because code for threads would be loaded by another path from sources than from a build. */
const THREAD = `
  const { DatabaseSync } = require('node:sqlite');
  const { file, shared } = require('node:worker_threads').workerData;
  let database;
  try {
    database = new DatabaseSync(file);
    const checkpoint = database.prepare('PRAGMA wal_checkpoint(PASSIVE)');
    for (;;) {
      Atomics.wait(shared, ${WORD}, ${IDLE});
      if (Atomics.load(shared, ${WORD}) === ${END}) break;
      Atomics.store(shared, ${WRITTEN}, checkpoint.get().checkpointed);
      Atomics.compareExchange(shared, ${WORD}, ${WRITE}, ${IDLE});
    }
  } finally {
    database?.close();
    Atomics.store(shared, ${WORD}, ${ENDED});
    Atomics.notify(shared, ${WORD});
  }`;

/**
 * Writes what was committed from the log of changes into the file. In a large file the pages lie far apart, and the disk
 * takes seconds for them at worst; so a thread with a connection of its own does it, while this one goes on. After a kill
 * the log is longer than otherwise, and nothing else is different.
 */
export class Checkpoints {
  readonly #database: DatabaseSync;
  readonly #file: string;
  readonly #limits: CheckpointLimits;
  readonly #shared = new Int32Array(new SharedArrayBuffer(8));
  #thread: Worker | undefined;
  #state: 'small' | 'large' | 'failed' = 'small';

  /** @param file of the connection, which makes a checkpoint after `CHECKPOINT_PAGES` by itself */
  constructor(database: DatabaseSync, file: string, limits = LIMITS) {
    this.#database = database;
    this.#file = file;
    this.#limits = limits;
  }

  /** Called after each commit. */
  readonly look = (): void => {
    const { large, many, long, few, longest } = this.#limits;
    if (this.#state === 'small' && sizeOf(this.#file) >= large) this.#takeOver();
    if (this.#state !== 'large') return;
    const pages = Math.floor(sizeOf(`${this.#file}-wal`) / PAGE_BYTES);
    if (pages >= longest) return this.#writeHere();
    if (Atomics.load(this.#shared, WORD) !== IDLE) return;
    const waiting = pages - this.#writtenOf(pages);
    if (pages >= long && waiting <= few) this.#writeHere();
    else if (waiting >= (pages >= long ? few : many)) this.#ask();
  };

  /** Ends the thread's connection, so that closing this one finds no other. Waits for a checkpoint under way. */
  close(): void {
    if (this.#thread === undefined) return;
    const before = Atomics.exchange(this.#shared, WORD, END);
    Atomics.notify(this.#shared, WORD);
    if (before !== ENDED) Atomics.wait(this.#shared, WORD, END, LONGEST_END_MS);
    this.#thread = undefined;
  }

  /** The pages of the log that the thread has written. Fewer pages than that mean that the log has begun anew. */
  #writtenOf(pages: number): number {
    const written = Atomics.load(this.#shared, WRITTEN);
    if (written <= pages) return written;
    Atomics.store(this.#shared, WRITTEN, 0);
    return 0;
  }

  /** From now on the log is as long as what was written since it began: otherwise it keeps the size that it once had. */
  #takeOver(): void {
    this.#state = 'large';
    this.#database.exec('PRAGMA wal_autocheckpoint = 0; PRAGMA journal_size_limit = 0');
  }

  #writeHere(): void {
    try {
      this.#database.exec('PRAGMA wal_checkpoint(PASSIVE)');
    } catch {
      // Everything committed is safe in the log.
      this.#giveUp();
    }
  }

  #ask(): void {
    Atomics.store(this.#shared, WORD, WRITE);
    this.#thread ??= this.#start();
    Atomics.notify(this.#shared, WORD);
  }

  #start(): Worker {
    const workerData = { file: this.#file, shared: this.#shared };
    const execArgv = ['--disable-warning=ExperimentalWarning'];
    const thread = new Worker(THREAD, { eval: true, workerData, env: {}, execArgv });
    thread.on('error', () => this.#giveUp());
    thread.unref();
    return thread;
  }

  /** A full disk, say. SQLite makes the checkpoints again, and commits tell whatever lasts. */
  #giveUp(): void {
    this.#state = 'failed';
    this.#thread = undefined;
    if (this.#database.isOpen) this.#database.exec(`PRAGMA wal_autocheckpoint = ${CHECKPOINT_PAGES}`);
  }
}

function sizeOf(file: string): number {
  return statSync(file, { throwIfNoEntry: false })?.size ?? 0;
}
