/** The steps in which the two kinds of run differ. `Directory`: what all users share, as this kind reads it. */
export interface KindOfRun<Directory> {
  /** Reads what all users share, or begins to. */
  readDirectory(): Promise<Directory>;
  /** Reads users with their lookups, and makes the event of each who is complete. */
  readUsers(directory: Directory): Promise<void>;
  /** Everything that was read is on our disk: cursors move. */
  close(directory: Directory): Promise<void>;
}
