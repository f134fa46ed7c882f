import { DEFAULT_DEVICES_CONNECTOR_UUID } from '../../src/simulator/index.ts';
import { CHANGE_KINDS, changing } from '../incremental/changing-stage.fixture.ts';
import { ASSET_CHANGES } from '../assets/known-assets.ts';
import { test } from '../whole-job/stage.fixture.ts';
import { HistoryTruth, toldIn } from './history-truth.ts';

const ENV = {
  ASSETS: 'groups,apps,app-users,rules,devices,org',
  APP_USERS: 'all',
  MAX_REMOVALS: '100%',
  SEKOIA_DEVICES_CONNECTOR_UUID: DEFAULT_DEVICES_CONNECTOR_UUID,
};
const KINDS = [...new Set([...CHANGE_KINDS, ...ASSET_CHANGES])];

test('changes are those of the org between two runs, whatever fails on the way, and the first run has none', async ({
  makeStage,
  expect,
}) => {
  const stage = changing(
    await makeStage({
      org: {
        users: 24,
        groups: 8,
        groupsPerUser: 2,
        admins: 4,
        apps: 6,
        usersPerApp: 3,
        rules: 3,
        devices: 6,
      },
    }),
  );
  const { okta, mutations, run, sync } = stage;
  let before = 0;
  const told = async (): Promise<readonly string[]> => {
    const all = toldIn((await run(['changes', '--since', '2020-01-01', '--json'], { env: ENV })).stdout);
    const news = all.slice(before);
    before = all.length;
    return news;
  };
  await sync([], ENV);
  const truth = new HistoryTruth(stage.org);
  expect(await told()).toEqual([]);

  for (const seed of [1, 2]) {
    const changes = mutations.randomChanges(25, seed, KINDS).map(({ kind }) => kind);
    if (seed === 1) {
      okta.setFaults({ rate: 0.2, kinds: ['500', '503', 'reset', 'not-json'], seed });
      await sync(['--incremental'], ENV, 1000);
      okta.setFaults({ rate: 0 });
    }
    await sync(seed === 2 ? ['--full'] : ['--incremental'], ENV);

    const all = await told();
    expect(all.length).toBeGreaterThan(10);
    expect({ changes, wrong: truth.wrongIn(all) }).toEqual({ changes, wrong: [] });
  }
});
