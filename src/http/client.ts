import type { IncomingHttpHeaders } from 'node:http';
import got, { type Got, type Request } from 'got';
import { z } from 'zod';
import { proxyTroubleOf, type ProxyTrouble, type Route } from './proxy.ts';
import { releaseOf } from './release.ts';
import { Turns } from './turns.ts';

/** Okta's largest honest answers are some megabytes; beyond this an answer is not read on. */
export const MAX_ANSWER_BYTES = 64 * 1024 * 1024;

/** Hardly any honest answer is larger; ten of the largest at once would be more than a run should take of the memory. */
const LARGE_ANSWER_BYTES = 8 * 1024 * 1024;

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
  /** Its head had come: what is missing is the end. */
  readonly hasBegun?: boolean;
  /** The proxy's part in it. */
  readonly proxy?: ProxyTrouble;
}

export interface HttpOptions {
  /** For the whole exchange, so that an answer that trickles ends too. */
  readonly timeoutMs: number;
  readonly userAgent: string;
  /** Absent: straight, by Node's own agents. */
  readonly route?: Route;
}

export type HttpGet = (
  url: URL,
  headers: Readonly<Record<string, string>>,
  signal: AbortSignal,
) => Promise<HttpAnswer | HttpFault>;

const codeOf = z.object({ code: z.string() });

/** One form posted; the only thing that is ever sent and not a GET. */
export type HttpPost = (
  url: URL,
  headers: Readonly<Record<string, string>>,
  form: Readonly<Record<string, string>>,
  signal: AbortSignal,
) => Promise<HttpAnswer | HttpFault>;

function faultOf(thrown: unknown, route: Route | undefined): HttpFault {
  const parsed = codeOf.safeParse(thrown);
  const proxy = route === undefined ? undefined : proxyTroubleOf(thrown, route);
  const code = parsed.success ? parsed.data.code : 'UNKNOWN';
  return { kind: 'fault', code, ...(proxy === undefined ? {} : { proxy }) };
}

interface Read {
  readonly parts: Uint8Array[];
  bytes: number;
}

/** Reads on until more than `most` bytes have come in all; tells whether the end came before. */
async function readUpTo(source: AsyncIterator<unknown, unknown>, read: Read, most: number): Promise<boolean> {
  while (read.bytes <= most) {
    const { done, value } = await source.next();
    if (done === true) return true;
    if (!(value instanceof Uint8Array)) continue;
    read.bytes += value.byteLength;
    read.parts.push(value);
  }
  return false;
}

function textOf({ parts }: Read): string {
  return Buffer.concat(parts).toString('utf8');
}

/** To the end, or to the limit: then the connection is destroyed. Large answers are read to their end one by one. */
async function readText(stream: AsyncIterable<unknown>, large: Turns): Promise<string | undefined> {
  const source = stream[Symbol.asyncIterator]();
  const read: Read = { parts: [], bytes: 0 };
  if (await readUpTo(source, read, LARGE_ANSWER_BYTES)) return textOf(read);
  return large.take(async () => {
    if (await readUpTo(source, read, MAX_ANSWER_BYTES)) return textOf(read);
    await source.return?.();
    return undefined;
  });
}

/** No redirect is followed, no cookie is kept, nothing is retried (retrying has its own owner). */
function createGot({ timeoutMs, userAgent, route }: HttpOptions): Got {
  return got.extend({
    retry: { limit: 0 },
    followRedirect: false,
    throwHttpErrors: false,
    strictContentLength: true,
    timeout: { request: timeoutMs },
    headers: { 'user-agent': userAgent, accept: 'application/json' },
    ...(route === undefined ? {} : { agent: route.agents }),
  });
}

async function receive(
  stream: Request,
  signal: AbortSignal,
  { route, large }: { readonly route: Route | undefined; readonly large: Turns },
): Promise<HttpAnswer | HttpFault> {
  const release = releaseOf(stream);
  let isWhole = false;
  try {
    const text = await readText(stream, large);
    isWhole = stream.response?.complete === true;
    if (text === undefined) return { kind: 'fault', code: 'too-large' };
    const { response } = stream;
    if (response === undefined) return { kind: 'fault', code: 'NO_ANSWER' };
    return { kind: 'answer', status: response.statusCode, headers: response.headers, text };
  } catch (thrown) {
    signal.throwIfAborted();
    const fault = faultOf(thrown, route);
    return stream.response === undefined ? fault : { ...fault, hasBegun: true };
  } finally {
    release(isWhole);
  }
}

/** One GET, once. Never throws but on abort. */
export function createHttpGet(options: HttpOptions): HttpGet {
  const client = createGot(options);
  const parts = { route: options.route, large: new Turns(1) };
  return (url, headers, signal) => receive(client.stream(url, { headers, signal }), signal, parts);
}

/** One POST of a form, once. Never throws but on abort. */
export function createHttpPost(options: HttpOptions): HttpPost {
  const client = createGot(options);
  const parts = { route: options.route, large: new Turns(1) };
  return (url, headers, form, signal) => {
    const body = new URLSearchParams(form).toString();
    const all = { ...headers, 'content-type': 'application/x-www-form-urlencoded' };
    return receive(client.stream.post(url, { headers: all, body, signal }), signal, parts);
  };
}
