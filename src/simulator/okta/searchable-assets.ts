import type { Json } from '../json.ts';
import { appUserOf } from '../org/assets/app-users.ts';
import type { SimulatedApp, SimulatedDevice } from '../org/assets/asset-model.ts';
import type { SimulatedOrg } from '../org/org.ts';
import { deviceBody } from './device-body.ts';
import { isObject } from '../json.ts';
import type { Searchable } from './search.ts';

/** Five properties of its own and two of those who have it; no dates. */
export function filterableApps(org: SimulatedOrg): Searchable<SimulatedApp> {
  const read: Readonly<Record<string, (app: SimulatedApp) => Json>> = {
    id: (app) => app.id,
    status: (app) => app.status,
    name: (app) => app.kind.name,
    'group.id': (app) => app.groups.map(({ group }) => group.id),
    'user.id': (app) =>
      org.users.filter((user) => appUserOf(org, app, user) !== undefined).map(({ id }) => id),
  };
  return {
    read: (app, property) => read[property]?.(app),
    isDate: () => false,
    allows: (property, operator) => property in read && operator === 'eq',
  };
}

const DEVICE_FIELDS = ['id', 'status', 'lastUpdated'];

export function searchableDevices(): Searchable<SimulatedDevice> {
  return {
    read: (device, property) => {
      if (property === 'lastUpdated') return device.lastUpdatedAt;
      const { profile, ...body } = deviceBody(device, '');
      const [first, second] = property.split('.');
      if (second === undefined) return body[property];
      return first === 'profile' && isObject(profile) ? readText(profile[second]) : undefined;
    },
    isDate: (property) => property === 'lastUpdated',
    allows: (property) => DEVICE_FIELDS.includes(property) || property.startsWith('profile.'),
  };
}

function readText(value: unknown): Json {
  return typeof value === 'string' || typeof value === 'boolean' ? value : undefined;
}
