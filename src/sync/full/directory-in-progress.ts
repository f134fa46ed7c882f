import { readDirectory } from './directory.ts';
import type { Directory } from './directory.ts';
import type { Run } from '../job.ts';

/** The directory while it is being read beside the users. */
export interface DirectoryInProgress {
  readonly whole: Promise<Directory>;
  readonly ready: () => Directory | undefined;
  readonly throwIfFailed: () => void;
}

export function beginDirectory(run: Run): DirectoryInProgress {
  let directory: Directory | undefined;
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
