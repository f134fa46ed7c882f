import { OktaOverloadError, OktaTooLargeError } from './answers.ts';
import type { OktaAnswer, OktaClient } from '../client.ts';

/** A page that can be made smaller is not asked for five times at its full size: Okta timed out over it. */
const TRIES_WHILE_LARGE = 3;
/** Pages that must succeed before one of twice their size is tried again. */
const GOOD_PAGES = 5;

/** What the listings of one kind have learnt: each group's members are a listing of their own. */
export interface LearntSize {
  /** `undefined` until Okta timed out: next links are followed as given. */
  wanted: number | undefined;
  /** Pages that went well in a row, and how many must before a larger one is tried. */
  good: number;
  goodWanted: number;
  /** A larger one is being tried. */
  isTrial: boolean;
}

export function unlearntSize(): LearntSize {
  return { wanted: undefined, good: 0, goodWanted: GOOD_PAGES, isTrial: false };
}

export interface SizedListing {
  /** Path and query of the first page. */
  readonly path: string;
  readonly template: string;
  /** The smallest `limit` worth trying when Okta times out over a page; absent: the page is not made smaller. */
  readonly smallestLimit?: number;
  /** Kept from one listing to the next; absent: this one begins anew. */
  readonly learnt?: LearntSize;
}

const LIMIT = /([?&]limit=)(\d+)/;

function limitOf(path: string): number {
  return Number(LIMIT.exec(path)?.[2]);
}

/**
 * Asks for the pages of one listing: halves the page when Okta times out over it, and makes it larger again later. A page
 * that is larger than any answer that is read is halved down to one entry, and stays small for the rest of the listing.
 */
export class PageSize {
  readonly #client: OktaClient;
  readonly #listing: SizedListing;
  readonly #learnt: LearntSize;
  /** Pages over this were too large to be read: trying again would read tens of megabytes in vain. */
  #most = Number.POSITIVE_INFINITY;

  constructor(client: OktaClient, listing: SizedListing) {
    this.#client = client;
    this.#listing = listing;
    this.#learnt = listing.learnt ?? unlearntSize();
  }

  async ask(given: string): Promise<OktaAnswer> {
    const { template, smallestLimit = Number.POSITIVE_INFINITY } = this.#listing;
    for (;;) {
      const { wanted } = this.#learnt;
      const path = wanted === undefined ? given : given.replace(LIMIT, `$1${wanted}`);
      const half = Math.floor(limitOf(path) / 2);
      const isSmallest = !(half >= smallestLimit);
      try {
        const options = isSmallest ? {} : { overloadTries: TRIES_WHILE_LARGE };
        const answer = await this.#client.get(path, template, options);
        this.#grow();
        return answer;
      } catch (error) {
        if (error instanceof OktaTooLargeError && half >= 1) this.#most = Math.min(this.#most, half);
        else if (isSmallest || !(error instanceof OktaOverloadError)) throw error;
        this.#shrink(half);
      }
    }
  }

  /** Listings side by side may have timed out over the same size. What fails again is tried again later still. */
  #shrink(half: number): void {
    const learnt = this.#learnt;
    if (learnt.wanted !== undefined && learnt.wanted <= half) return;
    if (learnt.isTrial) learnt.goodWanted *= 2;
    Object.assign(learnt, { wanted: half, good: 0, isTrial: false });
  }

  #grow(): void {
    const learnt = this.#learnt;
    if (learnt.wanted === undefined) return;
    learnt.good += 1;
    learnt.isTrial = false;
    const full = Math.min(limitOf(this.#listing.path), this.#most);
    if (learnt.good < learnt.goodWanted || learnt.wanted >= full) return;
    Object.assign(learnt, { wanted: Math.min(learnt.wanted * 2, full), good: 0, isTrial: true });
  }
}
