/** A value for each of these names, of the type that its name asks for. */
export function byName<R extends object>(
  names: readonly (keyof R)[],
  valueOf: <N extends keyof R>(name: N) => R[N],
): R {
  const made: Partial<R> = {};
  for (const name of names) made[name] = valueOf(name);
  if (isWhole(made, names)) return made;
  throw new Error('a name without a value');
}

function isWhole<R extends object>(made: Partial<R>, names: readonly (keyof R)[]): made is R {
  return names.every((name) => Object.hasOwn(made, name));
}
