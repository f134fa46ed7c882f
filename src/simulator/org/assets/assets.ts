import type { OrgPeople, SimulatedGroup, SimulatedUser } from '../org-model.ts';
import { Past } from '../past.ts';
import type { SimulatedApp, SimulatedDevice, SimulatedRule } from './asset-model.ts';
import { makeApps } from './make-apps.ts';
import type { AppOptions } from './make-apps.ts';
import { makeDevices } from './make-devices.ts';
import { makeRules } from './make-rules.ts';

export interface AssetOptions extends AppOptions {
  readonly rules: number;
  readonly devices: number;
}

/** The applications, rules and devices of an org. */
export class OrgAssets {
  readonly #apps: Shelf<SimulatedApp>;
  readonly #rules: Shelf<SimulatedRule>;
  readonly #devices: Shelf<SimulatedDevice>;
  readonly #pastDevices = new Past<SimulatedDevice>();

  readonly #everyone: SimulatedGroup;

  constructor(org: OrgPeople, options: AssetOptions) {
    this.#everyone = org.everyone;
    this.#apps = new Shelf(makeApps(org, options));
    this.#rules = new Shelf(makeRules(org, options.rules, options.asOf));
    this.#devices = new Shelf(makeDevices(org, options.devices, options.asOf));
  }

  /** Those too that Okta never lists. */
  get apps(): readonly SimulatedApp[] {
    return this.#apps.list;
  }

  get rules(): readonly SimulatedRule[] {
    return this.#rules.list;
  }

  get devices(): readonly SimulatedDevice[] {
    return this.#devices.list;
  }

  app(id: string): SimulatedApp | undefined {
    return this.#apps.byId.get(id);
  }

  rule(id: string): SimulatedRule | undefined {
    return this.#rules.byId.get(id);
  }

  device(id: string): SimulatedDevice | undefined {
    return this.#devices.byId.get(id);
  }

  appsOfGroup(group: SimulatedGroup): SimulatedApp[] {
    return this.apps.filter(({ groups }) => groups.some((each) => each.group === group));
  }

  /** Those that the user has, or would have if Okta let go of its reasons not to. */
  appsAround(user: SimulatedUser): SimulatedApp[] {
    const isIn = (group: SimulatedGroup): boolean => group === this.#everyone || user.groups.includes(group);
    return this.apps.filter(
      ({ ownUsers, groups }) => ownUsers.has(user.id) || groups.some(({ group }) => isIn(group)),
    );
  }

  devicesOf(user: SimulatedUser): SimulatedDevice[] {
    return this.devices.filter(({ users }) => users.some(({ userId }) => userId === user.id));
  }

  addApp(make: (number: number) => SimulatedApp): SimulatedApp {
    return this.#apps.add(make);
  }

  removeApp(app: SimulatedApp): void {
    this.#apps.remove(app);
  }

  addRule(make: (number: number) => SimulatedRule): SimulatedRule {
    return this.#rules.add(make);
  }

  removeRule(rule: SimulatedRule): void {
    this.#rules.remove(rule);
  }

  addDevice(make: (number: number) => SimulatedDevice, at: number): SimulatedDevice {
    const device = this.#devices.add(make);
    this.#pastDevices.remember(at, device.number, undefined);
    return device;
  }

  changeDevice(
    device: SimulatedDevice,
    changes: Partial<Pick<SimulatedDevice, 'status' | 'lastUpdatedAt' | 'users'>>,
    at: number,
  ): void {
    this.#pastDevices.remember(at, device.number, { ...device });
    Object.assign(device, changes);
  }

  removeDevice(device: SimulatedDevice, at: number): void {
    this.#pastDevices.remember(at, device.number, device);
    this.#devices.remove(device);
  }

  /** All devices as a search index of that time shows them. */
  devicesAsOf(at: number): readonly SimulatedDevice[] {
    return this.#pastDevices.asOf(this.devices, at);
  }
}

/** Things in the order of their numbers, which are never used again. */
class Shelf<T extends { readonly id: string; readonly number: number }> {
  readonly list: T[];
  readonly byId: Map<string, T>;
  #next: number;

  constructor(list: T[]) {
    this.list = list;
    this.byId = new Map(list.map((each) => [each.id, each]));
    this.#next = list.length;
  }

  add(make: (number: number) => T): T {
    const added = make(this.#next);
    this.#next += 1;
    this.list.push(added);
    this.byId.set(added.id, added);
    return added;
  }

  remove(gone: T): void {
    this.list.splice(this.list.indexOf(gone), 1);
    this.byId.delete(gone.id);
  }
}
