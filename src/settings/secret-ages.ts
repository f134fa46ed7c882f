import { statSync } from 'node:fs';
import type { Given } from './given.ts';
import { SETTING_ROWS } from './table.ts';

/** A secret that is given, with the file that contains it. */
export interface GivenSecret {
  readonly setting: string;
  /** `undefined`: the environment holds it, so it cannot change while the process lives. */
  readonly file: string | undefined;
}

export interface SecretAge {
  readonly setting: string;
  /** `file`: `at` is the last change of the file that contains it; `start`: when this process read it. */
  readonly since: 'file' | 'start';
  /** Unix milliseconds. */
  readonly at: number;
}

export function givenSecrets(given: ReadonlyMap<string, Given>): readonly GivenSecret[] {
  return SETTING_ROWS.filter(({ name, isSecret }) => isSecret === true && given.has(name)).map(
    ({ name }) => ({
      setting: name,
      file: given.get(name)?.file,
    }),
  );
}

/** How old each secret is; one whose file cannot be looked at is left out. */
export function secretAges(secrets: readonly GivenSecret[], startedAt: number): readonly SecretAge[] {
  return secrets.flatMap(({ setting, file }): SecretAge[] => {
    if (file === undefined) return [{ setting, since: 'start', at: startedAt }];
    const at = changedAt(file);
    return at === undefined ? [] : [{ setting, since: 'file', at }];
  });
}

function changedAt(file: string): number | undefined {
  try {
    return statSync(file).mtimeMs;
  } catch {
    return undefined;
  }
}
