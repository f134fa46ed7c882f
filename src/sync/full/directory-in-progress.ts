import { readDirectory } from './directory.ts';
import type { DirectoryParts, ListedDirectory } from './directory.ts';

/** The directory while it is read, at the same time as the users. */
export interface DirectoryInProgress {
  readonly whole: Promise<ListedDirectory>;
  readonly ready: () => ListedDirectory | undefined;
  readonly throwIfFailed: () => void;
}

export function beginDirectory(run: DirectoryParts): DirectoryInProgress {
  let directory: ListedDirectory | undefined;
  let failure: { readonly error: unknown } | undefined;
  const whole = readDirectory(run).then(
    (read) => (directory = read),
    (error: unknown) => {
      failure = { error };
      throw error;
    },
  );
  whole.catch(() => undefined); // thrown where it is awaited
  return {
    whole,
    ready: () => directory,
    throwIfFailed: () => {
      if (failure !== undefined) throw failure.error;
    },
  };
}
