import type { SimulatedApp, SimulatedDevice, SimulatedRule } from './assets/asset-model.ts';
import type { Change } from './change-desk.ts';
import type { MutationKinds } from './mutation-kinds.ts';
import type { SimulatedGroup, SimulatedUser } from './org-model.ts';
import type { Random } from './random.ts';

type ActOn<T> = (fits: (item: T) => boolean, act: (found: T) => Change | undefined) => Change | undefined;

/** Where to draw from; nothing when the org has nobody who fits. */
export interface Pool {
  readonly make: MutationKinds;
  readonly random: Random;
  readonly withUser: ActOn<SimulatedUser>;
  readonly withGroup: ActOn<SimulatedGroup>;
  readonly withApp: ActOn<SimulatedApp>;
  readonly withRule: ActOn<SimulatedRule>;
  readonly withDevice: ActOn<SimulatedDevice>;
}

export type Attempt = (pool: Pool) => Change | undefined;
