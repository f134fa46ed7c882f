import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Log } from '../ports/log.ts';

/** After an answer that did not wait for the request's end, the client has this long to read it. */
const LINGER_MS = 1000;

/** A request as it was sent. Nothing in it is believed: neither `Host` nor what proxies add. */
export interface HttpCall {
  readonly method: string;
  /** The path without its query. */
  readonly path: string;
  /** The values of a header, one for each time that it was sent. `name`: in small letters. */
  header(name: string): readonly string[];
  body(limits: CallLimits): Promise<CallBody>;
}

interface CallLimits {
  readonly mostBytes: number;
  readonly withinMs: number;
  /** Shared by all bodies that are being read. */
  readonly room: BodyRoom;
}

/** The bytes that bodies may still take while they are being read, all together. */
export interface BodyRoom {
  left: number;
}

/** `no-room`: other bodies took so much memory that this one was let go. */
export type CallBody =
  | { readonly kind: 'whole'; readonly bytes: Uint8Array }
  | { readonly kind: 'too-large' | 'too-slow' | 'no-room' };

export interface CallAnswer {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
}

export type AnswerCall = (call: HttpCall) => Promise<CallAnswer>;

/** Answers one request. Never throws. */
export async function answerCall(
  request: IncomingMessage,
  response: ServerResponse,
  answer: AnswerCall,
  log: Log,
): Promise<void> {
  // A client that goes away is no error of ours.
  request.on('error', () => undefined);
  response.on('error', () => undefined);
  try {
    send(request, response, await answer(callOf(request)));
  } catch (thrown) {
    log.warn({ err: thrown }, 'a request over HTTP could not be answered');
    send(request, response, { status: 500 });
  }
}

function callOf(request: IncomingMessage): HttpCall {
  return {
    method: request.method ?? '',
    path: (request.url ?? '').split('?', 1)[0] ?? '',
    header: (name) => valuesOf(request.rawHeaders, name),
    body: (limits) => readCall(request, limits),
  };
}

/** Node joins or drops headers that were sent twice; the list as it was sent has each of them. */
function valuesOf(raw: readonly string[], name: string): readonly string[] {
  return raw.filter((_, at) => at % 2 === 1 && raw[at - 1]?.toLowerCase() === name);
}

function readCall(request: IncomingMessage, { mostBytes, withinMs, room }: CallLimits): Promise<CallBody> {
  if (Number(request.headers['content-length'] ?? 0) > mostBytes)
    return Promise.resolve({ kind: 'too-large' });
  return new Promise((resolve) => {
    const chunks: Uint8Array[] = [];
    let bytes = 0;
    const settle = (body: CallBody): void => {
      clearTimeout(timer);
      request.off('data', take);
      room.left += bytes;
      bytes = 0;
      chunks.length = 0;
      // The rest of the body is let go.
      request.resume();
      resolve(body);
    };
    const take = (chunk: Uint8Array): void => {
      bytes += chunk.byteLength;
      room.left -= chunk.byteLength;
      if (bytes > mostBytes) return settle({ kind: 'too-large' });
      if (room.left < 0) return settle({ kind: 'no-room' });
      chunks.push(chunk);
    };
    const timer = setTimeout(() => settle({ kind: 'too-slow' }), withinMs);
    request.on('data', take);
    request.once('end', () => settle({ kind: 'whole', bytes: Buffer.concat(chunks) }));
    // The client has gone: nobody reads the answer.
    request.once('close', () => settle({ kind: 'too-slow' }));
  });
}

/**
 * A connection that is closed while its client still sends may lose the answer. So an answer that comes before the request's
 * end is sent whole at once, and the connection stays open until the client has sent the rest, or for a second.
 */
function send(
  request: IncomingMessage,
  response: ServerResponse,
  { status, headers = {}, body = '' }: CallAnswer,
): void {
  const length = status === 204 ? {} : { 'content-length': String(Buffer.byteLength(body)) };
  response.writeHead(status, {
    'cache-control': 'no-store',
    'x-content-type-options': 'nosniff',
    connection: 'close',
    ...length,
    ...headers,
  });
  if (request.complete || body === '') response.flushHeaders();
  if (request.complete || request.destroyed) return void response.end(body);
  if (body !== '') response.write(body);
  request.resume();
  const finish = (): void => {
    clearTimeout(timer);
    response.end();
  };
  const timer = setTimeout(finish, LINGER_MS);
  request.once('end', finish);
  request.once('close', finish);
}
