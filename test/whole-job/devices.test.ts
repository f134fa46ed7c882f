import { describe, expect } from 'vitest';
import { createEventCheck } from '../../src/inspect/check-events.ts';
import { DEFAULT_DEVICES_CONNECTOR_UUID } from '../../src/simulator/index.ts';
import type { SimulatedDevice } from '../../src/simulator/org/assets/asset-model.ts';
import { changing } from '../incremental/changing-stage.fixture.ts';
import { reportOf } from './launch.fixture.ts';
import { test, type Stage } from './stage.fixture.ts';

const DEVICES = {
  ASSETS: 'devices',
  SEKOIA_DEVICES_CONNECTOR_UUID: DEFAULT_DEVICES_CONNECTOR_UUID,
  FULL_SYNC_INTERVAL: '86400',
};
const ORG = { org: { devices: 9 } } as const;

function deviceEvents({ intake }: Stage): Readonly<Record<string, unknown>>[] {
  return intake.received.map(({ item }) => item).filter(({ class_uid: uid }) => uid === 5001);
}

function deviceIds(stage: Stage): string[] {
  return deviceEvents(stage).map(({ device }) => String(Object(device).uid));
}

function uses(device: SimulatedDevice | undefined, id: string): boolean {
  return device?.users.some(({ userId }) => userId === id) ?? false;
}

describe.concurrent('whole job, devices: ASSETS=devices', () => {
  test('delivers each device once to its own connector, and then what changes, and its end', async ({
    makeStage,
  }) => {
    const stage = changing(await makeStage(ORG));
    const { org, run, mutations } = stage;
    const env = { ...DEVICES, DIALECT: 'ocsf-1.6.0' };
    const devices = [...org.assets.devices];
    const first = reportOf(await run(['sync'], { env }));

    expect(deviceIds(stage).toSorted()).toEqual(devices.map(({ id }) => id).toSorted());
    expect(first.intake).toMatchObject({ accepted: first.users.emitted + devices.length, pending: 0 });

    const before = deviceIds(stage).length;
    const [signedIn, used, gone] = devices.filter(({ users }) => users.length < 3);
    const user = org.users.find(({ id, status }) => status === 'ACTIVE' && !uses(used, id));
    if (signedIn !== undefined) org.assets.changeDevice(signedIn, { lastUpdatedAt: Date.now() }, Date.now());
    mutations.addDeviceUser(used?.id ?? '', user?.id ?? '');
    if (gone?.status !== 'DEACTIVATED') mutations.changeDeviceStatus(gone?.id ?? '', 'DEACTIVATED');
    mutations.deleteDevice(gone?.id ?? '');
    const second = reportOf(await run(['sync'], { env }));

    expect(second.assets?.['devices']).toMatchObject({ removed: 1 });
    expect(new Set(deviceIds(stage).slice(before))).toEqual(new Set([used?.id, gone?.id]));
    expect(stage.intake.latestByUid().get(gone?.id ?? '')).toMatchObject({
      unmapped: { okta: { status: 'DEACTIVATED', is_removed: true } },
    });
    expect(reportOf(await run(['sync'], { env })).intake.batches).toBe(0);
  });

  test('when the connector of devices is wrong, the users are delivered, and the devices later', async ({
    makeStage,
  }) => {
    const stage = await makeStage(ORG);
    const { org, run, intake } = stage;
    const env = { ...DEVICES, SEKOIA_DEVICES_CONNECTOR_UUID: 'wrong' };
    const ended = await run(['sync'], { env });
    const { users, intake: pushed } = reportOf(ended);

    expect(ended.code).toBe(3);
    expect(ended.stderr).toContain('check SEKOIA_BASE_URL and SEKOIA_DEVICES_CONNECTOR_UUID');
    expect(intake.received).toHaveLength(users.emitted);
    expect(pushed).toMatchObject({ accepted: users.emitted, pending: org.assets.devices.length });

    const mended = reportOf(await run(['sync'], { env: DEVICES }));
    expect(mended).toMatchObject({ outcome: 'completed', intake: { pending: 0 } });
    expect(deviceIds(stage)).toHaveLength(org.assets.devices.length);
  });

  test('in ocsf-* users name their devices, and dry-run prints what sync would send', async ({
    makeStage,
  }) => {
    const stage = await makeStage(ORG);
    const { org, run, intake } = stage;
    const env = { ...DEVICES, DIALECT: 'ocsf-1.6.0' };
    const owned = org.assets.devices.find(({ users }) => users.length === 1);
    await run(['sync'], { env });
    const { stdout } = await run(['dry-run', '--assets', 'devices,rules'], {
      env: { DIALECT: 'ocsf-1.6.0' },
    });
    const printed = stdout
      .trim()
      .split('\n')
      .map((line) => Object(JSON.parse(line)));

    const owner = intake.latestByUid().get(owned?.users[0]?.userId ?? '');
    expect(Object(owner)['unmapped'].okta.devices).toContainEqual(
      expect.objectContaining({ uid: owned?.id }),
    );
    const said = printed.find(({ device }) => device?.uid === owned?.id);
    expect(said.device).toEqual(intake.latestByUid().get(owned?.id ?? '')?.['device']);
    expect(createEventCheck()({ text: `[${stdout.trim().replaceAll('\n', ',')}]`, line: 1 }).faults).toEqual(
      [],
    );
  });
});
