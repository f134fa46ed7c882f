/** One step of a path: a leaf has the number of its value, a branch the steps below it. */
export type Step =
  { readonly key: string; readonly at: number } | { readonly key: string; readonly steps: Step[] };

/** Turns paths with dots into a tree. Equal beginnings are joined, in the order in which they first come. */
export function growTree(paths: readonly string[]): readonly Step[] {
  const root: Step[] = [];
  for (const [at, path] of paths.entries()) {
    const keys = path.split('.');
    let steps = root;
    for (const key of keys.slice(0, -1)) {
      const found = steps.find((step) => step.key === key);
      if (found !== undefined && 'at' in found) throw new Error(`${path} goes through a value`);
      const branch = found ?? { key, steps: [] };
      if (found === undefined) steps.push(branch);
      steps = branch.steps;
    }
    steps.push({ key: keys.at(-1) ?? '', at });
  }
  return root;
}

/** Puts the values in their places. `undefined` is left out, and so are empty objects. */
export function fillTree(
  steps: readonly Step[],
  values: readonly unknown[],
): Record<string, unknown> | undefined {
  let filled: Record<string, unknown> | undefined;
  for (const step of steps) {
    const value = 'at' in step ? values[step.at] : fillTree(step.steps, values);
    if (value === undefined) continue;
    filled ??= {};
    filled[step.key] = value;
  }
  return filled;
}
