import { expect } from 'vitest';
import type { Report } from '../../src/ports/report.ts';
import {
  createMutations,
  type Change,
  type Mutations,
  type SimulatedOrg,
} from '../../src/simulator/index.ts';
import { asRemoved, expectedRemovalEvent, expectedSekoiaEvent, type ExpectedEvent } from '../truth.ts';
import { reportOf, type LaunchOptions } from '../whole-job/launch.fixture.ts';
import { differences } from '../whole-job/said.fixture.ts';
import type { Stage } from '../whole-job/stage.fixture.ts';

type Event = Readonly<Record<string, unknown>>;
type Latest = ReadonlyMap<string, Event>;
type LogOptions = NonNullable<Parameters<typeof createMutations>[1]['log']>;

/** The result of one run: its report, the users with events, and its calls without `/.well-known`. */
interface Ran {
  readonly report: Report;
  readonly users: readonly string[];
  readonly calls: number;
}

export interface ChangingStage extends Stage {
  readonly mutations: Mutations;
  /** So many changes of all kinds but a sign-in, which moves no stamp and alone makes no event between full runs. */
  readonly change: (count: number, seed: number) => Change[];
  readonly sync: (
    argv?: readonly string[],
    env?: LaunchOptions['env'],
    sleepsFaster?: number,
  ) => Promise<Ran>;
  /** Holds what the intake has against the truth; `known`: what it had before somebody was removed. */
  readonly expectTruth: (known?: Latest, what?: string) => void;
  readonly latest: () => Latest;
}

/** All but a sign-in, which moves no stamp and alone makes no event between full runs. */
export const CHANGE_KINDS = [
  'createUser',
  'updateProfile',
  'changePassword',
  'deleteUser',
  'suspend',
  'unsuspend',
  'lock',
  'unlock',
  'deactivate',
  'reactivate',
  'activateFactor',
  'deactivateFactor',
  'resetFactors',
  'createGroup',
  'renameGroup',
  'deleteGroup',
  'addMember',
  'removeMember',
  'grantUserRole',
  'revokeUserRole',
  'grantGroupRole',
  'revokeGroupRole',
  'bindCustomRole',
  'unbindCustomRole',
  'changeCustomRole',
] as const satisfies readonly (keyof Mutations)[];

/** Without noise unless told: what is written of things without effect costs no call. */
export function changing(stage: Stage, log: LogOptions = {}, seed = 1): ChangingStage {
  const { org, okta, intake } = stage;
  const mutations = createMutations(org, { now: okta.now, seed, log });
  return {
    ...stage,
    mutations,
    change: (count, seed) => mutations.randomChanges(count, seed, CHANGE_KINDS),
    sync: async (argv = [], env = {}, sleepsFaster = 1) => {
      const [received, calls] = [intake.received.length, callsOf(stage)];
      const report = reportOf(await stage.run(['sync', ...argv], { env, sleepsFaster }));
      const events = intake.received.slice(received).map(({ item }) => item);
      // Devices have events of their own.
      const users = events.filter((event) => 'user' in event).map(uidOf);
      return { report, users: users.toSorted(), calls: callsOf(stage) - calls };
    },
    latest: () => new Map(intake.latestByUid()),
    expectTruth: (known = new Map(), what = '') => {
      expect({ what, wrong: wrongOf(org, intake.latestByUid(), known).slice(0, 10) }).toEqual({
        what,
        wrong: [],
      });
    },
  };
}

export function callsOf({ okta }: Pick<Stage, 'okta'>): number {
  return okta.tally.total - (okta.calls.get('/.well-known/okta-organization') ?? 0);
}

export function uidOf(event: Event): string {
  const { user } = event;
  if (typeof user !== 'object' || user === null || !('uid' in user)) throw new Error('an event of nobody');
  return String(user.uid);
}

/** Every difference between the newest event of each user and what is true of them. */
export function wrongOf(org: SimulatedOrg, latest: Latest, known: Latest): string[] {
  const ids = new Set([...latest.keys(), ...org.users.filter(isWanted).map(({ id }) => id)]);
  return [...ids].flatMap((id) => {
    const wrong = possible(org, id, known).map((event) => differences(latest.get(id), event, id));
    return wrong.some((each) => each.length === 0) ? [] : (wrong[0] ?? [`${id}: an event of nobody`]);
  });
}

function isWanted({ status }: { readonly status: string }): boolean {
  return status !== 'DEPROVISIONED';
}

/** Of who was removed nobody may have read the last changes: what was known before, but disabled, is right too. */
function possible(org: SimulatedOrg, id: string, known: Latest): readonly (ExpectedEvent | undefined)[] {
  if (org.user(id) !== undefined) return [expectedSekoiaEvent(org, id)];
  const before = known.get(id);
  const last = expectedRemovalEvent(org, id);
  return before === undefined ? [last] : [last, asRemoved({ ...before })];
}

/** Users whose event a change moves: whom the intake knows, or will know. */
export function touchedBy(changes: readonly Change[]): ReadonlySet<string> {
  return new Set(changes.flatMap(({ users }) => users));
}

/** The most that an incremental run may ask: 10, 4 for each changed user and group, 4 for each thousand members. */
export function mostCalls(org: SimulatedOrg, changes: readonly Change[]): number {
  const groups = new Set(changes.flatMap(({ groups: ids }) => ids));
  const thousands = [...groups].map((id) => Math.floor((org.group(id)?.members.length ?? 0) / 1000));
  const ofMembers = thousands.reduce((sum, each) => sum + each, 0);
  return 10 + 4 * (touchedBy(changes).size + groups.size + ofMembers);
}
