import { randomBytes } from 'node:crypto';
import { ConfigError } from '../../ports/errors.ts';
import { readOwn, writeOwn } from '../../process/own-file.ts';
import { secrets, type HookSecrets } from '../../settings/hook-values.ts';
import type { Secret } from '../../settings/secret.ts';

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
  const text = readIfThere(file);
  if (text === undefined) writeOwn(file, `${randomBytes(BYTES).toString('hex')}\n`);
  const read = secrets(text ?? readOwn(file));
  if (read.kind === 'wrong') throw fault('--secret-file', `${read.problem} (${file})`);
  const [secret] = read.value.all;
  if (secret === undefined) throw fault('--secret-file', `names an empty file (${file})`);
  return { secret, isNew: text === undefined };
}

function readIfThere(file: string): string | undefined {
  try {
    return readOwn(file);
  } catch (thrown) {
    const code = thrown instanceof Error && 'code' in thrown ? thrown.code : undefined;
    if (code === 'ENOENT') return undefined;
    if (typeof code !== 'string' || thrown instanceof ConfigError) throw thrown;
    throw fault('--secret-file', `cannot be read: ${code} (${file})`);
  }
}

function fault(name: string, problem: string): ConfigError {
  const hint =
    'give at least 32 random characters, for example by --secret-file /run/secrets/hook_secret, which makes them; the worker needs the same in HOOK_SECRET_FILE';
  return new ConfigError([{ name, problem, hint }]);
}
