import { describe, expect } from 'vitest';
import { changing } from '../incremental/changing-stage.fixture.ts';
import { reportOf, type Ended } from './launch.fixture.ts';
import { userOf } from './said.fixture.ts';
import { test } from '../hostile/meddler.fixture.ts';

const CALM = { gaps: {}, dead_letters: 0 };
const FACTORS = '/api/v1/users/{id}/factors';

function told(ended: Ended): readonly unknown[] {
  const { mode, outcome, standing } = reportOf(ended);
  return [ended.code, mode, outcome, standing];
}

describe('whole job, standing: trouble that stands is told by every run, whichever met it', () => {
  test('dead letters of the intake: --strict exits 4 until they are replayed and accepted', async ({
    makeStage,
  }) => {
    const refused = new Set<string>();
    const stage = await makeStage({
      intake: { refuseEvent: (event) => (refused.has(String(userOf(event)['uid'])) ? 422 : undefined) },
    });
    for (const { id } of stage.org.users.filter(({ status }) => status === 'ACTIVE').slice(0, 5))
      refused.add(id);
    const standing = { gaps: {}, dead_letters: 5 };

    const first = await stage.run(['sync', '--strict']);
    const second = await stage.run(['sync', '--strict']);
    const lenient = await stage.run(['sync']);
    refused.clear();
    await stage.run(['dead-letters', 'replay']);
    const last = await stage.run(['sync', '--strict']);

    expect(told(first)).toEqual([4, 'full', 'completed', standing]);
    expect(told(second)).toEqual([4, 'incremental', 'completed', standing]);
    expect(reportOf(second).users.dead_lettered).toBe(0);
    expect(lenient.code).toBe(0);
    expect(told(last)).toEqual([0, 'incremental', 'completed', CALM]);
  });

  test('records of which no event can be made: until they are mended', async ({ makeStage }) => {
    const { org, run } = await makeStage({ org: { users: 30, brokenUsers: true } });

    const first = await run(['sync', '--strict']);
    const second = await run(['sync', '--strict']);
    for (const user of org.users) {
      user.patch = undefined;
      user.createdAt ??= Date.UTC(2024, 0, 1);
    }
    const mended = await run(['sync', '--strict', '--full']);

    expect([first, second].map(told)).toEqual([
      [4, 'full', 'completed', { gaps: {}, dead_letters: 5 }],
      [4, 'incremental', 'completed', { gaps: {}, dead_letters: 5 }],
    ]);
    expect(told(mended)).toEqual([0, 'full', 'completed', CALM]);
  });

  test('records without an id: until a full run does not find them any more', async ({
    makeStage,
    meddleWith,
  }) => {
    const { okta, run } = await makeStage();
    let isBroken = true;
    const { url } = await meddleWith(okta.url, ({ path, body }) => {
      const isListing = path.startsWith('/api/v1/users?') && isBroken;
      return isListing ? { body: body.replace(/^\[/, '[{"status":"ACTIVE"},') } : {};
    });
    const env = { OKTA_BASE_URL: url };

    const first = await run(['sync', '--strict'], { env });
    isBroken = false;
    const second = await run(['sync', '--strict'], { env });
    const full = await run(['sync', '--strict', '--full'], { env });

    expect([first, second, full].map(told)).toEqual([
      [4, 'full', 'completed', { gaps: {}, dead_letters: 1 }],
      [4, 'incremental', 'completed', { gaps: {}, dead_letters: 1 }],
      [0, 'full', 'completed', CALM],
    ]);
  });

  test('roles that the org refuses: completed_with_gaps by each incremental run, until they may be read', async ({
    makeStage,
  }) => {
    const { okta, run } = await makeStage({
      okta: {
        rates: { limits: 1e9 },
        refuse: [{ path: /\/roles$|assignees/, status: 403 }],
      },
    });

    const first = await run(['sync', '--strict']);
    const second = await run(['sync', '--strict']);
    const off = await run(['sync', '--strict', '--incremental'], { env: { LOOKUPS: 'groups,factors' } });
    okta.setRefusals([]);
    const granted = await run(['sync', '--strict', '--full']);

    const { gaps } = reportOf(first);
    expect(gaps.roles?.refused).toBeGreaterThan(5);
    expect(gaps['group-roles']?.refused).toBeGreaterThan(0);
    expect(told(first)).toEqual([4, 'full', 'completed_with_gaps', { gaps, dead_letters: 0 }]);
    expect(told(second)).toEqual([4, 'incremental', 'completed_with_gaps', { gaps, dead_letters: 0 }]);
    expect(reportOf(second).gaps).toEqual({ roles: { refused: 1 }, 'group-roles': { refused: 1 } });
    expect([off.code, reportOf(off).standing]).toEqual([0, CALM]);
    expect(told(granted)).toEqual([0, 'full', 'completed', CALM]);
  });

  test('last known answers stand in for a refused lookup: no gap, whatever kind of run', async ({
    makeStage,
  }) => {
    const { okta, run } = await makeStage();
    await run(['sync']);
    okta.setRefusals([{ path: /\/(roles|factors)$/, status: 403 }]);

    const full = await run(['sync', '--strict', '--full']);
    const incremental = await run(['sync', '--strict']);

    expect(reportOf(full).stale.factors?.count).toBeGreaterThan(0);
    expect([told(full), told(incremental)]).toEqual([
      [0, 'full', 'completed', CALM],
      [0, 'incremental', 'completed', CALM],
    ]);
  });

  test('the gap of a user who is deleted goes with the user', async ({ makeStage }) => {
    const stage = changing(await makeStage({ okta: { rates: { limits: 1e9 } } }));
    const id = stage.org.users.find(({ status }) => status === 'ACTIVE')?.id ?? '';
    stage.okta.setRefusals([{ template: FACTORS, status: 403, only: (asked) => asked === id }]);

    const first = await stage.sync();
    stage.mutations.deactivate(id);
    stage.mutations.deleteUser(id);
    const second = await stage.sync();

    expect(first.report.standing).toEqual({ gaps: { factors: { refused: 1 } }, dead_letters: 0 });
    expect(second.report).toMatchObject({ outcome: 'completed', users: { removed: 1 }, standing: CALM });
  });

  test('is told by a run that fails, and by one that cannot even begin', async ({ makeStage, expect }) => {
    const { org, okta, intake, run, start } = await makeStage({
      okta: { rates: { limits: 1e9 }, refuse: [{ template: FACTORS, status: 403 }] },
    });
    const { standing } = reportOf(await run(['sync']));
    okta.setRefusals([{ template: '/api/v1/users', status: 500 }]);
    const failed = await run(['sync', '--full'], { sleepsFaster: 1000 });
    okta.setRefusals([]);
    for (const user of org.users) user.patch = { displayName: 'Changed' };
    intake.setState('silent');
    const holder = start(['sync', '--full']);
    const before = intake.requests.length;
    await expect.poll(() => intake.requests.length, { timeout: 30_000 }).toBeGreaterThan(before);
    const unstarted = await run(['sync']);
    holder.kill('SIGKILL');
    await holder.ended;

    expect(standing?.gaps.factors?.refused).toBeGreaterThan(5);
    expect([failed.code, reportOf(failed).standing]).toEqual([1, standing]);
    expect([unstarted.code, reportOf(unstarted).error?.code]).toEqual([1, 'inventory']);
    expect(reportOf(unstarted).standing?.dead_letters).toBe(0);
  });
});
