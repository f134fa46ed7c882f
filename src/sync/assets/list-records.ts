import { gapReasonOf } from '../../enrich/gap-reason.ts';
import type { AssetPage, AssetRecords, RecordKind, SetKey, StoredRecord } from '../../ports/assets.ts';
import { OktaFeatureOffError } from '../../ports/errors.ts';
import type { GapReason } from '../../ports/org.ts';
import type { GapCounts } from '../../ports/report.ts';
import type { AssetParts } from '../parts.ts';
import { forEachOf } from '../parallel.ts';

/** The names of lists in the report's gaps. */
const GAP_NAMES = {
  app: 'apps',
  group: 'groups',
  rule: 'rules',
  device: 'devices',
  org: 'org',
  role: 'org',
} as const satisfies Readonly<Record<RecordKind, string>>;

/** Stores the records of a page, and counts them. */
export async function saveRecords<K extends RecordKind>(
  { inventory, tally }: Pick<AssetParts, 'inventory' | 'tally'>,
  kind: K,
  records: readonly AssetRecords[K][],
  readAt: number,
  listedAt?: number,
): Promise<readonly StoredRecord[]> {
  const stored = await inventory.assets.save(kind, records, readAt, listedAt);
  const count = tally.assets(kind);
  if (listedAt !== undefined) count.listed += records.length;
  count.changed += stored.filter(({ outcome }) => outcome !== 'unchanged').length;
  return stored;
}

/** How a kind of records is listed, and how one of them is read alone. */
export interface ListOf<K extends RecordKind, Entry> {
  readonly kind: K;
  readonly pages: () => AsyncIterable<AssetPage<Entry>>;
  /** Stores a page; `listedAt` is the instant at which the listing began. */
  readonly save: (page: AssetPage<Entry>, listedAt: number) => Promise<void>;
  /** Stores one record as Okta has it now. Resolves to false where Okta answers 404. */
  readonly refresh: (id: string) => Promise<boolean>;
}

/**
 * Reads a list to its end. A list that fails leaves everything as it was. After a whole list each record that it left
 * out is asked for, since only Okta's own 404 says that it is gone. Resolves to true when the list was whole.
 */
export async function readList<K extends RecordKind, Entry>(
  run: AssetParts,
  list: ListOf<K, Entry>,
): Promise<boolean> {
  const { kind } = list;
  const listedAt = run.oktaNow();
  const gap = await orGap(run, { kind }, GAP_NAMES[kind], listedAt, async () => {
    let unreadable = 0;
    for await (const page of pagesSince(listedAt, list.pages())) {
      await list.save(page, listedAt);
      unreadable += page.unreadable.length;
    }
    if (unreadable === 0) return undefined;
    run.log.warn({ kind, unreadable }, 'entries of a list cannot be read');
    return 'unreadable';
  });
  if (gap !== undefined) return false;
  await run.inventory.assets.noteListed(kind, listedAt);
  await removeMissing(run, list, listedAt);
  return true;
}

/**
 * Pages of a listing that began at `at`. Okta's own stamp is cut to whole seconds, so that one which comes right after
 * the answer about a single record would count as older than that.
 */
export async function* pagesSince<T>(
  at: number,
  pages: AsyncIterable<AssetPage<T>>,
): AsyncGenerator<AssetPage<T>> {
  for await (const page of pages) yield { ...page, readAt: Math.max(page.readAt, at) };
}

async function removeMissing<K extends RecordKind, Entry>(
  run: AssetParts,
  { kind, refresh }: ListOf<K, Entry>,
  listedAt: number,
): Promise<void> {
  const gone: string[] = [];
  await forEachOf(await run.inventory.assets.unlisted(kind, listedAt), run.settings.width, async (id) => {
    if ((await orUndefined(run, GAP_NAMES[kind], () => refresh(id))) === false) gone.push(id);
  });
  await run.assetRemovals.remove(kind, gone);
}

type Gap = SetKey | { readonly kind: RecordKind };
type GapName = keyof GapCounts;
type GapParts = Pick<AssetParts, 'inventory' | 'tally'>;

/**
 * Does work whose failure leaves a gap. `work` resolves to the reason of a gap that it has found itself. Resolves to the
 * reason; `undefined`: there is no gap.
 */
export async function orGap(
  run: GapParts & Pick<AssetParts, 'log' | 'signal'>,
  of: Gap,
  name: GapName,
  askedAt: number,
  work: () => Promise<GapReason | undefined>,
): Promise<GapReason | undefined> {
  run.signal.throwIfAborted();
  const reason = await reasonOf(run, name, work);
  if (reason !== undefined) await noteGap(run, of, name, reason, askedAt);
  return reason;
}

/** A list that the org does not have (`missing`) is neither a gap nor a failure. A set of an asset that is there is one. */
export async function noteGap(
  { inventory, tally }: GapParts,
  of: Gap,
  name: GapName,
  reason: GapReason,
  askedAt: number,
): Promise<void> {
  await inventory.assets.noteGap(of, reason, askedAt);
  if (reason !== 'missing' || 'owner' in of) tally.gap(name, reason);
}

async function reasonOf(
  { log }: Pick<AssetParts, 'log'>,
  listing: string,
  work: () => Promise<GapReason | undefined>,
): Promise<GapReason | undefined> {
  try {
    return await work();
  } catch (error) {
    const reason = gapReasonOf(error);
    if (reason === undefined) throw error;
    log.debug({ listing, err: error }, 'why the listing is not available');
    return reason;
  }
}

/** `undefined` where Okta gave no usable answer: everything stays as it was. A feature that is off is no gap. */
export async function orUndefined<T>(
  { log, signal, tally }: Pick<AssetParts, 'log' | 'signal' | 'tally'>,
  name: GapName,
  work: () => Promise<T>,
  onGap?: (reason: GapReason) => Promise<void>,
): Promise<T | undefined> {
  signal.throwIfAborted();
  try {
    return await work();
  } catch (error) {
    const reason = gapReasonOf(error);
    if (reason === undefined) throw error;
    if (!(error instanceof OktaFeatureOffError)) {
      tally.gap(name, reason);
      await onGap?.(reason);
    }
    log.debug({ err: error }, 'one asset could not be read: it stays as it was');
    return undefined;
  }
}
