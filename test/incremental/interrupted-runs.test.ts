import { describe, expect } from 'vitest';
import * as z from 'zod';
import { systemClock } from '../../src/process/clock.ts';
import { killAt, test, type Days } from './days.fixture.ts';

const LOGS = '/api/v1/logs';
const FACTORS = '/api/v1/users/{id}/factors';
const GoesOn = z.looseObject({ calls: z.number().optional(), calls_left: z.number().optional() });
/** Nothing is asked again because it is old. */
const AS_VOUCHED = { VERIFY_ANSWERS: '31536000' };

/** The log tells of this, where it can be read. */
function resetAllFactors({ org, mutations }: Days): void {
  for (const { id, status, factors } of org.users)
    if (status === 'ACTIVE' && factors.length > 0) mutations.resetFactors(id);
}

/** The log tells nothing of this. */
function loseFirstFactors({ org }: Days): void {
  for (const user of org.users) if (user.status === 'ACTIVE') user.factors = user.factors.slice(1);
}

/** An entry of the log that makes no sense. */
function sayNonsense({ org, okta }: Days): void {
  const published = new Date(okta.now()).toISOString();
  const event = { uuid: 'odd', published, eventType: 'user.mfa.factor.update', target: null };
  Object.defineProperty(event, 'toJSON', { value: () => 'what?' });
  org.log.append(event, okta.now());
}

describe('a full run that was interrupted while the log could be read', () => {
  test.for([403, 503])(
    'begins anew after it lay idle for 20 days, where the log answers %s now',
    async (status, { days }) => {
      const stage = await days();
      await killAt(stage, FACTORS, 100);
      resetAllFactors(stage);
      stage.okta.setRefusals([{ template: LOGS, status }]);
      stage.pass(20);
      // Nor does an attempt that was killed before it knew of the log make it go on.
      await killAt(stage, LOGS, 1);

      const ran = await stage.sync([], AS_VOUCHED, 100);

      expect(ran.report).toMatchObject({ mode: 'full', outcome: 'completed' });
      stage.expectTruth();
    },
  );

  test('goes on where the log is down for a moment', async ({ days }) => {
    // So that many answers are on disk before the kill, however quick the machine is: they are committed every 100 ms.
    const stage = await days(120, 20);
    await killAt(stage, FACTORS, 100);
    stage.okta.setRefusals([{ template: LOGS, status: 503 }]);
    stage.pass(0.5);

    const ran = await stage.sync([], AS_VOUCHED, 100);

    expect(ran.report).toMatchObject({ mode: 'full', outcome: 'completed' });
    // A run that begins anew takes 134.
    expect(ran.calls).toBeLessThan(120);
    stage.expectTruth();
  });
});

test('a full run that goes on tells the calls that are left: those for users who were not asked yet', async ({
  days,
}) => {
  const stage = await days(200);
  await killAt(stage, FACTORS, 60);
  const before = stage.okta.tally.total;
  let asked = 0;
  // Whoever asks what time it is makes it a second later, so that minutes pass within a short run.
  const now = (): number => systemClock.now() + (asked += 1) * 1000;

  const { code, stderr } = await stage.run(['sync'], { env: { LOG_LEVEL: 'info', ...AS_VOUCHED }, now });

  const made = stage.okta.tally.total - before;
  const told = stderr
    .trim()
    .split('\n')
    .map((line) => GoesOn.parse(JSON.parse(line)))
    .flatMap(({ calls = 0, calls_left: left }) => (left === undefined ? [] : [calls + left]));
  expect(code).toBe(0);
  expect(made).toBeGreaterThan(100);
  expect(told.length).toBeGreaterThan(0);
  // A quarter more: who is deactivated is known only later. A few less: polls for changes that come after a line was told.
  expect(told.filter((total) => total < 0.95 * made || total > 1.25 * made)).toEqual([]);
});

describe('a full run that was interrupted before the log had an entry that makes no sense', () => {
  test.for<[string, (stage: Days) => Promise<unknown>]>([
    ['an incremental run', ({ sync }) => sync(['--incremental'], AS_VOUCHED)],
    [
      "an attempt that was killed before the log's next page",
      async (stage) => {
        const [user] = stage.org.users;
        for (let count = 0; count < 1005; count += 1) stage.mutations.updateProfile(user?.id ?? '', {});
        await killAt(stage, LOGS, 2);
      },
    ],
  ])('begins anew where it was read by %s', async ([, readIt], { days }) => {
    const stage = await days();
    await stage.sync();
    await killAt(stage, FACTORS, 100, ['sync', '--full']);
    loseFirstFactors(stage);
    sayNonsense(stage);
    await readIt(stage);

    const ran = await stage.nextDay(AS_VOUCHED);

    expect(ran.report).toMatchObject({ mode: 'full', outcome: 'completed' });
    expect(ran.report.notes).toContainEqual(expect.stringMatching(/make no sense.*this run asks everybody/));
    stage.expectTruth();
    expect((await stage.nextDay(AS_VOUCHED)).calls).toBeLessThanOrEqual(12);
  });
});
