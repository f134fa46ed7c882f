/** The parts of a run that its functions take, by what they do. */
import type { Run } from './job.ts';
import type { RunMemory } from './run-memory.ts';

/** To ask Okta, keep the answers and count the gaps. */
export type AskParts = Pick<Run, 'source' | 'inventory' | 'settings' | 'tally' | 'log' | 'oktaNow'>;

/** To list what all users share; answers since the run's start stamp stand. */
export type ListParts = AskParts & Pick<Run, 'startedAt' | 'attemptedAt'>;

/** To count what became of events, and let delivery know. */
export type CountParts = Pick<Run, 'tally' | 'log' | 'delivery'>;

/** To read one user. */
export type UserParts = AskParts & CountParts & Pick<RunMemory, 'removals' | 'reread'>;

/** To ask for the roles of groups that were never asked for them. */
export type NewGroupParts = AskParts & Pick<RunMemory, 'groupRolesUnderWay'>;

/** To read one group, and those of its members who must be asked. */
export type GroupParts = UserParts & NewGroupParts;

/** To read changes, and what marks ask for. */
export type ChangeParts = GroupParts &
  RunMemory &
  Pick<Run, 'mode' | 'startedAt' | 'attemptedAt' | 'relists' | 'signal'>;

/** A run on its way. */
export type StartedRun = Run & RunMemory;
