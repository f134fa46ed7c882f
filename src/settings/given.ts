import type { SettingFault } from '../ports/errors.ts';

/** Names with the texts written for them, as an environment or a file has them. */
export type Texts = Readonly<Record<string, string | undefined>>;

/** The text of one setting, and the name under which the user wrote it. `text` is absent when it could not be read. */
export interface Given {
  readonly text: string | undefined;
  readonly from: string;
  /** The file that contains it. */
  readonly file?: string | undefined;
  /** The entry that contains it, in an object of the reference connector. */
  readonly entry?: ReferenceEntry | undefined;
}

export interface ReferenceEntry {
  /** The object's variable or file. */
  readonly object: string;
  readonly key: string;
}

export interface Found {
  /** By the setting's name. */
  readonly given: ReadonlyMap<string, Given>;
  readonly faults: readonly SettingFault[];
  /**
   * By the setting's name: the entry that would contain it in an object of the reference connector, where there is one.
   */
  readonly entries?: ReadonlyMap<string, ReferenceEntry>;
  /** The names that are given to settings of other commands, in the environment or the file. */
  readonly unread?: readonly string[];
}

/** An empty value counts as absent. */
export function presentText(text: string | undefined): string | undefined {
  const trimmed = text?.trim();
  return trimmed === '' ? undefined : trimmed;
}

/** The reason why a file could not be read, in words. */
export function reasonOf(thrown: unknown): string {
  const code: unknown = thrown instanceof Error && 'code' in thrown ? thrown.code : undefined;
  if (code === 'ENOENT') return 'there is no such file';
  if (code === 'EACCES') return 'this user may not read it';
  if (code === 'EISDIR') return 'it is a folder';
  return typeof code === 'string' ? code : 'it is not text';
}
