import type { Asset } from '../../ports/assets.ts';
import type { ListedDirectory } from '../full/directory.ts';
import type { AssetParts, MaybeAssetParts } from '../parts.ts';
import { readAllAppUsers, readAppGroups } from './app-sets.ts';
import { readList } from './list-records.ts';
import { appList, deviceList, readCustomRoles, readOrgItself, ruleList } from './lists.ts';

/** Does this run read assets beside users? */
export function readsAssets<R extends MaybeAssetParts>(run: R): run is R & AssetParts {
  return run.assets !== undefined && run.settings.assets.size > 0;
}

/**
 * Reads the assets of a full run, beside the users: first the lists, then which groups have which applications, then the
 * users of applications. `directory` tells when the groups are listed.
 */
export async function readAssets(run: MaybeAssetParts, directory: Promise<ListedDirectory>): Promise<void> {
  if (!readsAssets(run)) return;
  const lists: readonly (readonly [Asset, () => Promise<unknown>])[] = [
    ['apps', () => readApps(run, directory)],
    ['rules', () => readList(run, ruleList(run))],
    ['devices', () => readList(run, deviceList(run))],
    ['org', () => readOrgItself(run)],
  ];
  const wanted = lists.filter(([asset]) => run.settings.assets.has(asset));
  const ends = await Promise.allSettled(wanted.map(([, read]) => read()));
  for (const end of ends) if (end.status === 'rejected') throw end.reason;
}

/** Reads what only the answers about users show to be needed. */
export async function readLastAssets(run: MaybeAssetParts): Promise<void> {
  if (readsAssets(run) && run.settings.assets.has('org')) await readCustomRoles(run);
}

async function readApps(run: AssetParts, directory: Promise<ListedDirectory>): Promise<void> {
  await readList(run, appList(run));
  await directory;
  await readAppGroups(run);
  if (run.settings.assets.has('app-users')) await readAllAppUsers(run);
}
