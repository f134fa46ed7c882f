import { isEveryone } from '../../plan/group-sizes.ts';
import { forEachOf } from '../parallel.ts';
import type { AssetParts } from '../parts.ts';
import { areUsersAsked, givesRoles, usersOfApps } from './app-sets.ts';
import type { KnownGroups } from './assignment-events.ts';
import { readSet } from './sets.ts';

/** The most users of an application that Okta gives on one page. */
const USERS_ON_A_PAGE = 500;

/**
 * Reads the assignments of users that are marked: those that groups explain without a call, the others one by one or
 * with the whole list, whichever takes fewer calls. `users`: absent, all of them. Resolves to true when that gave an
 * answer, or none is needed.
 */
export async function readMarkedUsersOfApp(
  run: AssetParts,
  appId: string,
  users: ReadonlySet<string> | undefined,
): Promise<boolean> {
  if (!(await areUsersAsked(run, appId))) return true;
  const { readAt } = await run.inventory.assets.set({ kind: 'app-users', owner: appId });
  // Groups do not tell which roles Okta has merged into an assignment.
  const hasRoles = await givesRoles(run, appId);
  if (users === undefined || readAt === undefined || hasRoles) return isRead(run, appId);
  const unexplained = await withoutExplained(run, appId, users);
  if (unexplained.length > (await pagesOf(run, appId))) return isRead(run, appId);
  await forEachOf(unexplained, run.settings.width, (userId) => readOne(run, appId, userId));
  return true;
}

async function isRead(run: AssetParts, appId: string): Promise<boolean> {
  return (await readSet(run, usersOfApps(run), appId)) === undefined;
}

/** The calls that the whole list takes. */
async function pagesOf({ inventory }: AssetParts, owner: string): Promise<number> {
  return Math.max(
    1,
    Math.ceil((await inventory.assets.sizeOf({ kind: 'app-users', owner })) / USERS_ON_A_PAGE),
  );
}

async function readOne(run: AssetParts, owner: string, userId: string): Promise<void> {
  const askedAt = run.oktaNow();
  const record = await run.assets.getAppUser(owner, userId);
  await run.inventory.assets.saveLink({ kind: 'app-users', owner }, userId, record, askedAt);
}

/** Stores the assignments that groups explain, and returns the users of the others. */
async function withoutExplained(
  run: AssetParts,
  owner: string,
  users: ReadonlySet<string>,
): Promise<readonly string[]> {
  const { assets } = run.inventory;
  const set = { kind: 'app-users', owner } as const;
  const known = await knownGroupsOf(run, owner);
  const unexplained: string[] = [];
  for (const userId of users) {
    const change = run.assignments.explained(owner, userId, known);
    const before = await assets.link(set, userId);
    // Groups do not explain a direct assignment.
    if (change === undefined || before?.scope === 'USER') unexplained.push(userId);
    else if (change === 'remove') await assets.saveLink(set, userId, undefined, run.oktaNow());
    else if (before === undefined)
      await assets.saveLink(set, userId, { id: userId, scope: 'GROUP' }, run.oktaNow());
  }
  return unexplained;
}

async function knownGroupsOf({ inventory }: AssetParts, appId: string): Promise<KnownGroups> {
  const ofApp = await inventory.assets.groupsOfApp(appId);
  const members = new Map<string, ReadonlySet<string> | 'everybody'>();
  for (const id of ofApp) {
    const noted = await inventory.groups.find(id);
    const isAll = noted !== undefined && isEveryone(noted.group);
    members.set(id, isAll ? 'everybody' : new Set(await inventory.groups.members(id)));
  }
  const isMember = (groupId: string, userId: string): boolean => {
    const of = members.get(groupId);
    return of === 'everybody' || of?.has(userId) === true;
  };
  return { ofApp, isMember };
}
