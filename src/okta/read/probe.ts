import type { Answer, GapReason } from '../../ports/org.ts';

/** So many refusals in a row, with none allowed before, prove that the credential may not ask this question. */
const PROOF = 5;

/**
 * One kind of lookup, asked for many users or groups. Until one is allowed, at most five are tried: five refusals in a
 * row (one, when an earlier run ended so) settle it, and the run stops asking. One refusal alone proves nothing, and
 * once one was allowed, each refusal stands for itself.
 */
export class Probe {
  #isOpen = false;
  #settled: GapReason | undefined;
  #attemptsLeft: number;
  #inFlight = 0;
  readonly #waiting: (() => void)[] = [];
  readonly #wasRefusedBefore: boolean;

  constructor(wasRefusedBefore: boolean) {
    this.#wasRefusedBefore = wasRefusedBefore;
    this.#attemptsLeft = wasRefusedBefore ? 1 : PROOF;
  }

  /** The reason why this is not asked any more; `undefined` while it still is. */
  get settled(): GapReason | undefined {
    return this.#settled;
  }

  /** True when the lookup was refused in this run, or in an earlier one and not allowed since. */
  get isRefused(): boolean {
    return this.#settled === undefined
      ? this.#wasRefusedBefore && !this.#isOpen
      : this.#settled === 'refused';
  }

  /** The feature is off for the whole org, which needs no more proof, unless Okta has answered this question before. */
  settle(reason: GapReason): void {
    if (this.#isOpen) return;
    this.#settled = reason;
    this.#wake();
  }

  async ask<T>(lookup: () => Promise<Answer<T>>): Promise<Answer<T>> {
    while (!this.#isOpen && this.#settled === undefined && this.#inFlight >= this.#attemptsLeft) {
      await new Promise<void>((resolve) => this.#waiting.push(resolve));
    }
    if (this.#settled !== undefined) return { kind: 'unknown', reason: this.#settled };
    this.#inFlight += 1;
    try {
      const answer = await lookup();
      this.#learn(answer);
      return answer;
    } finally {
      this.#inFlight -= 1;
      this.#wake();
    }
  }

  #learn(answer: Answer<unknown>): void {
    // An answer that makes no sense was still allowed.
    if (answer.kind === 'known' || answer.reason === 'unreadable') {
      this.#isOpen = true;
      this.#settled = undefined;
    }
    if (this.#isOpen || answer.kind === 'known') return;
    if (answer.reason !== 'refused' && answer.reason !== 'missing') return;
    this.#attemptsLeft -= 1;
    if (this.#attemptsLeft === 0) this.#settled = answer.reason;
  }

  #wake(): void {
    for (const resolve of this.#waiting.splice(0)) resolve();
  }
}
