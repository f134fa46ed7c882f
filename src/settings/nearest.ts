/** The name that was probably meant: the one with the fewest changed letters, at most a third of them. */
export function nearestName(written: string, names: readonly string[]): string | undefined {
  const wanted = alike(written);
  const ranked = names
    .map((name) => ({ name, distance: distanceBetween(wanted, alike(name)) }))
    .sort((a, b) => a.distance - b.distance);
  const [best] = ranked;
  return best !== undefined && best.distance <= Math.ceil(best.name.length / 3) ? best.name : undefined;
}

/** Names that differ only in the way they join their words are the same. */
function alike(name: string): string {
  return name
    .replaceAll(/([a-z0-9])([A-Z])/g, '$1_$2')
    .replaceAll(/[\s.-]/g, '_')
    .toUpperCase();
}

/** Levenshtein's distance, one row at a time. */
export function distanceBetween(a: string, b: string): number {
  let above = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (const [row, letter] of Array.from(a).entries()) {
    const current = [row + 1];
    for (const [column, other] of Array.from(b).entries()) {
      const replaced = (above[column] ?? 0) + (letter === other ? 0 : 1);
      current.push(Math.min(replaced, (above[column + 1] ?? 0) + 1, (current[column] ?? 0) + 1));
    }
    above = current;
  }
  return above[b.length] ?? 0;
}
