import { randomBytes } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { ConfigError } from '../../ports/errors.ts';
import { reasonOf } from '../../settings/given.ts';
import { secrets, type HookSecrets } from '../../settings/hook-values.ts';
import type { Secret } from '../../settings/secret.ts';
import { readTextFile } from '../../settings/text-file.ts';

const BYTES = 32;

export interface ChosenSecret {
  readonly secret: Secret;
  /** It was made just now. */
  readonly isNew: boolean;
}

/**
 * The secret that Okta shall send: that of the file, or of `HOOK_SECRET`. Of two, which are there while one replaces the
 * other, it is the first. A file that is not there is made, for its owner alone.
 */
export function chooseSecret(file: string | undefined, given: HookSecrets | undefined): ChosenSecret {
  if (file !== undefined) return fromFile(file);
  const [secret] = given?.all ?? [];
  if (secret !== undefined) return { secret, isNew: false };
  throw fault('HOOK_SECRET', 'is missing: without a secret everybody could send events');
}

function fromFile(file: string): ChosenSecret {
  const isNew = makeIfAbsent(file);
  const text = readTextFile(file);
  if (text.kind === 'wrong') throw fault('--secret-file', `cannot be read: ${text.problem} (${file})`);
  const read = secrets(text.value);
  if (read.kind === 'wrong') throw fault('--secret-file', `${read.problem} (${file})`);
  const [secret] = read.value.all;
  if (secret === undefined) throw fault('--secret-file', `names an empty file (${file})`);
  return { secret, isNew };
}

/** True where nothing had this name. What a link leads to is read, and never made. */
function makeIfAbsent(file: string): boolean {
  try {
    writeFileSync(file, `${randomBytes(BYTES).toString('hex')}\n`, { flag: 'wx', mode: 0o600 });
    return true;
  } catch (thrown) {
    const code = thrown instanceof Error && 'code' in thrown ? thrown.code : undefined;
    if (code === 'EEXIST') return false;
    const reason = code === 'ENOENT' ? 'there is no such folder' : reasonOf(thrown);
    throw fault('--secret-file', `cannot be made: ${reason} (${file})`);
  }
}

function fault(name: string, problem: string): ConfigError {
  const hint =
    'give at least 32 random characters, for example by --secret-file /run/secrets/hook_secret, which makes them; the worker needs the same in HOOK_SECRET_FILE';
  return new ConfigError([{ name, problem, hint }]);
}
