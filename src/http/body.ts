import { StringDecoder } from 'node:string_decoder';
import type { Request } from 'got';
import type { Turns } from './turns.ts';

/** Okta's largest honest answers have some megabytes. An answer larger than this is not read to its end. */
export const MAX_ANSWER_BYTES = 64 * 1024 * 1024;

/** Hardly any honest answer is larger. Ten of the largest at once would take too much memory. */
const LARGE_ANSWER_BYTES = 8 * 1024 * 1024;

/** The body of an answer, as much of it as was kept. */
export interface PartialBody {
  readonly text: string;
  /** Was all of it kept? */
  readonly isWhole: boolean;
}

export interface BodyLimits {
  /** How many bytes are kept, by status. The rest is counted and dropped. */
  readonly mostBytes: (status: number) => number;
  /** Large answers take turns, so that only one at a time is read to its end. */
  readonly large: Turns;
}

interface BytesRead {
  text: string;
  bytes: number;
}

/**
 * Reads a body to its end. `undefined`: the body is, or says that it is, larger than the limit; the connection is
 * destroyed then.
 */
export async function readBody(
  request: Request,
  { mostBytes, large }: BodyLimits,
): Promise<PartialBody | undefined> {
  const source = chunksOf(request);
  const read: BytesRead = { text: '', bytes: 0 };
  // Piece by piece: all bytes at once, beside their text, would enlarge the C library's memory for good.
  const decoder = new StringDecoder('utf8');
  const most = (): number => mostBytes(request.response?.statusCode ?? 0);
  const readUpTo = async (limit: number): Promise<boolean> => {
    while (read.bytes <= limit) {
      const { done, value } = await source.next();
      if (done === true) return true;
      if (read.bytes < most()) read.text += decoder.write(value.subarray(0, most() - read.bytes));
      const announced = announcedBytes(request);
      read.bytes = announced > MAX_ANSWER_BYTES ? announced : read.bytes + value.byteLength;
    }
    return false;
  };
  const isRead = (await readUpTo(LARGE_ANSWER_BYTES)) || (await large.take(() => readUpTo(MAX_ANSWER_BYTES)));
  if (!isRead) {
    await source.return(undefined);
    return undefined;
  }
  return { text: read.text + decoder.end(), isWhole: read.bytes <= most() };
}

async function* chunksOf(request: Request): AsyncGenerator<Uint8Array, undefined> {
  const chunks: AsyncIterable<unknown> = request;
  for await (const chunk of chunks) if (chunk instanceof Uint8Array) yield chunk;
}

function announcedBytes({ response }: Request): number {
  return Number(response?.headers['content-length'] ?? 0);
}
