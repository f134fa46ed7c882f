import type { AnswerStyle } from './endpoint.ts';
import type { FaultOptions } from '../faults.ts';
import type { Hostility } from './hostile.ts';
import type { HookOptions } from './hooks/options.ts';
import type { OAuthOptions } from './oauth-options.ts';
import type { OktaFaultKind } from './faults.ts';
import type { RateOptions } from './rate-windows.ts';
import type { Refusal } from './refusals.ts';

export interface OktaServerOptions extends AnswerStyle {
  readonly port?: number;
  /** The address it names in links, and that signatures must name; by default the address where it listens. */
  readonly ownUrl?: string;
  /** The one SSWS token that is right. */
  readonly token?: string;
  /** A service app, beside that token. */
  readonly oauth?: OAuthOptions;
  readonly hooks?: HookOptions;
  readonly rates?: RateOptions;
  /** Requests in flight beyond which a 429 with limit 0 comes. */
  readonly maxConcurrency?: number;
  readonly faults?: FaultOptions<OktaFaultKind>;
  readonly refuse?: readonly Refusal[];
  readonly hostile?: readonly Hostility[];
  /** Of each answer: fixed, or between two bounds. */
  readonly latencyMs?: number | readonly [number, number];
  /** Epoch milliseconds; for the `Date` header and the rate windows. */
  readonly now?: () => number;
  /** Added to that clock. */
  readonly skewMs?: number;
  /** Keeps every request in `log`. */
  readonly keepsLog?: boolean;
  /** Called as each request arrives, before it is answered. */
  readonly onRequest?: (request: ArrivedRequest) => void;
}

export interface ArrivedRequest {
  readonly method: string;
  readonly template: string;
  /** With its query. */
  readonly path: string;
  /** Of all requests, this one included. */
  readonly count: number;
}

export interface LoggedRequest extends ArrivedRequest {
  readonly at: number;
  readonly bucket: string | undefined;
  /** 0 when no answer was given. */
  readonly status: number;
}

export interface OktaTally {
  total: number;
  /** 429s because a bucket was spent. */
  rateLimited: number;
  /** 429s because too many requests were in flight. */
  concurrencyLimited: number;
  unauthorised: number;
  refused: number;
  faults: number;
  mostInFlight: number;
  /** Requests that were neither a GET nor one for a token. */
  writes: number;
}
