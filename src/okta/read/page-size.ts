import { OktaOverloadError, OktaTooLargeError } from './answers.ts';
import type { OktaAnswer, OktaClient } from '../client.ts';

/** A page that can be made smaller is not asked for five times at its full size when Okta times out over it. */
const TRIES_WHILE_LARGE = 3;
/** So many pages must succeed before a page of twice their size is tried again. */
const GOOD_PAGES = 5;

/** The page size that all listings of one kind have learnt: each group's members are a listing of their own. */
export interface LearntSize {
  /** `undefined` until Okta has timed out: next links are followed as they are. */
  wanted: number | undefined;
  /** Pages that succeeded in a row, and how many must before a larger one is tried. */
  good: number;
  goodWanted: number;
  /** True while a larger page is being tried. */
  isTrial: boolean;
}

export function unlearntSize(): LearntSize {
  return { wanted: undefined, good: 0, goodWanted: GOOD_PAGES, isTrial: false };
}

export interface SizedListing {
  /** Path and query of the first page. */
  readonly path: string;
  readonly template: string;
  /** The smallest `limit` worth trying when Okta times out over a page; absent: pages are not made smaller. */
  readonly smallestLimit?: number;
  /** Okta takes no `limit` below this; absent: 1. */
  readonly leastLimit?: number;
  /** The learnt size that this listing shares with others; absent: it starts anew. */
  readonly learnt?: LearntSize;
}

const LIMIT = /([?&]limit=)(\d+)/;

function limitOf(path: string): number {
  return Number(LIMIT.exec(path)?.[2]);
}

/**
 * Asks for the pages of one listing. Halves the page when Okta times out over it, and makes it larger again later. A
 * page that is too large to be read is halved down to one entry, and stays small for the rest of the listing.
 */
export class PageSize {
  readonly #client: OktaClient;
  readonly #listing: SizedListing;
  readonly #learnt: LearntSize;
  /** Pages with more entries than this were too large: trying again would read tens of megabytes in vain. */
  #most = Number.POSITIVE_INFINITY;

  constructor(client: OktaClient, listing: SizedListing) {
    this.#client = client;
    this.#listing = listing;
    this.#learnt = listing.learnt ?? unlearntSize();
  }

  async ask(given: string): Promise<OktaAnswer> {
    const { template, smallestLimit = Number.POSITIVE_INFINITY, leastLimit = 1 } = this.#listing;
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
        if (error instanceof OktaTooLargeError && half >= leastLimit) this.#most = Math.min(this.#most, half);
        else if (isSmallest || !(error instanceof OktaOverloadError)) throw error;
        this.#shrink(half);
      }
    }
  }

  /**
   * Several listings at once may have timed out over the same size. After each failure, the next try of a larger page
   * comes later.
   */
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
