/**
 * Validators that are compiled from a schema pass keys that the schema does not name. Such a validator looks at every key
 * that it knows, so a key that it never looked at is one that it does not know.
 */
export interface Watched {
  readonly value: unknown;
  /** The paths of the keys that nobody has looked at so far. */
  readonly unread: () => readonly string[];
}

export function watched(value: unknown): Watched {
  const unread = new Set<string>();
  return { value: watch(value, '', unread), unread: () => [...unread] };
}

function watch(value: unknown, path: string, unread: Set<string>): unknown {
  if (typeof value !== 'object' || value === null) return value;
  const inside = new Map<string, unknown>();
  for (const [key, each] of Object.entries(value)) {
    inside.set(key, watch(each, `${path}/${key}`, unread));
    unread.add(`${path}/${key}`);
  }
  return new Proxy(value, {
    get(target, key, receiver) {
      if (typeof key !== 'string' || !inside.has(key)) return Reflect.get(target, key, receiver);
      unread.delete(`${path}/${key}`);
      return inside.get(key);
    },
  });
}
