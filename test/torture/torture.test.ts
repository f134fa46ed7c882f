import { expect, test } from 'vitest';
import { torture } from './play.ts';

/** The long version: `npm run torture`. */
test(
  'torture: killed at any instant, nothing is missing and nothing wrong at the intake',
  { timeout: 180_000 },
  async () => {
    const { kills, missing, wrong } = await torture({ kills: 5, seed: 1, users: 60 });

    expect(Object.values(kills).reduce((sum, each) => sum + each, 0)).toBe(5);
    expect({ missing, wrong }).toEqual({ missing: [], wrong: [] });
  },
);
