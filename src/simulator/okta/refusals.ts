import { emptyAnswer, htmlAnswer } from '../answer.ts';
import type { ServerAnswer } from '../answer.ts';
import { problem } from './problems.ts';

/**
 * The requests that Okta does not let this credential make, or not any more. Every condition that is given must hold.
 */
export interface Refusal {
  readonly template?: string;
  /** Of the path without its query, as it was sent. */
  readonly path?: RegExp;
  /** Of the user's or group's id, as it stands in the path. */
  readonly only?: (id: string) => boolean;
  /** Only from this call on, counted from 1 among those that the other conditions choose. */
  readonly from?: number;
  /** Only up to this call, counted alike: a refusal that passes. */
  readonly to?: number;
  readonly status: number;
  /** Without it, the code that Okta gives with this status (401: E0000015, feature off). */
  readonly code?: string;
  readonly body?: 'json' | 'html' | 'empty';
  /** The scope an OAuth token lacks: named in the header as Okta names it. */
  readonly missingScope?: string;
}

export interface RefusableRequest {
  readonly template: string;
  readonly path: string;
  readonly id: string;
}

export class Refusals {
  readonly #list: readonly { readonly refusal: Refusal; calls: number }[];

  constructor(list: readonly Refusal[]) {
    this.#list = list.map((refusal) => ({ refusal, calls: 0 }));
  }

  /** The refusal's answer, when one applies. */
  check(request: RefusableRequest): ServerAnswer | undefined {
    for (const entry of this.#list) {
      if (!isMeant(entry.refusal, request)) continue;
      entry.calls += 1;
      const { from = 1, to = Number.POSITIVE_INFINITY } = entry.refusal;
      if (entry.calls >= from && entry.calls <= to) return refusalAnswer(entry.refusal);
    }
    return undefined;
  }
}

function isMeant({ template, path, only }: Refusal, request: RefusableRequest): boolean {
  const isTemplate = template === undefined || template === request.template;
  return (
    isTemplate && (path === undefined || path.test(request.path)) && (only === undefined || only(request.id))
  );
}

function refusalAnswer({ status, code, body, missingScope }: Refusal): ServerAnswer {
  if (body === 'html') return htmlAnswer(status);
  if (body === 'empty') return emptyAnswer(status);
  const answer = problem(status, code);
  if (missingScope === undefined) return answer;
  const challenge = `Bearer realm="simulated", error="insufficient_scope", error_description="The access token lacks a scope.", scope="${missingScope}"`;
  return { ...answer, headers: { ...answer.headers, 'www-authenticate': challenge } };
}
