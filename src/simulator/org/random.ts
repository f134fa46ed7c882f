/** Mixes two 32-bit numbers into one; for a fixed first argument no two second arguments collide. */
export function mix(first: number, second: number): number {
  let hash = (second + Math.imul(first ^ 0x5bd1e995, 0x9e3779b1)) | 0;
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return (hash ^ (hash >>> 16)) >>> 0;
}

export function hashText(text: string): number {
  let hash = 0x811c9dc5;
  for (let index = 0; index < text.length; index += 1)
    hash = Math.imul(hash ^ text.charCodeAt(index), 0x01000193);
  return mix(hash >>> 0, text.length);
}

export interface Random {
  /** At least 0, below 1. */
  next(): number;
  /** A whole number, at least 0 and below the bound. */
  below(bound: number): number;
  chance(probability: number): boolean;
  pick<T extends object | string | number>(list: readonly T[]): T;
}

/** The same seed gives the same sequence (mulberry32). */
export function createRandom(seed: number): Random {
  let state = seed >>> 0;
  const next = (): number => {
    state = (state + 0x6d2b79f5) >>> 0;
    let value = Math.imul(state ^ (state >>> 15), state | 1);
    value ^= value + Math.imul(value ^ (value >>> 7), value | 61);
    return ((value ^ (value >>> 14)) >>> 0) / 4294967296;
  };
  const below = (bound: number): number => Math.floor(next() * bound);
  return {
    next,
    below,
    chance: (probability) => next() < probability,
    pick: (list) => itemAt(list, below(list.length)),
  };
}

/** The item at a position counted round the list, so any whole number will do. */
export function itemAt<T extends object | string | number>(list: readonly T[], position: number): T {
  const item = list[position % list.length];
  if (item === undefined) throw new RangeError('an empty list has no items');
  return item;
}

const LETTERS = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';

/** Twenty characters as Okta's: a prefix that names the kind, a random middle, the cell's suffix. */
export function makeId(prefix: string, seed: number, number: number): string {
  const random = createRandom(mix(mix(seed, hashText(prefix)), number));
  let id = prefix;
  while (id.length < 17) id += LETTERS.charAt(random.below(LETTERS.length));
  return `${id}5d7`;
}
