import type { World } from '../process/world.ts';

/** Less than that is not worth the 0.1 s that it takes to give it back. */
const MOST_KEPT_BYTES = 12 * 1024 * 1024;

/**
 * Clears what a run leaves behind; to be called after each. Pages of memory are given back when this process has grown
 * since it did so last: by a full run, or by one that read thousands of changes. They would stay for as long as runs
 * follow within seconds.
 */
export function memoryAtRest(world: Pick<World, 'freeMemory' | 'residentBytes'>): () => void {
  let restingBytes = 0;
  return () => {
    world.freeMemory();
    if (world.residentBytes() < restingBytes + MOST_KEPT_BYTES) return;
    world.freeMemory('given back');
    restingBytes = world.residentBytes();
  };
}
