import { setTimeout } from 'node:timers/promises';
import { describe, expect } from 'vitest';
import { reportOf } from '../whole-job/launch.fixture.ts';
import { test, type SlowStage } from './slow-answers.fixture.ts';

/**
 * Holds the first answer of this path back until a poll has read the answer that is true after `change`. The next
 * question for the log shows that.
 */
function overtake({ whileAnswered }: SlowStage, held: string, change: () => void): { asked: number } {
  const overtaken = Promise.withResolvers<void>();
  const counted = { asked: 0 };
  whileAnswered(async (path) => {
    if (counted.asked > 1 && path.startsWith('/api/v1/logs')) overtaken.resolve();
    if (path !== held) return;
    counted.asked += 1;
    if (counted.asked > 1) return;
    change();
    await overtaken.promise;
  });
  return counted;
}

describe('an older answer does not take the place of a newer one', () => {
  test("of a group's roles, which a poll has read meanwhile", async ({ slow }) => {
    const stage = await slow({ users: 60, admins: 0 });
    // Not the first one: all others wait for its answer.
    const [, group] = stage.org.groups.filter(({ roles, members }) => roles.length > 0 && members.length > 0);
    const [id, role] = [group?.id ?? '', group?.roles[0]?.id ?? ''];
    const env = { OKTA_BASE_URL: stage.door, FREQUENCY: '1' };
    await stage.sync([], env);
    const counted = overtake(stage, `/api/v1/groups/${id}/roles`, () =>
      stage.mutations.revokeGroupRole(id, role),
    );

    const ran = await stage.sync(['--full'], env);

    expect(ran.report).toMatchObject({ mode: 'full', outcome: 'completed' });
    stage.expectTruth();
    expect(counted.asked).toBe(3);
  });

  test("of a user's factors, for which each poll waits", async ({ slow }) => {
    const clock = { ahead: 0 };
    const now = (): number => Date.now() + clock.ahead;
    const stage = await slow({ users: 60 }, { now });
    const env = { OKTA_BASE_URL: stage.door, OKTA_MAX_CONCURRENCY: '4' };
    await stage.sync([], env);
    const polled = Promise.withResolvers<string>();
    let [id, others, asked, first] = ['', 0, 0, ''];
    stage.whileAnswered(async (path) => {
      if (asked > 0 && path.startsWith('/api/v1/logs')) polled.resolve('a poll');
      const [, userId] = /^\/api\/v1\/users\/(\w+)\/factors$/.exec(path) ?? [];
      if (userId === undefined || (id !== '' && userId !== id)) return;
      // Not the first one: all others wait for its answer.
      if (id === '' && ((others += 1) === 1 || stage.org.user(userId)?.factors.length === 0)) return;
      id = userId;
      asked += 1;
      if (asked > 1) return;
      stage.mutations.resetFactors(id);
      // A poll is due at once, and asks for the log before this time is over unless it waits.
      clock.ahead += 7_200_000;
      first = await Promise.race([polled.promise, setTimeout(1000, 'the answer')]);
    });

    const ran = await stage.run(['sync', '--full'], { env, now });

    expect(reportOf(ran)).toMatchObject({ mode: 'full', outcome: 'completed' });
    expect({ first, asked }).toEqual({ first: 'the answer', asked: 2 });
    stage.expectTruth();
  });
});
