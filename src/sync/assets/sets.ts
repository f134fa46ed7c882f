import { OktaResponseError } from '../../ports/errors.ts';
import type { AssetPage, AssetStore, SetKey, SetKind, SetRecords } from '../../ports/assets.ts';
import type { GapReason } from '../../ports/org.ts';
import { forEachOf } from '../parallel.ts';
import type { AssetParts } from '../parts.ts';
import { answeredSinceOf } from '../spread-answers.ts';
import { noteGap, orGap } from './list-records.ts';

/** The names of sets in the report's gaps. */
const GAP_NAMES = {
  'app-users': 'app-users',
  'app-groups': 'app-groups',
  'group-apps': 'app-groups',
  'device-users': 'devices',
} as const satisfies Readonly<Record<SetKind, string>>;

/** How the sets of one kind are asked for. */
export interface SetsOf<K extends SetKind> {
  readonly kind: K;
  readonly pages: (owner: string) => AsyncIterable<AssetPage<SetRecords[K]>>;
}

/** So many refusals in a row, and nothing allowed before, say that the credential may not ask this at all. */
const ENOUGH_REFUSALS = 5;

/**
 * Reads the sets of these owners. Once five in a row are refused and none was allowed, the others are not asked: they
 * stay as they were, and are gaps.
 */
export async function readSets<K extends SetKind>(
  run: AssetParts,
  sets: SetsOf<K>,
  owners: readonly string[],
): Promise<void> {
  let refusals = 0;
  await forEachOf(owners, run.settings.width, async (owner) => {
    const isAsked = refusals < ENOUGH_REFUSALS;
    const gap = isAsked ? await readSet(run, sets, owner) : await noteRefused(run, sets.kind, owner);
    if (gap === undefined) refusals = Number.NEGATIVE_INFINITY;
    else if (gap === 'refused') refusals += 1;
  });
}

async function noteRefused(run: AssetParts, kind: SetKind, owner: string): Promise<GapReason> {
  await noteGap(run, { kind, owner }, GAP_NAMES[kind], 'refused', run.oktaNow());
  return 'refused';
}

/**
 * Reads a set and puts it in place as a whole. A set of which a page fails or an entry cannot be read stays as it was.
 * Resolves to the reason of the gap; `undefined`: there is none.
 */
export async function readSet<K extends SetKind>(
  run: AssetParts,
  { kind, pages }: SetsOf<K>,
  owner: string,
): Promise<GapReason | undefined> {
  const askedAt = run.oktaNow();
  const set = { kind, owner } as const;
  return orGap(run, set, GAP_NAMES[kind], askedAt, async () => {
    let listed = 0;
    const counted = wholePages(set, pages(owner), (entries) => (listed += entries));
    const outcome = await run.inventory.assets.replaceSet(set, counted, askedAt);
    if (kind === 'app-users') countUsers(run, listed, outcome !== 'unchanged');
    return undefined;
  });
}

/** Counts the assignments that were listed, and the applications whose users are others than before. */
function countUsers({ tally }: Pick<AssetParts, 'tally'>, listed: number, isChanged: boolean): void {
  const count = tally.assets('app-users');
  count.listed += listed;
  if (isChanged) count.changed += 1;
}

async function* wholePages<T>(
  { kind, owner }: SetKey,
  pages: AsyncIterable<AssetPage<T>>,
  onEntries: (entries: number) => void,
): AsyncGenerator<readonly T[]> {
  for await (const { entries, unreadable } of pages) {
    if (unreadable.length > 0) throw new OktaResponseError(`${kind} of ${owner}: an entry cannot be read`);
    onEntries(entries.length);
    yield entries;
  }
}

/** Those of `owners` whose set must be asked for: the one that is kept is too old, or the log does not vouch for it. */
export async function unheld(
  run: AssetParts,
  kind: SetKind,
  owners: readonly string[],
): Promise<readonly string[]> {
  const due: string[] = [];
  for (const owner of owners) {
    const { readAt = -1, gap } = await run.inventory.assets.set({ kind, owner });
    if (gap !== undefined || readAt < heldSince(run, owner)) due.push(owner);
  }
  return due;
}

/**
 * From when on the set of this owner holds. The log vouches for assets as long as it does for every lookup, and only
 * where it tells of them.
 */
function heldSince({ answeredSince, startedAt, settings, assets }: AssetParts, owner: string): number {
  if (!assets.isFollowed) return startedAt;
  const since = Math.max(...Object.values(answeredSince));
  return answeredSinceOf(
    { answeredSince: { ...answeredSince, groups: since }, startedAt, settings },
    'groups',
    owner,
  );
}

/**
 * Those of `owners` whose set is not known: it was never read, or Okta was unavailable. Of those that failed for another
 * reason, which will fail again, one shows whether it still holds; full runs ask all.
 */
export async function unknownSets(
  { inventory }: { readonly inventory: { readonly assets: Pick<AssetStore, 'set'> } },
  kind: SetKind,
  owners: readonly string[],
): Promise<readonly string[]> {
  const unknown: string[] = [];
  let probe: string | undefined;
  for (const owner of owners) {
    const { askedAt, gap } = await inventory.assets.set({ kind, owner });
    if (askedAt === undefined || gap === 'unavailable') unknown.push(owner);
    else if (gap !== undefined) probe ??= owner;
  }
  return probe === undefined ? unknown : [...unknown, probe];
}
