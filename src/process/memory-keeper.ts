import type { World } from './world.ts';

/** Less than that is not worth the 0.1 s that it takes to give it back. */
const MOST_KEPT_BYTES = 8 * 1024 * 1024;
/** V8 by itself waits until what is in use has grown by half. At the pace of Okta's limits this keeps a run smaller. */
const AMID_RUN_MS = 3_000;
/** A run that no limit slows down grows by so much within seconds. It gives pages back no more often than this. */
const GIVEN_BACK_MS = 15_000;

/**
 * Clears what runs leave behind (docs/decisions/0007). Pages of memory are given back only when this process has grown since
 * they were last: by a full run, or by one that reads thousands of changes. They would stay for as long as runs follow
 * within seconds.
 */
export class MemoryKeeper {
  readonly #world: Pick<World, 'clock' | 'freeMemory' | 'residentBytes'>;
  #clearedAt: number;
  #givenBackAt = Number.NEGATIVE_INFINITY;
  #restingBytes = 0;
  /** After pages were last given back, also amid a run. */
  #leastBytes = 0;

  constructor(world: Pick<World, 'clock' | 'freeMemory' | 'residentBytes'>) {
    this.#world = world;
    this.#clearedAt = world.clock.now();
  }

  /** To be called after each run, when the process waits. */
  atRest(): void {
    this.#clear();
    if (!this.#hasGrownSince(this.#restingBytes)) return;
    this.#giveBack();
    this.#restingBytes = this.#leastBytes;
  }

  /** To be called often amid a run. */
  amidRun(): void {
    if (this.#hasPassed(AMID_RUN_MS, this.#clearedAt)) this.afterMuch();
  }

  /** To be called when a lot of memory has just come out of use. */
  afterMuch(): void {
    this.#clear();
    if (this.#hasGrownSince(this.#leastBytes) && this.#hasPassed(GIVEN_BACK_MS, this.#givenBackAt))
      this.#giveBack();
  }

  #clear(): void {
    this.#clearedAt = this.#world.clock.now();
    this.#world.freeMemory();
  }

  #giveBack(): void {
    this.#givenBackAt = this.#world.clock.now();
    this.#world.freeMemory('given back');
    this.#leastBytes = this.#world.residentBytes();
  }

  #hasGrownSince(bytes: number): boolean {
    return this.#world.residentBytes() >= bytes + MOST_KEPT_BYTES;
  }

  /** A clock that was set back counts as time that has passed. */
  #hasPassed(ms: number, since: number): boolean {
    const passed = this.#world.clock.now() - since;
    return passed < 0 || passed >= ms;
  }
}
