import { existsSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { ConnectorError } from '../../../ports/errors.ts';
import type { InboxTrouble } from '../../../ports/hooks.ts';
import { makeStateDir } from '../database.ts';
import { inodeOf, openInbox, type OpenedInbox } from './inbox-statements.ts';
import { isDamage, sqliteCodeOf } from '../sqlite-codes.ts';

/** SQLite's code for a table or a column that is missing. */
const SQL_ERROR = 1;

export interface FileOptions {
  /** How long a statement waits for another thread, in ms, and holds up its own. 0: it fails at once. */
  readonly waitMs: number;
  /** Called where the file cannot be read or written and the inbox goes on without it. */
  readonly onTrouble: (trouble: InboxTrouble) => void;
  /** Called each time the file is opened. */
  readonly onOpen: () => void;
  /** Called when nothing counts any more that was read in the file. */
  readonly onLeave: () => void;
}

/** `hooks.db`: it is opened when it is needed, and made anew where it is damaged, by whichever thread meets the damage. */
export class InboxFile {
  readonly #stateDir: string;
  readonly #options: FileOptions;
  #open: OpenedInbox | undefined;

  constructor(stateDir: string, options: FileOptions) {
    this.#stateDir = stateDir;
    this.#options = options;
  }

  isThere(): boolean {
    return existsSync(this.#path);
  }

  /** The file, where it is open already. */
  get open(): OpenedInbox | undefined {
    return this.#open;
  }

  /** The file, opened now where it was not. */
  opened(): OpenedInbox {
    if (this.#open === undefined) {
      this.#open = this.#openFile();
      this.#options.onOpen();
    }
    return this.#open;
  }

  /** The same; a file that another thread has made anew takes the place of the one that is open. */
  current(): OpenedInbox {
    if (this.#open !== undefined && inodeOf(this.#path) !== this.#open.inode) this.#leave();
    return this.opened();
  }

  /** Does this work? Where it does not, the inbox goes on without the file. */
  orWithout<T>(otherwise: T, work: () => T, areMarksLost: boolean): T {
    try {
      return work();
    } catch (error) {
      this.#goOnWithout(error, areMarksLost || isSpoilt(error));
      return otherwise;
    }
  }

  /** After an error that its caller throws on. */
  leaveIfSpoilt(error: unknown): void {
    if (isSpoilt(error)) this.#goOnWithout(error, true);
  }

  close(): void {
    this.#open?.database.close();
    this.#open = undefined;
  }

  get #path(): string {
    return join(this.#stateDir, 'hooks.db');
  }

  #openFile(): OpenedInbox {
    const { waitMs } = this.#options;
    makeStateDir(this.#stateDir);
    try {
      return openInbox(this.#path, waitMs);
    } catch (thrown) {
      if (!isSpoilt(thrown)) throw thrown;
      this.#goOnWithout(thrown, true);
      return openInbox(this.#path, waitMs);
    }
  }

  /** The file is opened again when it is needed next, and is a new one where this one is spoilt. */
  #goOnWithout(error: unknown, areMarksLost: boolean): void {
    const inode = this.#open?.inode;
    this.#leave();
    // A file that another thread has made anew meanwhile is sound.
    if (isSpoilt(error) && (inode === undefined || inode === inodeOf(this.#path))) this.#remove();
    this.#options.onTrouble({ error, areMarksLost });
  }

  #leave(): void {
    this.close();
    this.#options.onLeave();
  }

  #remove(): void {
    try {
      for (const end of ['', '-wal', '-shm']) rmSync(`${this.#path}${end}`, { force: true });
    } catch {
      // It stays as it is, and is met again.
    }
  }
}

/** Is the file itself at fault, by damage, or by tables or rows that are not of this version? */
function isSpoilt(error: unknown): boolean {
  const cause = error instanceof ConnectorError ? error.cause : error;
  return isDamage(cause) || sqliteCodeOf(cause) === SQL_ERROR;
}
