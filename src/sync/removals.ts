import { OktaResponseError } from '../ports/errors.ts';
import { TOO_MANY_GONE } from '../ports/inventory.ts';
import type { Inventory } from '../ports/inventory.ts';
import { doubtOf, sayDoubt } from '../inventory/policy/removal-limit.ts';
import type { Disappearance } from '../inventory/policy/removal-limit.ts';
import type { Run } from './job.ts';

const HINT =
  'no user was removed, and everything else was delivered; check in the Admin Console that these users are deleted and that the credential may see all users; if so, run `okta-ocsf sync --accept-removals` once';

/** Reasons to doubt a complete listing of users. */
export interface ListingFaults {
  /** Users who exist, although the listing does not name them. */
  readonly overlooked: number;
  /** The listing named nobody. */
  readonly isEmpty: boolean;
}

type RemovalParts = Pick<Run, 'inventory' | 'settings' | 'mode' | 'tally' | 'log' | 'delivery'> & {
  /** The number of users that were removed so far. */
  readonly removed: Map<'user', number>;
};

/** Ids of users who are gone by Okta, but held back until somebody accepts that. */
export async function heldBackIn({ marks }: Pick<Inventory, 'marks'>): Promise<ReadonlySet<string>> {
  const heldBack = await marks.list({ subject: 'user', reason: TOO_MANY_GONE });
  return new Set(heldBack.map(({ mark }) => mark.id));
}

/**
 * The users whom Okta does not know any more, over one whole run. One place counts them all and decides whether so many
 * are believed, because removing them bit by bit is the same as removing them at once.
 */
export class Removals {
  readonly #parts: RemovalParts;
  /** Users who are gone, but neither removed nor held back yet. */
  readonly #found = new Set<string>();
  readonly #heldBack = new Set<string>();
  #doubt: string | undefined;
  #faults: ListingFaults = { overlooked: 0, isEmpty: false };

  constructor(parts: RemovalParts) {
    this.#parts = parts;
  }

  /** Okta answered 404 for this user. */
  add(userId: string): void {
    this.#found.add(userId);
  }

  get #removed(): number {
    return this.#parts.removed.get('user') ?? 0;
  }

  has(userId: string): boolean {
    return this.#found.has(userId);
  }

  /** Is anybody gone who is neither removed nor held back yet? */
  get isAnyFound(): boolean {
    return this.#found.size > 0;
  }

  noteListing(faults: ListingFaults): void {
    this.#faults = faults;
  }

  /**
   * Removes all users found so far, unless they are too many: mass disappearance is more likely a mistake than the
   * truth.
   */
  async removeFound(): Promise<void> {
    const { acceptsRemovals, maxRemovals } = this.#parts.settings;
    const gone = await this.#notYetHeldBack(await this.#knownAmongFound());
    this.#found.clear();
    if (gone.length === 0) return;
    const disappearance = await this.#disappearanceOf(gone);
    const doubt = acceptsRemovals ? undefined : doubtOf(disappearance, maxRemovals);
    if (doubt === undefined) {
      for (const id of gone) await this.#remove(id);
      return;
    }
    this.#doubt = sayDoubt(doubt, disappearance, maxRemovals);
    await this.#holdBack(new Set(gone));
  }

  /**
   * Throws when this run held users back. Comes last, when everything else is stored: the rest is delivered, and the
   * run has failed.
   */
  async refuseMany(): Promise<void> {
    if (this.#doubt !== undefined) throw new OktaResponseError(this.#doubt, { hint: HINT });
    const { inventory, tally } = this.#parts;
    const heldBack = await heldBackIn(inventory);
    if (heldBack.size === 0) return;
    tally.notes.set(
      'removals',
      `${heldBack.size} users whom Okta did not know any more are kept until sync --accept-removals`,
    );
  }

  async #disappearanceOf(ids: readonly string[]): Promise<Disappearance> {
    const { inventory, tally } = this.#parts;
    const gone = new Set([...ids, ...this.#heldBack]).size + this.#removed;
    return {
      known: (await inventory.users.count()) + this.#removed + tally.leftSelection,
      gone,
      missing: gone + this.#faults.overlooked,
      isListEmpty: this.#faults.isEmpty,
    };
  }

  async #knownAmongFound(): Promise<readonly string[]> {
    const { users } = this.#parts.inventory;
    const known: string[] = [];
    for (const id of this.#found) {
      if ((await users.find(id)) === undefined) await users.forget(id);
      else known.push(id);
    }
    return known;
  }

  /**
   * In an incremental run, users that were held back earlier do not count again. Only a full run looks for all of them
   * anew.
   */
  async #notYetHeldBack(gone: readonly string[]): Promise<readonly string[]> {
    const { mode, settings, inventory } = this.#parts;
    if (mode === 'full' || settings.acceptsRemovals || gone.length === 0) return gone;
    const heldBack = await heldBackIn(inventory);
    return gone.filter((id) => !heldBack.has(id));
  }

  /** One mark replaces all others of the user, since there is nothing to read of a user who is gone. */
  async #holdBack(ids: ReadonlySet<string>): Promise<void> {
    const { marks } = this.#parts.inventory;
    const marksUpTo = await marks.version();
    // Add first, then settle: a kill in between must leave a mark. A renewed mark is newer than the ones that are
    // settled.
    await marks.add(
      [...ids].map((id) => ({ subject: 'user', id, question: 'presence', reason: TOO_MANY_GONE })),
    );
    await marks.answered([...ids].map((id) => ({ subject: 'user', id, questions: 'all', marksUpTo })));
    for (const id of ids) this.#heldBack.add(id);
  }

  /** Makes a last event that says that the user is gone, and then forgets the user. */
  async #remove(id: string): Promise<void> {
    const { inventory, tally, log, delivery, removed } = this.#parts;
    await inventory.users.remove(id);
    removed.set('user', this.#removed + 1);
    tally.removed += 1;
    log.info({ user_id: id }, 'Okta answers 404 for a user: removed');
    delivery.wake();
  }
}
