import { describe, expect } from 'vitest';
import { test } from './days.fixture.ts';

describe('the truth after each day, whether the System Log vouches for answers or not', () => {
  test.for<[string, string]>([
    ['never', '0'],
    ['with answers verified within two days', '172800'],
    ['with answers verified within a week', '604800'],
  ])('%s', async ([, verify], { days }) => {
    const stage = await days(60);
    const env = { VERIFY_ANSWERS: verify };
    await stage.sync([], env);

    for (const seed of [11, 12, 13]) {
      const knownFirst = new Map(stage.latest());
      stage.change(15, seed);
      const between = await stage.sync([], env);
      stage.expectTruth(knownFirst, `incremental run, changes ${seed}`);

      const knownThen = new Map(stage.latest());
      stage.change(5, seed + 100);
      const daily = await stage.nextDay(env);
      stage.expectTruth(knownThen, `daily run, changes ${seed}`);

      expect([between.report.mode, daily.report.mode]).toEqual(['incremental', 'full']);
      const isVouched = (daily.report.vouched?.factors?.vouched ?? 0) > 0;
      expect(isVouched).toBe(verify !== '0');
    }
  });
});
