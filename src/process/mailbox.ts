import {
  closeSync,
  constants,
  fstatSync,
  lstatSync,
  openSync,
  readdirSync,
  readFileSync,
  renameSync,
  unlinkSync,
} from 'node:fs';
import { join } from 'node:path';
import { writeOwn } from './own-file.ts';

const { O_NOFOLLOW, O_NONBLOCK, O_RDONLY } = constants;

/** A request to a worker, or its answer. */
export type LetterKind = 'request' | 'answer';

/** The thing under a letter's name. Only a small JSON file of our own is a letter. */
export type FoundLetter =
  | { readonly kind: 'letter'; readonly value: unknown }
  | { readonly kind: 'none' }
  | { readonly kind: 'strange'; readonly why: string };

const NAME = /^(request|answer)\.([\w-]{1,64})\.json(\.tmp)?$/;
/** A report has some kilobytes. */
const MOST_BYTES = 1024 * 1024;
/** Nobody waits any more for an answer that lay for so long. */
const KEPT_MS = 60 * 60_000;

/**
 * Letters between two processes of one user, each a file of a folder that they share. Whoever may write there is
 * believed no more than necessary: no link is followed, and no pipe waited for.
 */
export class Mailbox {
  readonly #folder: string;
  readonly #userId: number | undefined;

  /** @param userId the user of this process, whose letters alone are read; absent where the system has no ids */
  constructor(folder: string, userId: number | undefined) {
    this.#folder = folder;
    this.#userId = userId;
  }

  /** Whole or not at all, even after kill -9. Throws the system's error. */
  post(kind: LetterKind, id: string, value: unknown): void {
    const path = this.#path(kind, id);
    writeOwn(`${path}.tmp`, JSON.stringify(value));
    renameSync(`${path}.tmp`, path);
  }

  /** The ids of all requests. */
  requests(): readonly string[] {
    return readdirSync(this.#folder).flatMap((name) => {
      const [, kind, id = '', isUnfinished] = NAME.exec(name) ?? [];
      return kind === 'request' && isUnfinished === undefined ? [id] : [];
    });
  }

  read(kind: LetterKind, id: string): FoundLetter {
    let file: number | undefined;
    try {
      file = openSync(this.#path(kind, id), O_RDONLY | O_NOFOLLOW | O_NONBLOCK);
      const { size, uid } = fstatSync(file);
      if (!fstatSync(file).isFile()) return { kind: 'strange', why: 'it is no file' };
      if (this.#userId !== undefined && uid !== this.#userId)
        return { kind: 'strange', why: 'it belongs to another user' };
      if (size > MOST_BYTES) return { kind: 'strange', why: 'it is too large' };
      const value: unknown = JSON.parse(readFileSync(file, 'utf8'));
      return { kind: 'letter', value };
    } catch (thrown) {
      const code = thrown instanceof Error && 'code' in thrown ? thrown.code : 'not JSON';
      if (code === 'ENOENT') return { kind: 'none' };
      return { kind: 'strange', why: code === 'ELOOP' ? 'it is a link' : String(code) };
    } finally {
      if (file !== undefined) closeSync(file);
    }
  }

  /** Removes a file, and nothing else: neither a folder nor a link, whose meaning we do not know. */
  remove(kind: LetterKind, id: string): void {
    removeFile(this.#path(kind, id));
  }

  /** Removes answers that nobody came for, and letters that a kill has left unfinished. */
  removeOld(now: number): void {
    for (const name of readdirSync(this.#folder)) {
      const [, kind, , isUnfinished] = NAME.exec(name) ?? [];
      if (kind === undefined || (kind === 'request' && isUnfinished === undefined)) continue;
      const path = join(this.#folder, name);
      const found = lstatSync(path, { throwIfNoEntry: false });
      if (found !== undefined && now - found.mtimeMs > KEPT_MS) removeFile(path);
    }
  }

  #path(kind: LetterKind, id: string): string {
    return join(this.#folder, `${kind}.${id}.json`);
  }
}

function removeFile(path: string): void {
  if (lstatSync(path, { throwIfNoEntry: false })?.isFile() === true) unlinkSync(path);
}
