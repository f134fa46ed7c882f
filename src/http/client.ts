import type { IncomingHttpHeaders } from 'node:http';
import got, { type Got, type Request } from 'got';
import { MAX_ANSWER_BYTES, readBody, type BodyLimits, type PartialBody } from './body.ts';
import { proxyTroubleOf, type ProxyTrouble, type HttpRoute } from './proxy.ts';
import { releaseOf } from './release.ts';
import { Turns } from './turns.ts';

/** One whole HTTP answer, whatever its status. */
export interface HttpAnswer {
  readonly kind: 'answer';
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly text: string;
}

/** An answer whose body was kept only up to the size asked for. */
export interface PartialAnswer extends HttpAnswer, PartialBody {}

/** No whole answer came. `code` is Node's or got's, such as ECONNRESET or ETIMEDOUT; `too-large` is ours. */
export interface HttpFault {
  readonly kind: 'fault';
  readonly code: string;
  /** True when the head of the answer had come, so that only its end is missing. */
  readonly hasBegun?: boolean;
  /** Set when a proxy caused the fault. */
  readonly proxy?: ProxyTrouble;
}

export interface HttpOptions {
  /** The limit for the whole exchange, so that an answer that trickles ends too. */
  readonly timeoutMs: number;
  readonly userAgent: string;
  /** Absent: no proxy, and Node's own agents. */
  readonly route?: HttpRoute;
}

export interface JsonPostOptions extends HttpOptions {
  readonly mostBytes: BodyLimits['mostBytes'];
}

export type Headers = Readonly<Record<string, string>>;

export type HttpGet = (url: URL, headers: Headers, signal: AbortSignal) => Promise<HttpAnswer | HttpFault>;

/** Posts one form: of runs, the only request to Okta that is not a GET. */
export type FormPost = (
  url: URL,
  headers: Headers,
  form: Readonly<Record<string, string>>,
  signal: AbortSignal,
) => Promise<HttpAnswer | HttpFault>;

export type JsonPost = (
  url: URL,
  headers: Headers,
  body: string,
  signal: AbortSignal,
) => Promise<PartialAnswer | HttpFault>;

function faultOf(thrown: unknown, route: HttpRoute | undefined): HttpFault {
  const proxy = route === undefined ? undefined : proxyTroubleOf(thrown, route);
  return { kind: 'fault', code: codeOf(thrown), ...(proxy === undefined ? {} : { proxy }) };
}

/** A client that follows no redirect, keeps no cookie and retries nothing (retrying has its own owner). */
export function createGot(
  { timeoutMs, userAgent, route }: HttpOptions,
  { decompress = true }: { readonly decompress?: boolean } = {},
): Got {
  return got.extend({
    retry: { limit: 0 },
    followRedirect: false,
    throwHttpErrors: false,
    strictContentLength: true,
    decompress,
    timeout: { request: timeoutMs },
    headers: { 'user-agent': userAgent, accept: 'application/json' },
    ...(route === undefined ? {} : { agent: route.agents }),
  });
}

/** Codes go into messages, so a text that does not look like a code is left out. */
function codeOf(thrown: unknown): string {
  const code = thrown instanceof Error && 'code' in thrown ? thrown.code : undefined;
  return typeof code === 'string' && /^[A-Z][A-Z0-9_]{0,60}$/.test(code) ? code : 'UNKNOWN';
}

interface AnswerReading extends BodyLimits {
  readonly signal: AbortSignal;
  readonly route: HttpRoute | undefined;
}

/** Reads the answer of a request to its end. */
export async function receive(
  stream: Request,
  { signal, route, ...limits }: AnswerReading,
): Promise<PartialAnswer | HttpFault> {
  const release = releaseOf(stream);
  let isComplete = false;
  try {
    const body = await readBody(stream, limits);
    isComplete = stream.response?.complete === true;
    if (body === undefined) return { kind: 'fault', code: 'too-large' };
    const { response } = stream;
    if (response === undefined) return { kind: 'fault', code: 'NO_ANSWER' };
    return { kind: 'answer', status: response.statusCode, headers: response.headers, ...body };
  } catch (thrown) {
    signal.throwIfAborted();
    const fault = faultOf(thrown, route);
    return stream.response === undefined ? fault : { ...fault, hasBegun: true };
  } finally {
    release(isComplete);
  }
}

/** Keeps all of an answer, up to the size limit. */
export function wholeAnswers(): BodyLimits {
  return { mostBytes: () => MAX_ANSWER_BYTES, large: new Turns(1) };
}

/** Makes one GET, once. Throws only on abort. */
export function createHttpGet(options: HttpOptions): HttpGet {
  const client = createGot(options);
  const reading = { ...wholeAnswers(), route: options.route };
  return (url, headers, signal) => receive(client.stream(url, { headers, signal }), { ...reading, signal });
}

/** Posts one form, once. Throws only on abort. */
export function createFormPost(options: HttpOptions): FormPost {
  const client = createGot(options);
  const reading = { ...wholeAnswers(), route: options.route };
  return (url, headers, form, signal) => {
    const body = new URLSearchParams(form).toString();
    const all = { ...headers, 'content-type': 'application/x-www-form-urlencoded' };
    return receive(client.stream.post(url, { headers: all, body, signal }), { ...reading, signal });
  };
}

/**
 * Posts one JSON text, once. Asks for an answer without compression, and never decompresses one. Throws only on abort.
 */
export function createJsonPost(options: JsonPostOptions): JsonPost {
  const { mostBytes, route } = options;
  const client = createGot(options, { decompress: false });
  const reading = { mostBytes, large: new Turns(1), route };
  return (url, headers, body, signal) => {
    const all = { ...headers, 'content-type': 'application/json', 'accept-encoding': 'identity' };
    return receive(client.stream.post(url, { headers: all, body, signal }), { ...reading, signal });
  };
}
