import { isFit, type Check } from '../ports/checks.ts';
import type { Attempted } from './attempt.ts';

/**
 * Can a run succeed? The checks at the worker's start decide, and from then on the last run, which has really tried.
 */
export class Readiness {
  /** The obstacles, by codes of fixed lists; `undefined` before anything was tried. */
  #failing: readonly string[] | undefined;
  #hasRun = false;

  checked(checks: readonly Check[]): void {
    if (this.#hasRun) return;
    this.#failing = isFit(checks) ? [] : codesOf(checks, 'failed');
  }

  /** A run that was stopped changes nothing. */
  runEnded({ outcome, failure }: Pick<Attempted, 'outcome' | 'failure'>): void {
    if (outcome === 'cancelled') return;
    this.#hasRun = true;
    this.#failing = outcome === 'failed' ? [failure?.code ?? 'internal'] : [];
  }

  answer(): { readonly status: number; readonly body: string } {
    if (this.#failing === undefined) return { status: 503, body: 'not checked yet\n' };
    if (this.#failing.length === 0) return { status: 200, body: 'ready\n' };
    return { status: 503, body: `not ready: ${this.#failing.join(' ')}\n` };
  }
}

export function codesOf(checks: readonly Check[], status: Check['status']): readonly string[] {
  return checks.filter((check) => check.status === status).map(({ code }) => code);
}
