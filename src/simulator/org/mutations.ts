import { ChangeDesk } from './change-desk.ts';
import type { Change, MutationOptions } from './change-desk.ts';
import { policyMutations } from './factor-mutations.ts';
import { mutationKinds } from './mutation-kinds.ts';
import type { ChangeKind, MutationKinds } from './mutation-kinds.ts';
import type { SimulatedOrg } from './org.ts';
import { randomChanges } from './random-changes.ts';

export interface Mutations extends MutationKinds, ReturnType<typeof policyMutations> {
  /** Writes events of things without effect: failures, log-ins, unknown types, odd targets. */
  makeNoise(count?: number): void;
  /** So many changes of all kinds, or of these. The same seed makes the same ones of the same org. */
  randomChanges(count: number, seed?: number, kinds?: readonly ChangeKind[]): Change[];
}

/**
 * Things that can happen in an org. Each changes the org at once, with Okta's stamps and log events, and says whom it
 * touched.
 */
export function createMutations(org: SimulatedOrg, options: MutationOptions): Mutations {
  const desk = new ChangeDesk(org, options);
  const kinds = mutationKinds(desk);
  return {
    ...kinds,
    ...policyMutations(desk),
    makeNoise: (count = 1) => {
      for (let each = 0; each < count; each += 1) desk.makeNoise();
    },
    randomChanges: (count, seed = 1, chosen) => randomChanges(org, kinds, count, seed, chosen),
  };
}
