import type { SimulatedApp } from './assets/asset-model.ts';
import { appUserOf } from './assets/app-users.ts';
import type { ChangeDesk } from './change-desk.ts';
import { appTarget, appUserTarget, groupTarget, userTarget } from './log-event.ts';
import type { SimulatedGroup, SimulatedUser } from './org-model.ts';

/**
 * Makes a change from which assignments to these apps may follow. Okta makes them in a job and writes an event for each
 * user, however many there are.
 */
export function followAssignments<T>(
  desk: ChangeDesk,
  apps: readonly SimulatedApp[],
  users: readonly SimulatedUser[],
  change: () => T,
): T {
  const pairs = apps.flatMap((app) => users.map((user) => ({ app, user, was: shownOf(desk, app, user) })));
  const result = change();
  for (const { app, user, was } of pairs) {
    const shown = shownOf(desk, app, user);
    if (was === shown) continue;
    const kept = was === undefined ? undefined : app.userChanges.get(user.id);
    if (shown === undefined) app.userChanges.delete(user.id);
    else app.userChanges.set(user.id, { ...kept, at: desk.at });
    const way = was === undefined ? 'add' : 'update';
    sayAppUser(desk, app, user, { way: shown === undefined ? 'remove' : way, isJob: true });
  }
  return result;
}

/** A new user has the apps of Everyone, once activated. */
export function sayNewAssignments(desk: ChangeDesk, user: SimulatedUser): void {
  for (const app of desk.org.assets.appsAround(user))
    if (appUserOf(desk.org, app, user) !== undefined)
      sayAppUser(desk, app, user, { way: 'add', isJob: true });
}

export function sayAppUser(
  desk: ChangeDesk,
  app: SimulatedApp,
  user: SimulatedUser,
  { way, isJob = false }: { readonly way: string; readonly isJob?: boolean },
): void {
  const { org } = desk;
  const targets = [appUserTarget(org, app, user), appTarget(app), userTarget(org, user)];
  desk.say({ eventType: `application.user_membership.${way}`, targets, isJob });
}

export function sayAppGroup(desk: ChangeDesk, app: SimulatedApp, group: SimulatedGroup, way: string): void {
  desk.say({
    eventType: `group.application_assignment.${way}`,
    targets: [groupTarget(group), appTarget(app)],
  });
}

/** The group itself is gone: whether an event tells this of its apps too is written nowhere. */
export function loseGroup(desk: ChangeDesk, app: SimulatedApp, group: SimulatedGroup): void {
  app.groups = app.groups.filter((each) => each.group !== group);
  if (desk.random.chance(0.5)) sayAppGroup(desk, app, group, 'remove');
}

/** All of an assignment that a change may alter; nothing where there is none. */
function shownOf({ org }: ChangeDesk, app: SimulatedApp, user: SimulatedUser): string | undefined {
  const entry = appUserOf(org, app, user);
  return entry === undefined ? undefined : JSON.stringify([entry.scope, entry.role, entry.samlRoles]);
}
