/** A value for each of these names. */
export function byName<K extends string, V>(
  names: readonly K[],
  valueOf: (name: K) => V,
): Readonly<Record<K, V>> {
  const made: Partial<Record<K, V>> = {};
  for (const name of names) made[name] = valueOf(name);
  if (isWhole(made, names)) return made;
  throw new Error('a name without a value');
}

function isWhole<K extends string, V>(
  made: Partial<Record<K, V>>,
  names: readonly K[],
): made is Record<K, V> {
  return names.every((name) => Object.hasOwn(made, name));
}
