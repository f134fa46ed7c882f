import { describe, expect } from 'vitest';
import { killAt, test, type Days } from './days.fixture.ts';

const FACTORS = '/api/v1/users/{id}/factors';
/** Nothing is asked again because it is old. */
const AS_VOUCHED = { VERIFY_ANSWERS: '31536000' };
/** No full run is due by its interval. */
const NO_FULL = { ...AS_VOUCHED, FULL_SYNC_INTERVAL: '31536000' };

/** The log tells nothing of this. */
function loseFirstFactors({ org }: Days): void {
  for (const user of org.users) if (user.status === 'ACTIVE') user.factors = user.factors.slice(1);
}

describe('answers of a run under a clock that was 400 days ahead', () => {
  test.for([[['--full']], [[]]])('are asked for again by sync %s', async ([argv = []], { days }) => {
    const stage = await days();
    stage.pass(400);
    await stage.sync();
    stage.pass(-400);
    loseFirstFactors(stage);

    const ran = await stage.sync(argv, AS_VOUCHED);

    expect(ran.report).toMatchObject({ mode: 'full', outcome: 'completed' });
    stage.expectTruth();
    // From that run on the log tells of changes, and vouches.
    const known = stage.latest();
    stage.change(30, 5);
    expect((await stage.nextDay(NO_FULL)).report.mode).toBe('incremental');
    stage.expectTruth(known);
    expect((await stage.nextDay(AS_VOUCHED)).calls).toBeLessThanOrEqual(12);
  });

  test('are asked for again where that run was killed', async ({ days }) => {
    const stage = await days();
    stage.pass(400);
    await killAt(stage, FACTORS, 100);
    stage.pass(-400);
    loseFirstFactors(stage);

    const ran = await stage.sync([], AS_VOUCHED);

    expect(ran.report).toMatchObject({ mode: 'full', outcome: 'completed' });
    stage.expectTruth();
    expect((await stage.nextDay(AS_VOUCHED)).calls).toBeLessThanOrEqual(12);
  });
});

describe('changes since an incremental run under a clock that was hours ahead are read by the next run', () => {
  test('which is a full one', async ({ days }) => {
    const stage = await days();
    await stage.sync();
    stage.pass(0.25);
    await stage.sync([], NO_FULL);
    stage.pass(-0.25);
    for (const { id, status } of stage.org.users) if (status === 'ACTIVE') stage.mutations.resetFactors(id);

    const ran = await stage.sync([], NO_FULL);

    expect(ran.report).toMatchObject({ mode: 'full', outcome: 'completed' });
    expect(ran.report.notes).toContainEqual(expect.stringMatching(/clock of the org was ahead/));
    stage.expectTruth();
  });

  test('as far as they move stamps, where the log may not be read', async ({ days }) => {
    const stage = await days();
    stage.okta.setRefusals([{ template: '/api/v1/logs', status: 403 }]);
    await stage.sync();
    stage.pass(0.25);
    await stage.sync([], NO_FULL);
    stage.pass(-0.25);
    const active = stage.org.users.filter(({ status }) => status === 'ACTIVE');
    for (const { id } of active.slice(0, 5)) stage.mutations.updateProfile(id, { displayName: 'Renamed' });

    const ran = await stage.sync([], NO_FULL);

    expect(ran.report).toMatchObject({ mode: 'incremental', outcome: 'completed' });
    stage.expectTruth();
  });
});

test('a full run that begins anew within the second in which it was killed believes none of its answers', async ({
  days,
}) => {
  const stage = await days();
  await killAt(stage, FACTORS, 100);
  loseFirstFactors(stage);

  // Other questions are asked, so the run begins anew.
  const ran = await stage.sync([], { LOOKUPS: 'groups,group-roles,factors' });

  expect(ran.report).toMatchObject({ mode: 'full', outcome: 'completed' });
  expect(ran.report.vouched?.factors?.asked).toBeGreaterThan(100);
});
