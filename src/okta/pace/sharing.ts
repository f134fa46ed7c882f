import type { Rate } from './rate-headers.ts';

/**
 * It takes so many disagreements to prove a bucket of its own, because limits change and windows end between two
 * answers. But an endpoint whose very first answer shows another limit has never been seen to share one, and going on
 * at the others' pace could spend all of its own.
 */
const PROOFS = 3;

interface Seen {
  readonly rate: Rate;
  readonly order: number;
  /** How often in a row this endpoint has disagreed with another one of its bucket. */
  readonly disagreements: number;
}

/** Finds out which endpoints have a bucket of their own, by the limits and resets of their answers. */
export class Sharing {
  readonly #seen = new Map<string, Seen>();
  readonly #own = new Set<string>();
  #order = 0;

  hasOwn(template: string): boolean {
    return this.#own.has(template);
  }

  /**
   * Takes in an answer. Returns whether it says something about the bucket that the endpoint counts to now. `partners`:
   * endpoints that count to the same one.
   */
  compare(template: string, rate: Rate, partners: (template: string) => boolean): boolean {
    const before = this.#seen.get(template);
    const other = this.#lastOfOthers(template, partners, rate);
    const verdict = other === undefined ? 'unknown' : judge(rate, other, before);
    const counted = before?.disagreements ?? 0;
    const partner = before === undefined ? this.#lastOfOthers(template, partners) : undefined;
    const isStranger = partner !== undefined && rate.limit !== partner.rate.limit;
    const disagreements = isStranger
      ? PROOFS
      : { unknown: counted, agrees: 0, differs: counted + 1 }[verdict];
    this.#order += 1;
    this.#seen.set(template, { rate, order: this.#order, disagreements });
    if (disagreements < PROOFS) return other === undefined || disagreements === 0;
    this.#own.add(template);
    return true;
  }

  /** A refusal by another counter than the bucket's needs no more proof: going on together costs calls. */
  refused(template: string, rate: Rate, partners: (template: string) => boolean): void {
    const other = this.#lastOfOthers(template, partners, rate);
    if (other !== undefined && differs(rate, other.rate)) this.#own.add(template);
  }

  /** @param rate absent: of any window; else only of one that was open at the same time */
  #lastOfOthers(template: string, partners: (template: string) => boolean, rate?: Rate): Seen | undefined {
    const others = [...this.#seen].filter(
      ([name, seen]) =>
        name !== template &&
        partners(name) &&
        seen.disagreements === 0 &&
        (rate === undefined || (seen.rate.resetAt > rate.dateAt && rate.resetAt > seen.rate.dateAt)),
    );
    return others.map(([, seen]) => seen).toSorted((left, right) => right.order - left.order)[0];
  }
}

/**
 * Another reset at the same time means another counter. Another limit may be a new one, so the other endpoint must show
 * its own again.
 */
function judge(rate: Rate, other: Seen, before: Seen | undefined): 'agrees' | 'differs' | 'unknown' {
  if (hasOtherReset(rate, other.rate)) return 'differs';
  if (rate.limit === other.rate.limit) return 'agrees';
  return other.order > (before?.order ?? 0) ? 'differs' : 'unknown';
}

function differs(rate: Rate, other: Rate): boolean {
  return rate.limit !== other.limit || hasOtherReset(rate, other);
}

function hasOtherReset(rate: Rate, other: Rate): boolean {
  return Math.abs(rate.resetAt - other.resetAt) > 1;
}
