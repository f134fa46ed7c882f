export interface Numbered {
  readonly number: number;
}

interface Earlier<T> {
  readonly at: number;
  readonly number: number;
  /** Nothing when it was only made then. */
  readonly before: T | undefined;
}

/** How things were before each change, for an index that lags behind. */
export class Past<T extends Numbered> {
  readonly #changes: Earlier<T>[] = [];

  remember(at: number, number: number, before: T | undefined): void {
    this.#changes.push({ at: Math.max(at, this.#changes.at(-1)?.at ?? at), number, before });
  }

  /** The list, which is in the order of its numbers, as it was. Costs what was changed since. */
  asOf(list: readonly T[], at: number): readonly T[] {
    const before = new Map<number, T | undefined>();
    for (let index = this.#changes.length - 1; index >= 0; index -= 1) {
      const change = this.#changes[index];
      if (change === undefined || change.at <= at) break;
      before.set(change.number, change.before);
    }
    return before.size === 0 ? list : restore(list, before);
  }
}

function restore<T extends Numbered>(
  list: readonly T[],
  before: ReadonlyMap<number, T | undefined>,
): readonly T[] {
  const unchanged = list.filter((item) => !before.has(item.number));
  const earlier = [...before.values()].filter((item) => item !== undefined);
  return [...unchanged, ...earlier].sort((one, other) => one.number - other.number);
}
