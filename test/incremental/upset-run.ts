import { setTimeout as sleep } from 'node:timers/promises';
import { OKTA_FAULTS, type OktaServer } from '../../src/simulator/index.ts';
import type { Random } from '../../src/simulator/org/random.ts';
import type { Launched } from '../whole-job/launch.fixture.ts';

interface UpsetParts {
  readonly okta: Pick<OktaServer, 'setFaults'>;
  readonly random: Random;
  readonly start: (argv: readonly string[]) => Launched;
  /** The shares of failing answers, of which one is picked. */
  readonly rates: readonly number[];
  /** A kill comes at most so long after 400 ms. */
  readonly killWithinMs: number;
}

/** A run of any kind amid faults of Okta, which is often killed. Resolves to whether it was. */
export async function upsetRun({ okta, random, start, rates, killWithinMs }: UpsetParts): Promise<boolean> {
  okta.setFaults({
    rate: random.pick(rates),
    kinds: OKTA_FAULTS.filter((kind) => kind !== 'hang'),
    seed: random.below(1e9),
  });
  const child = start(random.pick([['sync'], ['sync'], ['sync', '--full'], ['sync', '--full', '--vouched']]));
  if (random.chance(0.6)) {
    await Promise.race([sleep(400 + random.below(killWithinMs)), child.ended]);
    child.kill('SIGKILL');
  }
  const isKilled = (await child.ended).code === null;
  okta.setFaults({ rate: 0 });
  return isKilled;
}
