import { jsonAnswer } from '../answer.ts';
import type { ServerAnswer } from '../answer.ts';
import { appBody, appGroupBody, appUserBody } from './app-body.ts';
import { listAnswer, listPage } from './endpoint.ts';
import type { Ask } from './endpoint.ts';
import type { SimulatedApp } from '../org/assets/asset-model.ts';
import { appUserOf, usersOfApp } from '../org/assets/app-users.ts';
import { problem } from './problems.ts';
import { compileSearch } from './search.ts';
import { filterableApps } from './searchable-assets.ts';
import { withGroup } from './groups-endpoints.ts';
import { withSearchProblems } from './users-endpoints.ts';

const MOST = 200;

/** Without a filter or `includeNonDeleted`, the list has only active ones: of that, reports disagree. */
export function listApps(ask: Ask): ServerAnswer {
  const filter = ask.query.get('filter');
  const asksAll = ask.query.get('includeNonDeleted') === 'true';
  if (ask.query.has('includeNonDeleted') && ask.style.refusesNonDeleted === true) return problem(400);
  const isAll = asksAll || filter !== null || ask.style.listsInactiveApps === true;
  return withSearchProblems(() => {
    const fits = filter === null ? () => true : compileSearch(filter, filterableApps(ask.org));
    const isWanted = (app: SimulatedApp): boolean =>
      app.kind.isUnlisted !== true &&
      app.isLeftOut !== true &&
      (isAll || app.status === 'ACTIVE') &&
      fits(app);
    const listing = listPage(ask, ask.org.assets.apps, { defaultLimit: 20, ceiling: MOST, isWanted });
    return listAnswer(ask, listing, (app) => appBody(ask.org, app, ask.base));
  });
}

export function getApp(ask: Ask): ServerAnswer {
  return withApp(ask, (app) => jsonAnswer(200, appBody(ask.org, app, ask.base)));
}

export function listAppUsers(ask: Ask): ServerAnswer {
  return withApp(ask, (app) => {
    const listing = listPage(ask, usersOfApp(ask.org, app), { defaultLimit: 50, ceiling: 500 });
    if ('status' in listing) return listing;
    const items = listing.items.flatMap((user) => appUserOf(ask.org, app, user) ?? []);
    return listAnswer(ask, { ...listing, items }, (entry) => appUserBody(ask.org, app, entry, ask.base));
  });
}

export function getAppUser(ask: Ask): ServerAnswer {
  return withApp(ask, (app) => {
    const user = ask.org.user(ask.innerId);
    const entry = user === undefined ? undefined : appUserOf(ask.org, app, user);
    if (entry === undefined) return notFound(ask.innerId, 'AppUser');
    return jsonAnswer(200, appUserBody(ask.org, app, entry, ask.base));
  });
}

export function listAppGroups(ask: Ask): ServerAnswer {
  return withApp(ask, (app) => {
    const listing = listPage(ask, app.groups, { defaultLimit: 20, ceiling: MOST, floor: 20 });
    return listAnswer(ask, listing, (entry) => appGroupBody(app, entry, ask.base));
  });
}

/** Whole apps, without priority and profile of the assignment; those too that are listed nowhere else. */
export function listGroupApps(ask: Ask): ServerAnswer {
  return withGroup(ask, (group) => {
    const apps = ask.org.assets.appsOfGroup(group);
    const listing = listPage(ask, apps, { defaultLimit: 20, ceiling: MOST });
    return listAnswer(ask, listing, (app) => appBody(ask.org, app, ask.base));
  });
}

function withApp(ask: Ask, answer: (app: SimulatedApp) => ServerAnswer): ServerAnswer {
  const app = ask.org.assets.apps.find(({ id, kind }) => id === ask.id && kind.isUnlisted !== true);
  return app === undefined ? notFound(ask.id, 'AppInstance') : answer(app);
}

function notFound(id: string, type: string): ServerAnswer {
  return problem(404, 'E0000007', `Not found: Resource not found: ${id} (${type})`);
}
