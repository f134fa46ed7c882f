import { expect } from 'vitest';
import { test } from '../hostile/meddler.fixture.ts';
import { reportOf } from '../whole-job/launch.fixture.ts';
import { SOON } from '../whole-job/stage.fixture.ts';
import { changing } from './changing-stage.fixture.ts';

/** So many members take two pages, and each of them fewer calls by lists of members than by own lists. */
const ORG = { users: 1300, groups: 8, groupsPerUser: 2 };
/** Longer than `FREQUENCY`: a poll is due. */
const A_WHILE_MS = 21 * 60_000;
/** The waits between two polls end at once. */
const SLEEPS_FASTER = 10_000;

test.for(['joins', 'leaves'] as const)(
  'incremental run, lists of members: a user %s a group after the first page of its list, and the poll that learns so is right, not the list',
  async (move, { makeStage, meddleWith }) => {
    const stage = changing(await makeStage({ org: ORG }));
    const [id = ''] = stage.mutations.createGroup({ name: 'Large', type: 'OKTA_GROUP' }).groups;
    const [user, ...others] = stage.org.users.filter(({ status }) => status === 'ACTIVE');
    if (user === undefined) throw new Error('the org is empty');
    for (const each of move === 'leaves' ? [user, ...others] : others) stage.mutations.addMember(id, each.id);
    let release: (() => void) | undefined;
    let isHeld = false;
    let ahead = 0;
    const door = await meddleWith(stage.okta.url, ({ path, status, headers, body }, response) => {
      if (!isHeld || release !== undefined || !path.startsWith(`/api/v1/groups/${id}/users?`)) return {};
      if (!path.includes('after=')) return {};
      release = () => response.writeHead(status, headers).end(body);
      stage.mutations[move === 'leaves' ? 'removeMember' : 'addMember'](id, user.id);
      ahead = A_WHILE_MS;
      return undefined;
    });
    const env = { OKTA_BASE_URL: door.url, LOOKUPS: 'groups' };
    const isMember = (): boolean => JSON.stringify(stage.latest().get(user.id)).includes(id);
    await stage.sync([], env);
    expect(isMember()).toBe(move === 'leaves');

    isHeld = true;
    const running = stage.run(['sync', '--full'], {
      env,
      sleepsFaster: SLEEPS_FASTER,
      now: () => Date.now() + ahead,
    });
    await expect.poll(isMember, SOON).toBe(move === 'joins');
    release?.();

    expect(reportOf(await running)).toMatchObject({ mode: 'full', outcome: 'completed' });
    expect(isMember()).toBe(move === 'joins');
  },
);
