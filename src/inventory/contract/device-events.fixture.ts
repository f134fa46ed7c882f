/** The contract of devices' events: made of what is known, in an outbox of their own. */
import { expect, test } from 'vitest';
import type { DeviceFacts } from '../../ports/asset-facts.ts';
import type { DeviceRecord, DeviceUserRecord } from '../../ports/assets.ts';
import type { Made } from '../../ports/events.ts';
import { aUser } from '../../enrich/facets.fixture.ts';
import type { DeviceEventOptions } from '../store.ts';
import { aReading, event, LIMITS, type CreateScene, type Scene } from './scene.fixture.ts';

const DEVICES_SINK = 'a sink of devices';

/** Says the name, the users by login or else id, and whether it is gone; a device named "unmappable" maps to no event. */
function saysDevice({ device, users, isGone, usersLeftOut }: DeviceFacts): Made {
  const { id, displayName = '' } = device;
  if (displayName === 'unmappable')
    return { kind: 'dead-letter', reasons: ['no such name'], gaps: new Map() };
  const named = users.kind === 'known' ? users.value.map((user) => user.login ?? user.id) : ['?'];
  const others = usersLeftOut === undefined || usersLeftOut === 0 ? [] : [`and ${usersLeftOut}`];
  const says = [displayName, ...named, ...others, ...(isGone ? ['gone'] : [])].join(' ');
  return event(JSON.stringify({ id, says }));
}

const devices: DeviceEventOptions = {
  sink: DEVICES_SINK,
  makeEvent: saysDevice,
  stampEvent: (body) => body,
};

async function save(
  scene: Scene,
  changes: Partial<DeviceRecord> = {},
  users?: readonly DeviceUserRecord[],
  at = 10,
): Promise<void> {
  const device = { id: 'guo1', displayName: 'Laptop', lastUpdated: '2026-01-01', ...changes };
  await scene.assets.save('device', [device], at);
  if (users === undefined) return;
  async function* page(): AsyncGenerator<readonly DeviceUserRecord[]> {
    yield users ?? [];
  }
  await scene.assets.replaceSet({ kind: 'device-users', owner: device.id }, page(), at);
}

async function saveUser(scene: Scene, login: string): Promise<void> {
  await scene.users.save(aReading({ user: aUser({ id: '00u1', login, displayName: login }) }));
}

/** Makes what is due, takes it, and lets the sink confirm it. */
async function delivered(scene: Scene): Promise<string[]> {
  while ((await scene.assetEvents.evaluate(100)).length > 0);
  const batch = (await scene.deviceOutbox?.take(LIMITS)) ?? [];
  await scene.deviceOutbox?.confirm(batch.map(({ sequence }) => sequence));
  return batch.map(({ body }) => String(JSON.parse(body).says));
}

export function deviceEventsContract(createScene: CreateScene): void {
  test('are made of a device and its users, once, and never enter the outbox of users', async () => {
    const scene = createScene({ devices });
    await saveUser(scene, 'ana');
    await save(scene, {}, [{ id: '00u1' }, { id: '00u2' }]);

    expect(await delivered(scene)).toEqual(['Laptop ana 00u2']);
    await save(scene, {}, [{ id: '00u1' }, { id: '00u2' }], 20);
    expect(await delivered(scene)).toEqual([]);
    expect(await scene.take()).toEqual(['00u1 ana']);
    expect(await scene.take()).toEqual(['00u1 ana']);
  });

  test('are not made anew by a sign-in, but by a new name, other users, or another login', async () => {
    const scene = createScene({ devices });
    await save(scene, {}, [{ id: '00u1' }]);
    await delivered(scene);

    await save(scene, { lastUpdated: '2026-01-02' }, undefined, 20);
    expect(await scene.assetEvents.evaluate(100)).toEqual([]);
    await save(scene, { displayName: 'Phone' }, undefined, 30);
    expect(await delivered(scene)).toEqual(['Phone 00u1']);
    await saveUser(scene, 'ana');
    expect(await delivered(scene)).toEqual(['Phone ana']);
    await saveUser(scene, 'anna');
    expect(await delivered(scene)).toEqual(['Phone anna']);
    await save(scene, { displayName: 'Phone' }, [], 40);
    expect(await delivered(scene)).toEqual(['Phone']);
  });

  test('say that the users are unknown where Okta did not say who uses a device', async () => {
    const scene = createScene({ devices });
    await save(scene);

    expect(await delivered(scene)).toEqual(['Laptop ?']);
  });

  test('are made anew when the org has another name', async () => {
    const scene = createScene({ devices });
    await save(scene, {}, []);
    await delivered(scene);
    const due = async (companyName: string, at: number) => {
      await scene.assets.save('org', [{ id: '00o1', companyName }], at);
      return (await scene.assetEvents.evaluate(100)).length;
    };

    expect([await due('Example', 10), await due('Example', 20), await due('Other', 30)]).toEqual([1, 0, 1]);
  });

  test('name only the users of a selection', async () => {
    const scene = createScene({ devices, isSelecting: true });
    await saveUser(scene, 'ana');
    await save(scene, {}, [{ id: '00u1' }, { id: '00u2' }]);

    expect(await delivered(scene)).toEqual(['Laptop ana and 1']);
    await scene.assets.save('rule', [{ id: '0pr1', groupIds: [], excludedUsers: ['00u2', '00u1'] }], 10);
    for await (const { rule } of scene.assetEvents.facts('rules'))
      expect(rule.excludedUsers).toEqual(['00u1']);
  });

  test('say last that the device is gone, and then nothing is kept of it', async () => {
    const scene = createScene({ devices });
    await save(scene, {}, []);
    await delivered(scene);

    await scene.assets.remove('device', 'guo1');
    expect(await delivered(scene)).toEqual(['Laptop gone']);
    await save(scene, {}, [], 30);
    expect(await delivered(scene)).toEqual(['Laptop']);
  });

  test('that cannot be made are dead letters of their own sink, and are made again when offered', async () => {
    const scene = createScene({ devices });
    await save(scene, { displayName: 'unmappable' });
    const [saved] = await scene.assetEvents.evaluate(100);

    expect(saved).toMatchObject({ asset: { kind: 'device', id: 'guo1' }, outcome: 'dead-lettered' });
    expect((await scene.standing(new Set())).deadLetters).toBe(1);
    scene.close();
    const mended = { ...devices, makeEvent: () => event('{"says":"mended"}') };
    const offered = scene.reopen({ sink: 'another', devices: mended });
    expect(await delivered(offered)).toEqual([]);
    await offered.assetEvents.needEvents();
    expect(await delivered(offered)).toEqual(['mended']);
    expect((await offered.standing(new Set())).deadLetters).toBe(0);
  });

  test('are all made anew together with those of users', async () => {
    const scene = createScene({ devices });
    await save(scene, {}, []);
    await delivered(scene);

    await scene.users.needEvents();

    expect((await scene.assetEvents.evaluate(100, 'none')).map(({ outcome }) => outcome)).toEqual([
      'emitted',
    ]);
  });

  test("a user's event is made anew when the devices are others", async () => {
    const scene = createScene({ devices });
    await saveUser(scene, 'ana');
    await save(scene, { platform: 'IOS', status: 'ACTIVE' }, [{ id: '00u1', managementStatus: 'MANAGED' }]);

    expect(await scene.evaluated()).toEqual(['00u1']);
    expect(scene.facets.at(-1)?.devices).toEqual([
      { id: 'guo1', name: 'Laptop', platform: 'IOS', status: 'ACTIVE', managementStatus: 'MANAGED' },
    ]);
    await save(scene, { platform: 'IOS', status: 'ACTIVE', lastUpdated: '2026-01-02' }, undefined, 20);
    expect(await scene.evaluated()).toEqual([]);
    await scene.assets.remove('device', 'guo1');
    expect(await scene.evaluated()).toEqual(['00u1']);
    expect(scene.facets.at(-1)?.devices).toBeUndefined();
  });
}
