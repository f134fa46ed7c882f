/**
 * The steps that differ between the two kinds of run. `Directory`: the facts that all users share, as this kind reads
 * them.
 */
export interface KindOfRun<Directory> {
  /** Reads the directory, or begins to. */
  readDirectory(): Promise<Directory>;
  /** Reads users with their lookups, and makes the event of each user that is complete. */
  readUsers(directory: Directory): Promise<void>;
  /** Everything that was read is on our disk, so the cursors move. */
  close(directory: Directory): Promise<void>;
}
