import { OktaFeatureOffError, OktaNotFoundError } from '../../ports/errors.ts';
import { gapReasonOf } from '../../enrich/gap-reason.ts';
import type { Answer, Lookup } from '../../ports/org.ts';
import { LOOKUPS } from '../../ports/org.ts';
import type { OktaAnswer } from '../client.ts';
import { ASKED_AT, pathAbout } from '../endpoints.ts';
import type { Listing } from './paging.ts';
import { segment } from './paths.ts';
import { Probe } from './probe.ts';

/** Reads all pages of a listing. */
type ReadPages = (listing: Listing) => AsyncIterable<OktaAnswer>;

/** More groups, roles or factors than any user or group has. The rest is not read. */
const MOST_ENTRIES = 50_000;
const MOST_PAGES = 1000;
/** Nothing is hidden in these lists: so many empty pages in a row have no end. */
const MOST_EMPTY_PAGES = 20;

const unreadable: Answer<never> = { kind: 'unknown', reason: 'unreadable' };

type Subject = 'user' | 'group';

export interface LookupParts {
  readonly readPages: ReadPages;
  /** Does the user or group exist, by Okta's own answer? Throws when there is none. */
  readonly isThere: (subject: Subject, id: string) => Promise<boolean>;
  readonly refusedBefore: ReadonlySet<Lookup>;
}

/** Asks one question about one user or group, and decides what a failure means. */
export class Lookups {
  readonly #parts: LookupParts;
  readonly #probes: ReadonlyMap<Lookup, Probe>;
  readonly #checks = new Map<string, Promise<boolean>>();

  constructor(parts: LookupParts) {
    this.#parts = parts;
    this.#probes = new Map(LOOKUPS.map((lookup) => [lookup, new Probe(parts.refusedBefore.has(lookup))]));
  }

  get refused(): ReadonlySet<Lookup> {
    return new Set(LOOKUPS.filter((lookup) => this.#probes.get(lookup)?.isRefused));
  }

  async ask<T>(
    lookup: Lookup,
    subject: string,
    parse: (body: unknown) => readonly T[] | undefined,
  ): Promise<Answer<readonly T[]>> {
    const id = segment(subject);
    if (id === undefined) return unreadable;
    const { template } = ASKED_AT[lookup];
    const listing: Listing = {
      path: pathAbout({ template }, id),
      template,
      next: 'link',
      mostEmptyPages: MOST_EMPTY_PAGES,
    };
    const probe = this.#probes.get(lookup);
    const kind = lookup === 'group-roles' ? 'group' : 'user';
    const lookUp = () => this.#lookUp(listing, parse, probe, () => this.#exists(kind, subject));
    return probe === undefined ? lookUp() : probe.ask(lookUp);
  }

  /** All pages or nothing: a part of a list must never pass for the whole. */
  async #lookUp<T>(
    listing: Listing,
    parse: (body: unknown) => readonly T[] | undefined,
    probe: Probe | undefined,
    exists: () => Promise<boolean>,
  ): Promise<Answer<readonly T[]>> {
    try {
      const value: T[] = [];
      let pages = 0;
      let readAt = Number.POSITIVE_INFINITY;
      for await (const page of this.#parts.readPages(listing)) {
        const items = parse(page.body);
        pages += 1;
        if (items === undefined || value.length + items.length > MOST_ENTRIES || pages > MOST_PAGES)
          return unreadable;
        for (const item of items) value.push(item);
        readAt = Math.min(readAt, page.at); // what may have changed since the first page was not seen
      }
      return { kind: 'known', value, readAt };
    } catch (error) {
      if (error instanceof OktaFeatureOffError) probe?.settle('missing');
      const reason = gapReasonOf(error);
      if (reason === undefined) throw error;
      const isGone = error instanceof OktaNotFoundError && !(await exists());
      return { kind: 'unknown', reason: isGone ? 'gone' : reason };
    }
  }

  /** A 404 on a lookup can mean the user or group, or the endpoint, so Okta is asked for the user or group itself. */
  #exists(subject: Subject, id: string): Promise<boolean> {
    const running = this.#checks.get(id);
    if (running !== undefined) return running;
    const check = this.#parts
      .isThere(subject, id)
      .catch((error: unknown) => {
        if (gapReasonOf(error) !== undefined) return true;
        throw error;
      })
      .finally(() => this.#checks.delete(id));
    this.#checks.set(id, check);
    return check;
  }
}
