import type { AssetPage } from '../../ports/assets.ts';
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
  const count = async <T>(pages: AsyncIterable<AssetPage<T>>, note: (entry: T) => void = () => undefined) => {
    let entries = 0;
    await tolerate(log, 'assets', async () => {
      for await (const page of pages) {
        entries += page.entries.length;
        page.entries.forEach(note);
      }
    });
    return entries;
  };
  let appsWithRoles = 0;
  const apps = wanted.has('apps')
    ? await count(assets.listApps(), (app) => {
        if (carriesRoles(app)) appsWithRoles += 1;
      })
    : 0;
  const rules = wanted.has('rules') ? await count(assets.listRules()) : 0;
  const isListed = devices === undefined && wanted.has('devices');
  return {
    wanted,
    appUsers,
    apps,
    appsWithRoles,
    groupsWithApps,
    appsOfEveryone,
    rules,
    devices: isListed ? await count(assets.listDevices()) : (devices?.count ?? 0),
    isGuess: devices?.isGuess ?? false,
  };
}
