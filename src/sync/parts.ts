/** The parts of a run that its functions take, named by their use. */
import type { AssetSource } from '../ports/assets.ts';
import type { Interruptible } from './changes/for-each-interruptible.ts';
import type { Run } from './job.ts';
import type { RunMemory } from './run-memory.ts';

/** To ask Okta, store the answers and count the gaps. */
export type AskParts = Pick<
  Run,
  'source' | 'inventory' | 'settings' | 'tally' | 'log' | 'oktaNow' | 'assets'
>;

/** To list the facts that all users share. Answers since the run's start stamp still hold. */
export type ListParts = AskParts & Pick<Run, 'startedAt' | 'answeredSince' | 'believesEarlier'>;

/** To count the results of events, and wake delivery. */
export type CountParts = Pick<Run, 'tally' | 'log' | 'delivery'>;

/** To read one user. */
export type UserParts = AskParts &
  CountParts &
  Pick<Run, 'newsRule'> &
  Pick<RunMemory, 'removals' | 'reread'>;

/** To ask for the roles of groups that were never asked. */
export type NewGroupParts = AskParts & Pick<RunMemory, 'groupRolesUnderWay'>;

/** To read one group, and those of its members that must be asked. */
export type GroupParts = UserParts & NewGroupParts & Pick<Run, 'mode' | 'startedAt' | 'answeredSince'>;

/** To read changes, and everything that is marked. */
export type ChangeParts = GroupParts &
  RunMemory &
  Pick<
    Run,
    | 'before'
    | 'attemptedAt'
    | 'isResumed'
    | 'believesEarlier'
    | 'relists'
    | 'signal'
    | 'assets'
    | 'assignments'
  > & {
    /** Has a full run listed all users by now? */
    readonly hasListed?: boolean;
  } & Interruptible;

/** To read assets beside users, where this run does. */
export type MaybeAssetParts = AskParts &
  Pick<Run, 'startedAt' | 'answeredSince' | 'signal' | 'assets' | 'assignments'> &
  Pick<RunMemory, 'assetRemovals'>;
export type AssetParts = MaybeAssetParts & { readonly assets: AssetSource };

/** A run that has begun, with its memory. */
export type StartedRun = Run & RunMemory;
