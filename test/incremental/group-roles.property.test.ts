import { expect } from 'vitest';
import type { SimulatedGroup } from '../../src/simulator/index.ts';
import { createRandom } from '../../src/simulator/org/random.ts';
import { test } from '../whole-job/stage.fixture.ts';
import { changing, wrongOf } from './changing-stage.fixture.ts';

const ROLES = '/api/v1/groups/{id}/roles';
const STEPS = 14;
const SETTINGS = { VERIFY_ANSWERS: '31536000', VERIFY_GROUP_ROLES: '0' };
const TYPES = ['HELP_DESK_ADMIN', 'REPORT_ADMIN', 'SUPER_ADMIN'] as const;

/** Members of few groups are read by group; of many, each user is asked, and gives the own list. */
const ORGS = {
  'by membership': { org: { users: 30, groups: 6, groupsPerUser: 2 }, okta: {} },
  'own lists': { org: { users: 25, groups: 60, groupsPerUser: 3 }, okta: {} },
  'role holders without those by groups': {
    org: { users: 30, groups: 6, groupsPerUser: 2 },
    okta: { assignees: 'without-group-admins' },
  },
  'no list of role holders': {
    org: { users: 30, groups: 6, groupsPerUser: 2 },
    okta: { assignees: 'missing' },
  },
} as const;

const CASES = Object.entries(ORGS).map(([name, given], index) => [name, 1 + index, given] as const);

/**
 * In random order: groups gain and lose roles, with and without an event, their flags come late, members come and go,
 * members hold roles of their own, one group's roles are refused, runs are full and incremental.
 */
test.for(CASES)(
  'incremental run, roles of groups in random order: each user is right once an event or a flag has told: %s, seed %i',
  async ([, seed, { org, okta }], { makeStage }) => {
    let ahead = 0;
    const stage = changing(await makeStage({ org, okta: { ...okta, now: () => Date.now() + ahead } }));
    const random = createRandom(seed);
    const groups = stage.org.groups.filter(({ type }) => type === 'OKTA_GROUP').slice(0, 5);
    /** Groups whose roles changed without an event, until a listing has shown the right flag. */
    const untold = new Set<SimulatedGroup>();
    for (const user of stage.org.users.slice(0, 12))
      stage.mutations.grantUserRole(user.id, random.pick(TYPES));
    await stage.sync([], SETTINGS);
    const done: string[] = [];

    const changeRoles = (group: SimulatedGroup): void => {
      const before = group.roles;
      if (before.length === 0) stage.mutations.grantGroupRole(group.id, random.pick(TYPES));
      else if (random.chance(0.5)) {
        for (const { id, role } of before)
          if (role === undefined) stage.mutations.revokeGroupRole(group.id, id);
          else stage.mutations.unbindCustomRole({ groupId: group.id }, id);
      } else stage.mutations.grantGroupRole(group.id, random.pick(TYPES));
      group.shownAdminFlag = random.chance(0.3) ? before.length > 0 : undefined;
      untold.delete(group);
      done.push(`${group.id}: ${before.length} to ${group.roles.length} roles, told`);
    };
    const changeSilently = (group: SimulatedGroup): void => {
      // Two such changes may put one role in place of another, which no flag shows.
      if (untold.has(group)) return;
      const [other] = groups.flatMap(({ roles }) => roles).filter(({ role }) => role === undefined);
      if (group.roles.length > 0) group.roles = [];
      else if (other !== undefined) group.roles = [other];
      group.shownAdminFlag = random.chance(0.3) ? group.roles.length === 0 : undefined;
      untold.add(group);
      done.push(`${group.id}: now ${group.roles.length} roles, untold, flag ${group.shownAdminFlag}`);
    };
    const moveMember = (group: SimulatedGroup): void => {
      const user = random.pick(stage.org.users.filter(({ status }) => status === 'ACTIVE'));
      const isMember = group.members.includes(user);
      stage.mutations[isMember ? 'removeMember' : 'addMember'](group.id, user.id);
      done.push(`${user.id} ${isMember ? 'left' : 'joined'} ${group.id}`);
    };

    for (let step = 0; step < STEPS; step += 1) {
      const moves = [changeRoles, changeSilently, moveMember];
      for (let times = 1 + random.below(2); times > 0; times -= 1)
        random.pick(moves.map((run) => ({ run }))).run(random.pick(groups));
      for (const group of groups) if (random.chance(0.4)) group.shownAdminFlag = undefined;
      const refused = random.chance(0.15) ? random.pick(groups) : undefined;
      stage.okta.setRefusals(
        refused === undefined ? [] : [{ template: ROLES, only: (id) => id === refused.id, status: 403 }],
      );
      ahead += 3_600_000;
      const isFull = random.chance(0.6);
      done.push(isFull ? 'full' : 'incremental');
      const { report } = await stage.sync([], { ...SETTINGS, FULL_SYNC_INTERVAL: isFull ? '1' : '31536000' });

      expect(report.mode).toBe(isFull ? 'full' : 'incremental');
      if (isFull) for (const group of untold) if (group.shownAdminFlag === undefined) untold.delete(group);
      const isTold = report.outcome === 'completed_with_gaps' || Object.keys(report.stale).length > 0;
      const unseen = new Set([...untold].flatMap(({ members }) => members.map(({ id }) => id)));
      const wrong = wrongOf(stage.org, stage.latest(), new Map()).filter(
        (text) => !isTold && ![...unseen].some((id) => text.startsWith(id)),
      );
      expect({ done, wrong }).toEqual({ done, wrong: [] });
    }
  },
);
