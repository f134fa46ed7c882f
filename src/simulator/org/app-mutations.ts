import type { SimulatedApp } from './assets/asset-model.ts';
import { APP_KINDS } from './assets/catalogue.ts';
import { appFacts } from './assets/make-apps.ts';
import type { Change, ChangeDesk, Touched } from './change-desk.ts';
import { appTarget } from './log-event.ts';

/** Changes of the apps themselves: each moves `lastUpdated`, which nobody can ask for. */
export function appMutations(desk: ChangeDesk) {
  const { assets } = desk.org;
  const setStatus = (kind: string, appId: string, status: SimulatedApp['status']): Change =>
    desk.change(kind, (at) => {
      const app = desk.app(appId);
      if (app.status === status) throw new Error(`${appId} is ${status} already`);
      app.status = status;
      return sayApp(desk, app, at, status === 'ACTIVE' ? 'activate' : 'deactivate');
    });
  return {
    /** The kind by its key in the catalogue. */
    createApp: ({ name, label }: { readonly name?: string; readonly label?: string } = {}): Change =>
      desk.change('createApp', (at) => {
        const kind = APP_KINDS.find((each) => each.name === name) ?? desk.random.pick(APP_KINDS);
        const app = assets.addApp((number) => ({
          ...appFacts(desk.org.seed, kind, number),
          label: label ?? `New ${kind.label} ${number}`,
          createdAt: at,
          lastUpdatedAt: at,
        }));
        return sayApp(desk, app, at, 'create');
      }),

    renameApp: (appId: string, label: string): Change =>
      desk.change('renameApp', (at) => {
        const app = desk.app(appId);
        app.label = label;
        return sayApp(desk, app, at, 'update');
      }),

    /** Its assignments stay. */
    deactivateApp: (appId: string): Change => setStatus('deactivateApp', appId, 'INACTIVE'),

    activateApp: (appId: string): Change => setStatus('activateApp', appId, 'ACTIVE'),

    /** Its assignments go without events of their own. */
    deleteApp: (appId: string): Change =>
      desk.change('deleteApp', (at) => {
        const app = desk.app(appId);
        if (app.status !== 'INACTIVE') throw new Error(`${appId} is not deactivated`);
        assets.removeApp(app);
        return sayApp(desk, app, at, 'delete');
      }),
  };
}

function sayApp(desk: ChangeDesk, app: SimulatedApp, at: number, way: string): Touched {
  app.lastUpdatedAt = at;
  desk.say({ eventType: `application.lifecycle.${way}`, targets: [appTarget(app)] });
  return { users: [], groups: [] };
}
