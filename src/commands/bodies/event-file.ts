import { createReadStream } from 'node:fs';
import { createInterface } from 'node:readline';
import { Readable } from 'node:stream';
import { ConfigError } from '../../ports/errors.ts';
import { decodedStart, IS_UTF_16 } from '../../settings/text-file.ts';
import type { World } from '../../process/world.ts';

/** The lines of a file; `-` or `undefined` means stdin. Throws `ConfigError` when it cannot be read. */
export async function* linesIn(
  file: string | undefined,
  { input, stopping }: Pick<World, 'input' | 'stopping'>,
): AsyncGenerator<string> {
  const source = file === undefined || file === '-' ? input() : createReadStream(file);
  try {
    const lines = Readable.from(withoutSeparators(decoded(source, file)));
    yield* createInterface({ input: lines, crlfDelay: Infinity, signal: stopping });
  } catch (cause) {
    throw unreadable(file, cause);
  }
}

/**
 * Node ends lines at these two characters as well. In JSON they occur only inside texts, where their codes mean the
 * same.
 */
async function* withoutSeparators(texts: AsyncIterable<string>): AsyncGenerator<string> {
  for await (const text of texts) {
    yield text.replaceAll('\u2028', String.raw`\u2028`).replaceAll('\u2029', String.raw`\u2029`);
  }
}

/** The first bytes show how a Windows program encoded the file. */
async function* decoded(source: Readable, file: string | undefined): AsyncGenerator<string> {
  const texts: AsyncIterable<unknown> = source.setEncoding('utf8');
  let isFirst = true;
  for await (const text of texts) {
    const decodedText = isFirst ? decodedStart(String(text)) : String(text);
    if (decodedText === undefined) throw unreadable(file, IS_UTF_16);
    isFirst = false;
    yield decodedText;
  }
}

function unreadable(file: string | undefined, cause: unknown): ConfigError {
  if (cause instanceof ConfigError) return cause;
  const problem = `cannot be read: ${cause instanceof Error ? cause.message : String(cause)}`;
  const hint = 'give a file of events, one a line or in an array, or nothing to read stdin';
  return new ConfigError([{ name: file ?? 'stdin', problem, hint }]);
}
