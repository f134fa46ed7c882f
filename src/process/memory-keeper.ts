import type { World } from './world.ts';

/** Less than that is not worth the 0.1 s that it takes to give it back. */
const MOST_KEPT_BYTES = 8 * 1024 * 1024;
/** V8 by itself waits until what is in use has grown by half. At the pace of Okta's limits this keeps a run smaller. */
const AMID_RUN_MS = 5_000;

/**
 * Clears what runs leave behind (docs/decisions/0007). Pages of memory are given back only when this process has grown since
 * they were last: by a full run, or by one that reads thousands of changes. They would stay for as long as runs follow
 * within seconds.
 */
export class MemoryKeeper {
  readonly #world: Pick<World, 'clock' | 'freeMemory' | 'residentBytes'>;
  #clearedAt: number;
  #restingBytes = 0;
  /** After pages were last given back, also amid a run. */
  #leastBytes = 0;

  constructor(world: Pick<World, 'clock' | 'freeMemory' | 'residentBytes'>) {
    this.#world = world;
    this.#clearedAt = world.clock.now();
  }

  /** To be called after each run, when the process waits. */
  atRest(): void {
    if (this.#clear(this.#restingBytes)) this.#restingBytes = this.#leastBytes;
  }

  /** To be called often amid a run. */
  amidRun(): void {
    if (this.#world.clock.now() - this.#clearedAt >= AMID_RUN_MS) this.afterMuch();
  }

  /** To be called when a lot of memory has just come out of use. */
  afterMuch(): void {
    this.#clear(this.#leastBytes);
  }

  #clear(before: number): boolean {
    const world = this.#world;
    this.#clearedAt = world.clock.now();
    world.freeMemory();
    if (world.residentBytes() < before + MOST_KEPT_BYTES) return false;
    world.freeMemory('given back');
    this.#leastBytes = world.residentBytes();
    return true;
  }
}
