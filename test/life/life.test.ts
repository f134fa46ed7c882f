import { expect, test } from 'vitest';
import { TROUBLES, type Trouble } from './draw.ts';
import { playRound } from './play.ts';

/** Only in the long version, `npm run life`: processes cost most of a round's time; a hang is waited for as long as it takes. */
const LONG: readonly Trouble[] = ['kills', 'aimed-kills', 'okta-hang', 'intake-hang', 'intake-down'];
const troubles = TROUBLES.filter((each) => !LONG.includes(each));

test.for([2])(
  'life of an org: after faults and changes of all kinds nothing at the intake is untrue: seed %i',
  { timeout: 300_000 },
  async (seed) => {
    const { differences, counts, story } = await playRound({ seed, troubles, mostUsers: 40, mostPhases: 2 });

    const found = differences.slice(0, 10);
    expect({ found, story: found.length > 0 ? story : [] }).toEqual({ found: [], story: [] });
    expect(counts.checks).toBeGreaterThan(0);
  },
);
