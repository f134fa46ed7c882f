/**
 * Works on items as they come, at most `width` at once; takes the next item only when there is room for it. The first
 * error ends the taking; what is under way is finished before it is thrown.
 */
export async function forEachOf<T>(
  items: AsyncIterable<T> | Iterable<T>,
  width: number,
  work: (item: T) => Promise<void>,
): Promise<void> {
  const iterator = toIterator(items);
  let failure: { readonly error: unknown } | undefined;
  const takeTurns = async (): Promise<void> => {
    try {
      for (let next = await iterator.next(); next.done !== true; next = await iterator.next()) {
        if (failure !== undefined) return;
        await work(next.value);
      }
    } catch (error) {
      failure ??= { error };
    }
  };
  await Promise.all(Array.from({ length: width }, takeTurns));
  if (failure !== undefined) throw failure.error;
}

async function* toIterator<T>(items: AsyncIterable<T> | Iterable<T>): AsyncGenerator<T> {
  yield* items;
}

/** Asks for the next page while the last one is worked on, so that nobody waits at the turn of a page. */
export async function* ahead<T>(pages: AsyncIterable<T>): AsyncGenerator<T> {
  const iterator = pages[Symbol.asyncIterator]();
  let next = iterator.next();
  for (;;) {
    const page = await next;
    if (page.done === true) return;
    next = iterator.next();
    next.catch(() => undefined); // thrown where it is awaited
    yield page.value;
  }
}
