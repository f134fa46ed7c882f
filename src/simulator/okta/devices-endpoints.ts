import { jsonAnswer } from '../answer.ts';
import type { ServerAnswer } from '../answer.ts';
import { deviceBody, deviceUsersBody } from './device-body.ts';
import { listAnswer, listPage } from './endpoint.ts';
import type { Ask } from './endpoint.ts';
import type { SimulatedDevice } from '../org/assets/asset-model.ts';
import { problem } from './problems.ts';
import { compileSearch } from './search.ts';
import { searchableDevices } from './searchable-assets.ts';
import { withSearchProblems } from './users-endpoints.ts';

/** A Classic org has no devices, and says so as if the caller were nobody. */
export function listDevices(ask: Ask): ServerAnswer {
  if (ask.style.pipeline === 'v1') return problem(401);
  const { assets } = ask.org;
  const search = ask.query.get('search');
  return withSearchProblems(() => {
    const fits = search === null ? () => true : compileSearch(search, searchableDevices());
    const isWanted = (device: SimulatedDevice): boolean => device.isLeftOut !== true && fits(device);
    const devices =
      search === null ? assets.devices : assets.devicesAsOf(ask.now - (ask.style.searchLagMs ?? -Infinity));
    const listing = listPage(ask, devices, { defaultLimit: 200, ceiling: 200, isWanted });
    return listAnswer(ask, listing, (device) => {
      const body = deviceBody(device, ask.base);
      const { users } = deviceUsersBody(ask, device);
      return ask.query.has('expand') ? { ...body, _embedded: { users } } : body;
    });
  });
}

/** It does not say who uses the device: for that there is a list, or a search by id that expands. */
export function getDevice(ask: Ask): ServerAnswer {
  return withDevice(ask, (device) => jsonAnswer(200, deviceBody(device, ask.base)));
}

export function listDeviceUsers(ask: Ask): ServerAnswer {
  return withDevice(ask, (device) => jsonAnswer(200, deviceUsersBody(ask, device).users));
}

function withDevice(ask: Ask, answer: (device: SimulatedDevice) => ServerAnswer): ServerAnswer {
  if (ask.style.pipeline === 'v1') return problem(401);
  const device = ask.org.assets.device(ask.id);
  return device === undefined
    ? problem(404, 'E0000007', `Not found: Resource not found: ${ask.id} (Device)`)
    : answer(device);
}
