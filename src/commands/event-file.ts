import { createReadStream } from 'node:fs';
import { createInterface } from 'node:readline';
import { ConfigError } from '../errors.ts';
import type { World } from '../world.ts';

/** The lines of a file; `-` or none is stdin. Throws `ConfigError` when it cannot be read. */
export async function* linesIn(
  file: string | undefined,
  { input, stopping }: Pick<World, 'input' | 'stopping'>,
): AsyncGenerator<string> {
  const source = file === undefined || file === '-' ? input() : createReadStream(file);
  try {
    yield* createInterface({ input: source, crlfDelay: Infinity, signal: stopping });
  } catch (cause) {
    throw unreadable(file, cause);
  }
}

function unreadable(file: string | undefined, cause: unknown): ConfigError {
  const problem = `cannot be read: ${cause instanceof Error ? cause.message : String(cause)}`;
  const hint = 'give a file of events, one a line or in an array, or nothing to read stdin';
  return new ConfigError([{ name: file ?? 'stdin', problem, hint }]);
}
