/** An object of JSON. Anything else is a leaf. */
export type Branch = Readonly<Record<string, unknown>>;

function isBranch(value: unknown): value is Branch {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The values of an event by their paths. */
export type Leaves = ReadonlyMap<string, unknown>;

/** The key that tells a list's entries apart, whatever their order: the first of these that an entry has. */
const NAMES = ['uid', 'type', 'name'] as const;

function nameOf(entry: unknown, at: number): string {
  if (!isBranch(entry)) return String(at);
  const name = NAMES.map((key) => entry[key]).find((value) => typeof value === 'string');
  return typeof name === 'string' ? name : String(at);
}

/**
 * An event as paths and values: `user.email_addr`. A list is one value, unless it is `opened`: then its entries are told
 * apart by uid, type or name, `user.groups[00g1].name`.
 */
export function leavesOf(event: unknown, opened: (path: string) => boolean): Leaves {
  const leaves = new Map<string, unknown>();

  function add(path: string, value: unknown): void {
    if (value === undefined) return;
    if (isBranch(value)) {
      for (const [key, part] of Object.entries(value)) add(path === '' ? key : `${path}.${key}`, part);
    } else if (Array.isArray(value) && value.some(isBranch) && opened(path)) {
      addEntries(path, value);
    } else {
      leaves.set(path, value);
    }
  }

  function addEntries(path: string, entries: readonly unknown[]): void {
    const seen = new Map<string, number>();
    for (const [at, entry] of entries.entries()) {
      const name = nameOf(entry, at);
      const times = (seen.get(name) ?? 0) + 1;
      seen.set(name, times);
      add(`${path}[${times === 1 ? name : `${name} ${times}`}]`, entry);
    }
  }

  add('', event);
  return leaves;
}

/** Are two values the same as JSON? */
export function isSameValue(left: unknown, right: unknown): boolean {
  return JSON.stringify(left) === JSON.stringify(right);
}
