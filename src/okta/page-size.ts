import { OktaOverloadError } from './answers.ts';
import type { OktaAnswer, OktaClient } from './client.ts';

/** A page that can be made smaller is not asked for five times at its full size: Okta timed out over it. */
const TRIES_WHILE_LARGE = 3;
/** Pages that must succeed before one of twice their size is tried again. */
const GOOD_PAGES = 5;

export interface SizedListing {
  /** Path and query of the first page. */
  readonly path: string;
  readonly template: string;
  /** The smallest `limit` worth trying when Okta times out over a page; absent: the page is not made smaller. */
  readonly smallestLimit?: number;
}

const LIMIT = /([?&]limit=)(\d+)/;

function limitOf(path: string): number {
  return Number(LIMIT.exec(path)?.[2]);
}

/** Asks for the pages of one listing: halves the page when Okta times out over it, and makes it larger again later. */
export class PageSize {
  readonly #client: OktaClient;
  readonly #listing: SizedListing;
  /** `undefined` until Okta timed out: next links are followed as given. */
  #wanted: number | undefined;
  #good = 0;

  constructor(client: OktaClient, listing: SizedListing) {
    this.#client = client;
    this.#listing = listing;
  }

  async ask(given: string): Promise<OktaAnswer> {
    const { template, smallestLimit = Number.POSITIVE_INFINITY } = this.#listing;
    for (;;) {
      const path = this.#wanted === undefined ? given : given.replace(LIMIT, `$1${this.#wanted}`);
      const half = Math.floor(limitOf(path) / 2);
      const isSmallest = !(half >= smallestLimit);
      try {
        const options = isSmallest ? {} : { overloadTries: TRIES_WHILE_LARGE };
        const answer = await this.#client.get(path, template, options);
        this.#grow();
        return answer;
      } catch (error) {
        if (isSmallest || !(error instanceof OktaOverloadError)) throw error;
        this.#wanted = half;
        this.#good = 0;
      }
    }
  }

  #grow(): void {
    if (this.#wanted === undefined) return;
    this.#good += 1;
    if (this.#good < GOOD_PAGES) return;
    this.#good = 0;
    this.#wanted = Math.min(this.#wanted * 2, limitOf(this.#listing.path));
  }
}
