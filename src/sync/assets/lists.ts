import type { AppRecord, AssetPage, AssetRecords, ListedDevice, RuleRecord } from '../../ports/assets.ts';
import type { AssetParts } from '../parts.ts';
import { noteGap, orGap, readList, saveRecords, type ListOf } from './list-records.ts';

/** Lists records that a page gives as they are kept. */
function listOf<K extends 'app' | 'rule'>(
  run: AssetParts,
  kind: K,
  pages: () => AsyncIterable<AssetPage<AssetRecords[K]>>,
  get: (id: string) => Promise<AssetRecords[K] | undefined>,
): ListOf<K, AssetRecords[K]> {
  return {
    kind,
    pages,
    save: async ({ entries, readAt }, listedAt) => {
      await saveRecords(run, kind, entries, readAt, listedAt);
    },
    refresh: async (id) => {
      const record = await get(id);
      if (record !== undefined) await saveRecords(run, kind, [record], run.oktaNow());
      return record !== undefined;
    },
  };
}

export function appList(run: AssetParts): ListOf<'app', AppRecord> {
  const { assets } = run;
  return listOf(
    run,
    'app',
    () => assets.listApps(),
    (id) => assets.getApp(id),
  );
}

export function ruleList(run: AssetParts): ListOf<'rule', RuleRecord> {
  const { assets } = run;
  return listOf(
    run,
    'rule',
    () => assets.listRules(),
    (id) => assets.getRule(id),
  );
}

export function deviceList(run: AssetParts): ListOf<'device', ListedDevice> {
  const { assets } = run;
  return {
    kind: 'device',
    pages: () => assets.listDevices(),
    save: (page, listedAt) => saveDevices(run, page, listedAt),
    refresh: async (id) => {
      const listed = await assets.getDevice(id);
      const readAt = run.oktaNow();
      if (listed !== undefined) await saveDevices(run, { entries: [listed], unreadable: [], readAt });
      return listed !== undefined;
    },
  };
}

/** Devices with their users. Where Okta does not say who uses a device, its users stay as they were. */
export async function saveDevices(
  run: Pick<AssetParts, 'inventory' | 'tally'>,
  { entries, readAt }: AssetPage<ListedDevice>,
  listedAt?: number,
): Promise<void> {
  const devices = entries.map(({ device }) => device);
  await saveRecords(run, 'device', devices, readAt, listedAt);
  for (const { device, users } of entries) {
    const set = { kind: 'device-users', owner: device.id } as const;
    if (users === undefined) await noteGap(run, set, 'devices', 'unreadable', readAt);
    else await run.inventory.assets.replaceSet(set, onePage(users), readAt);
  }
}

async function* onePage<T>(records: readonly T[]): AsyncGenerator<readonly T[]> {
  yield records;
}

export async function readOrgItself(run: AssetParts): Promise<void> {
  const { assets } = run;
  const askedAt = run.oktaNow();
  await orGap(run, { kind: 'org' }, 'org', askedAt, async () => {
    await saveRecords(run, 'org', [await assets.readOrg()], run.oktaNow(), askedAt);
    await run.inventory.assets.noteListed('org', askedAt);
    return undefined;
  });
}

/**
 * The custom admin roles of the org. Nothing needs them where nobody holds one and none is known, so they are listed
 * last.
 */
export async function readCustomRoles(run: AssetParts): Promise<void> {
  const { assets, inventory } = run;
  const areNeeded =
    (await inventory.assets.count('role')) > 0 ||
    (await inventory.users.roleHolders('custom')).length > 0 ||
    (await inventory.groups.roleHolders('custom')).length > 0;
  if (!areNeeded) return;
  await readList(run, {
    kind: 'role',
    pages: () => assets.listCustomRoles(),
    save: async ({ entries, readAt }, listedAt) => {
      await saveRecords(run, 'role', entries, readAt, listedAt);
    },
    refresh: (id) => assets.hasCustomRole(id),
  });
}

/** The record of one asset that the System Log names; removed where Okta answers 404. */
export async function refreshOne(run: AssetParts, kind: 'app' | 'device', id: string): Promise<boolean> {
  const isThere = await (kind === 'app' ? appList(run) : deviceList(run)).refresh(id);
  if (!isThere) await run.assetRemovals.remove(kind, [id]);
  return isThere;
}
