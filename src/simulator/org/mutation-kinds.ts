import { appMutations } from './app-mutations.ts';
import { assignmentMutations, groupAssignmentMutations } from './assignment-mutations.ts';
import type { ChangeDesk } from './change-desk.ts';
import { deviceMutations } from './device-mutations.ts';
import { factorMutations } from './factor-mutations.ts';
import { groupMutations } from './group-mutations.ts';
import { lifecycleMutations } from './lifecycle-mutations.ts';
import { customRoleMutations, roleMutations } from './role-mutations.ts';
import { ruleMutations } from './rule-mutations.ts';
import { existenceMutations, userMutations } from './user-mutations.ts';

export type MutationKinds = ReturnType<typeof mutationKinds>;
export type ChangeKind = keyof MutationKinds;

/** Changes of what users and groups reach. */
function assetMutations(desk: ChangeDesk) {
  return {
    ...appMutations(desk),
    ...assignmentMutations(desk),
    ...groupAssignmentMutations(desk),
    ...ruleMutations(desk),
    ...deviceMutations(desk),
  };
}

export function mutationKinds(desk: ChangeDesk) {
  return {
    ...existenceMutations(desk),
    ...userMutations(desk),
    ...lifecycleMutations(desk),
    ...factorMutations(desk),
    ...groupMutations(desk),
    ...roleMutations(desk),
    ...customRoleMutations(desk),
    ...assetMutations(desk),
  };
}
