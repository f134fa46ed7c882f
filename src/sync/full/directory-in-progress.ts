import { readDirectory } from './directory.ts';
import type { ListedDirectory } from './directory.ts';
import type { ListParts } from '../parts.ts';

/** The directory while it is read, at the same time as the users. */
export interface DirectoryInProgress {
  readonly whole: Promise<ListedDirectory>;
  readonly ready: () => ListedDirectory | undefined;
  readonly throwIfFailed: () => void;
}

export function beginDirectory(run: ListParts): DirectoryInProgress {
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
