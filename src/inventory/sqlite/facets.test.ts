import { describe, expect, test } from 'vitest';
import { aUser } from '../../enrich/facets.fixture.ts';
import { createScene } from './inventory.fixture.ts';

const FULL_RUN_AT = Date.UTC(2026, 7, 1);
const A_DAY_MS = 86_400_000;

describe('the day on which risk is judged', () => {
  test('is the start of the newest full run, also for users who are read or evaluated later', async () => {
    const { users, runs, facets, save } = createScene();
    await runs.saveState({ evaluatedAt: FULL_RUN_AT });

    await save('00u1');
    await users.needEvents();
    await users.evaluate(10);
    await runs.saveState({ evaluatedAt: FULL_RUN_AT + A_DAY_MS });
    await users.needEvents();
    await users.evaluate(10);

    expect(facets.map(({ user: { id }, evaluatedAt }) => [id, evaluatedAt])).toEqual([
      [aUser({ id: '00u1' }).id, FULL_RUN_AT],
      ['00u1', FULL_RUN_AT],
      ['00u1', FULL_RUN_AT + A_DAY_MS],
    ]);
  });

  test('is left open while no full run has begun', async () => {
    const { facets, save } = createScene();

    await save('00u1');

    expect(facets.map(({ evaluatedAt }) => evaluatedAt)).toEqual([undefined]);
  });
});
