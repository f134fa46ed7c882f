import type { AssetPage, AssetRedaction, AssetSource, ListedDevice } from '../ports/assets.ts';

/** The same questions, but no other code sees what must not be stored. */
export function redactedAssets(source: AssetSource, { device, appUser }: AssetRedaction): AssetSource {
  const listed = (each: ListedDevice): ListedDevice => ({ ...each, device: device(each.device) });
  return {
    get isFollowed() {
      return source.isFollowed;
    },
    listApps: () => source.listApps(),
    getApp: (id) => source.getApp(id),
    listAppUsers: (id) => mapped(source.listAppUsers(id), appUser),
    getAppUser: async (id, userId) => {
      const found = await source.getAppUser(id, userId);
      return found && appUser(found);
    },
    listAppGroups: (id) => source.listAppGroups(id),
    listGroupApps: (id) => source.listGroupApps(id),
    listRules: () => source.listRules(),
    getRule: (id) => source.getRule(id),
    listDevices: (since) => mapped(source.listDevices(since), listed),
    getDevice: async (id) => {
      const found = await source.getDevice(id);
      return found && listed(found);
    },
    readOrg: () => source.readOrg(),
    listCustomRoles: () => source.listCustomRoles(),
    hasCustomRole: (id) => source.hasCustomRole(id),
  };
}

async function* mapped<T>(
  pages: AsyncIterable<AssetPage<T>>,
  change: (entry: T) => T,
): AsyncGenerator<AssetPage<T>> {
  for await (const page of pages) yield { ...page, entries: page.entries.map(change) };
}
