import type { SettingFault } from '../ports/errors.ts';

/** Names and what was written for them, as an environment or a file gives it. */
export type Texts = Readonly<Record<string, string | undefined>>;

/** The text of one setting, and the name under which the user wrote it. `text` is absent when it is a mistake. */
export interface Given {
  readonly text: string | undefined;
  readonly from: string;
  /** The file that holds it. */
  readonly file?: string | undefined;
  /** The entry of an object of the reference connector in which it stands. */
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
  /** By the setting's name: the entry that would hold it in an object of the reference connector, where one is given. */
  readonly entries?: ReadonlyMap<string, ReferenceEntry>;
}

/** An empty value is an absent one. */
export function presentText(text: string | undefined): string | undefined {
  const trimmed = text?.trim();
  return trimmed === '' ? undefined : trimmed;
}

/** Why a file could not be read, in words. */
export function reasonOf(thrown: unknown): string {
  const code: unknown = thrown instanceof Error && 'code' in thrown ? thrown.code : undefined;
  if (code === 'ENOENT') return 'there is no such file';
  if (code === 'EACCES') return 'this user may not read it';
  if (code === 'EISDIR') return 'it is a folder';
  return typeof code === 'string' ? code : 'it is not text';
}
