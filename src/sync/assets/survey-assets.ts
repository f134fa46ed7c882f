import type { Asset, AssetPage } from '../../ports/assets.ts';
import { OktaFeatureOffError } from '../../ports/errors.ts';
import type { PlannedAssets } from '../../plan/asset-calls.ts';
import type { Job } from '../job.ts';
import { tolerate } from '../tolerate.ts';
import { carriesRoles } from './app-sets.ts';

/** The numbers that the list of groups tells of applications. */
export type GroupApps = Pick<PlannedAssets, 'groupsWithApps' | 'appsOfEveryone'>;

const NOTHING_KNOWN: GroupApps = { groupsWithApps: undefined, appsOfEveryone: undefined };

/** Counts the assets that a full run would read, by their lists. `devices`: so many, so that they are not listed. */
export async function surveyAssets(
  { assets, settings, log }: Pick<Job, 'assets' | 'settings' | 'log'>,
  { groupsWithApps, appsOfEveryone }: GroupApps = NOTHING_KNOWN,
  devices?: { readonly count: number; readonly isGuess: boolean },
): Promise<PlannedAssets | undefined> {
  const { assets: wanted, appUsers } = settings;
  if (assets === undefined || wanted.size === 0) return undefined;
  const count = async <T>(
    asset: Asset,
    pages: AsyncIterable<AssetPage<T>>,
    note: (entry: T) => void = () => undefined,
  ): Promise<number> =>
    wanted.has(asset) ? ((await tolerate(log, asset, () => countEntries(pages, note))) ?? 0) : 0;
  let appsWithRoles = 0;
  const apps = await count('apps', assets.listApps(), (app) => {
    if (carriesRoles(app)) appsWithRoles += 1;
  });
  const rules = await count('rules', assets.listRules());
  return {
    wanted,
    appUsers,
    apps,
    appsWithRoles,
    groupsWithApps,
    appsOfEveryone,
    rules,
    devices: devices?.count ?? (await count('devices', assets.listDevices())),
    isGuess: devices?.isGuess ?? false,
  };
}

/** A list that the org does not have has no entries. */
async function countEntries<T>(
  pages: AsyncIterable<AssetPage<T>>,
  note: (entry: T) => void,
): Promise<number> {
  let entries = 0;
  try {
    for await (const page of pages) {
      entries += page.entries.length;
      page.entries.forEach(note);
    }
  } catch (error) {
    if (!(error instanceof OktaFeatureOffError)) throw error;
  }
  return entries;
}
