import type { AppRecord } from '../../ports/assets.ts';
import type { AssetParts } from '../parts.ts';
import { readSets, unheld, type SetsOf } from './sets.ts';

/** The key of Amazon's applications in Okta's catalogue; their assignments carry roles. */
const AWS = 'amazon_aws';

/**
 * Which groups are assigned to which applications: asked by application or by group, whichever takes fewer calls.
 * Roles come only by application, so that those of AWS are always asked.
 */
export async function readAppGroups(run: AssetParts): Promise<void> {
  const { assets: store } = run.inventory;
  const apps = await store.ids('app');
  const dueApps = await unheld(run, 'app-groups', apps);
  const groups = await store.groupsWithApps(run.startedAt);
  const dueGroups = groups === undefined ? undefined : await unheld(run, 'group-apps', groups);
  const withRoles = await awsOf(run, dueApps);
  if (dueGroups === undefined || dueApps.length <= dueGroups.length + withRoles.length) {
    return readSets(run, groupsOfApps(run), dueApps);
  }
  await readSets(run, appsOfGroups(run), dueGroups);
  // Later than the groups, so that these answers, which tell more, are the newer ones.
  await readSets(run, groupsOfApps(run), withRoles);
}

/** Do assignments to the application carry roles? */
export function carriesRoles({ name, settings }: Pick<AppRecord, 'name' | 'settings'>): boolean {
  return name === AWS || settings?.['awsEnvironmentType'] !== undefined;
}

async function awsOf(run: AssetParts, ids: readonly string[]): Promise<readonly string[]> {
  const found: string[] = [];
  for (const id of ids) if (await givesRoles(run, id)) found.push(id);
  return found;
}

/** The same of a known application. */
export async function givesRoles(
  { inventory }: Pick<AssetParts, 'inventory'>,
  appId: string,
): Promise<boolean> {
  const app = await inventory.assets.find('app', appId);
  return app !== undefined && carriesRoles(app);
}

export function groupsOfApps({ assets }: Pick<AssetParts, 'assets'>): SetsOf<'app-groups'> {
  return { kind: 'app-groups', pages: (id) => assets.listAppGroups(id) };
}

function appsOfGroups({ assets }: Pick<AssetParts, 'assets'>): SetsOf<'group-apps'> {
  return { kind: 'group-apps', pages: (id) => assets.listGroupApps(id) };
}

export function usersOfApps({ assets }: Pick<AssetParts, 'assets'>): SetsOf<'app-users'> {
  return { kind: 'app-users', pages: (id) => assets.listAppUsers(id) };
}

/** The users of each application, as far as `APP_USERS` wants them. */
export async function readAllAppUsers(run: AssetParts): Promise<void> {
  await readSets(run, usersOfApps(run), await unheld(run, 'app-users', await appsWithUsers(run)));
}

/** The applications whose users are asked for. */
export async function appsWithUsers(run: AssetParts): Promise<readonly string[]> {
  const wanted: string[] = [];
  for (const id of await run.inventory.assets.ids('app')) if (await areUsersAsked(run, id)) wanted.push(id);
  return wanted;
}

/**
 * False for an application that everybody has, with `APP_USERS=auto`: its users are not asked, and what was known of
 * them is forgotten.
 */
export async function areUsersAsked(
  { inventory: { assets: store }, settings: { appUsers }, tally }: AssetParts,
  owner: string,
): Promise<boolean> {
  if (appUsers === 'all') return true;
  if (appUsers === 'auto' && !(await store.isForEveryone(owner))) return true;
  tally.notAsked.add(owner);
  const set = { kind: 'app-users', owner } as const;
  if ((await store.set(set)).askedAt !== undefined) await store.dropSet(set);
  return false;
}
