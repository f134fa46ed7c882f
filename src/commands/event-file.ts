import { createReadStream } from 'node:fs';
import { createInterface } from 'node:readline';
import { Readable } from 'node:stream';
import { ConfigError } from '../errors.ts';
import type { World } from '../world.ts';

/** The lines of a file; `-` or none is stdin. Throws `ConfigError` when it cannot be read. */
export async function* linesIn(
  file: string | undefined,
  { input, stopping }: Pick<World, 'input' | 'stopping'>,
): AsyncGenerator<string> {
  const source = file === undefined || file === '-' ? input() : createReadStream(file);
  try {
    const lines = Readable.from(withoutSeparators(source));
    yield* createInterface({ input: lines, crlfDelay: Infinity, signal: stopping });
  } catch (cause) {
    throw unreadable(file, cause);
  }
}

/** Node ends lines at these two as well. In JSON they stand in texts alone, and their codes mean the same there. */
async function* withoutSeparators(source: Readable): AsyncGenerator<string> {
  const texts: AsyncIterable<unknown> = source.setEncoding('utf8');
  for await (const text of texts) {
    yield String(text)
      .replaceAll('\u2028', String.raw`\u2028`)
      .replaceAll('\u2029', String.raw`\u2029`);
  }
}

function unreadable(file: string | undefined, cause: unknown): ConfigError {
  const problem = `cannot be read: ${cause instanceof Error ? cause.message : String(cause)}`;
  const hint = 'give a file of events, one a line or in an array, or nothing to read stdin';
  return new ConfigError([{ name: file ?? 'stdin', problem, hint }]);
}
