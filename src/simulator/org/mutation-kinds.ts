import type { ChangeDesk } from './change-desk.ts';
import { factorMutations } from './factor-mutations.ts';
import { groupMutations } from './group-mutations.ts';
import { lifecycleMutations } from './lifecycle-mutations.ts';
import { customRoleMutations, roleMutations } from './role-mutations.ts';
import { existenceMutations, userMutations } from './user-mutations.ts';

export type MutationKinds = ReturnType<typeof mutationKinds>;
export type ChangeKind = keyof MutationKinds;

export function mutationKinds(desk: ChangeDesk) {
  return {
    ...existenceMutations(desk),
    ...userMutations(desk),
    ...lifecycleMutations(desk),
    ...factorMutations(desk),
    ...groupMutations(desk),
    ...roleMutations(desk),
    ...customRoleMutations(desk),
  };
}
