/**
 * Works on items as they come, at most `width` at once, and takes the next item only when there is room for it. After
 * the first error no more items are taken; the error is thrown when those under way are finished.
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

/** Asks for the next page while the last one is being worked on, so that nothing waits between two pages. */
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
