import {
  createGot,
  receive,
  wholeAnswers,
  type Headers,
  type HttpAnswer,
  type HttpFault,
  type HttpOptions,
} from './client.ts';

export interface JsonRequest {
  readonly method: 'GET' | 'POST' | 'PUT' | 'DELETE';
  readonly url: URL;
  readonly headers: Headers;
  /** JSON; absent: no body. */
  readonly body?: string | undefined;
  readonly signal: AbortSignal;
}

/** Makes one request of any method, once. Throws only on abort. Whoever has it can change things on the other side. */
export type JsonWrite = (request: JsonRequest) => Promise<HttpAnswer | HttpFault>;

export function createJsonWrite(options: HttpOptions): JsonWrite {
  const client = createGot(options);
  const reading = { ...wholeAnswers(), route: options.route };
  return ({ method, url, headers, body, signal }) => {
    const content = body === undefined ? {} : { 'content-type': 'application/json' };
    const all = { ...headers, ...content };
    const stream = client.stream(url, {
      method,
      headers: all,
      signal,
      ...(body === undefined ? {} : { body }),
    });
    // A stream without a body would wait for one.
    if (body === undefined && method !== 'GET') stream.end();
    return receive(stream, { ...reading, signal });
  };
}
