import type { IncomingHttpHeaders } from 'node:http';
import got from 'got';
import type { Agents } from 'got';
import { z } from 'zod';

/** Okta's largest honest answers are some megabytes; beyond this an answer is not read on. */
export const MAX_ANSWER_BYTES = 64 * 1024 * 1024;

/** One whole HTTP answer, whatever its status. */
export interface HttpAnswer {
  readonly kind: 'answer';
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly text: string;
}

/** No whole answer came. `code` is Node's or got's, such as ECONNRESET or ETIMEDOUT; `too-large` is ours. */
export interface HttpFault {
  readonly kind: 'fault';
  readonly code: string;
}

export interface HttpOptions {
  /** For the whole exchange, so that an answer that trickles ends too. */
  readonly timeoutMs: number;
  readonly userAgent: string;
  readonly agent?: Agents | undefined;
}

export type HttpGet = (
  url: URL,
  headers: Readonly<Record<string, string>>,
  signal: AbortSignal,
) => Promise<HttpAnswer | HttpFault>;

const codeOf = z.object({ code: z.string() });

function faultOf(thrown: unknown): HttpFault {
  const parsed = codeOf.safeParse(thrown);
  return { kind: 'fault', code: parsed.success ? parsed.data.code : 'UNKNOWN' };
}

/** Reads to the end, or to the limit; then the connection is destroyed by leaving the loop. */
async function readText(stream: AsyncIterable<unknown>): Promise<string | undefined> {
  const parts: Uint8Array[] = [];
  let bytes = 0;
  for await (const part of stream) {
    if (!(part instanceof Uint8Array)) continue;
    bytes += part.byteLength;
    if (bytes > MAX_ANSWER_BYTES) return undefined;
    parts.push(part);
  }
  return Buffer.concat(parts).toString('utf8');
}

/**
 * One GET, once: no redirect is followed, no cookie is kept, nothing is retried (retrying has its own owner).
 * Never throws but on abort.
 */
export function createHttpGet(options: HttpOptions): HttpGet {
  const client = got.extend({
    retry: { limit: 0 },
    followRedirect: false,
    throwHttpErrors: false,
    strictContentLength: true,
    timeout: { request: options.timeoutMs },
    headers: { 'user-agent': options.userAgent, accept: 'application/json' },
    ...(options.agent === undefined ? {} : { agent: options.agent }),
  });
  return async (url, headers, signal) => {
    const stream = client.stream(url, { headers, signal });
    try {
      const text = await readText(stream);
      if (text === undefined) return { kind: 'fault', code: 'too-large' };
      const { response } = stream;
      if (response === undefined) return { kind: 'fault', code: 'NO_ANSWER' };
      return { kind: 'answer', status: response.statusCode, headers: response.headers, text };
    } catch (thrown) {
      signal.throwIfAborted();
      return faultOf(thrown);
    } finally {
      stream.destroy();
    }
  };
}
