import type { Json } from './json.ts';

export interface ServerAnswer {
  readonly status: number;
  readonly body: string;
  readonly headers?: Readonly<Record<string, string | readonly string[]>>;
}

/** A server answers a request, or fails to do so in one of these ways. */
export type Reply =
  | { readonly kind: 'answer'; readonly answer: ServerAnswer }
  /** The headers promise more than is sent. */
  | { readonly kind: 'truncated'; readonly answer: ServerAnswer }
  | { readonly kind: 'reset' }
  | { readonly kind: 'hang' }
  /** The answer waits for something else. */
  | { readonly kind: 'later'; readonly pending: Promise<ServerAnswer> }
  /** More than 64 MiB of JSON. */
  | { readonly kind: 'giant' };

export function jsonAnswer(status: number, body: Json, headers?: ServerAnswer['headers']): ServerAnswer {
  return { status, body: JSON.stringify(body), headers: { 'content-type': 'application/json', ...headers } };
}

export function htmlAnswer(status: number): ServerAnswer {
  return {
    status,
    body: `<html><body><h1>${status}</h1>An edge in between says so.</body></html>`,
    headers: { 'content-type': 'text/html' },
  };
}

export function emptyAnswer(status: number): ServerAnswer {
  return { status, body: '' };
}
