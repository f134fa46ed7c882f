import { expect } from 'vitest';
import type { OktaServerOptions } from '../../src/simulator/index.ts';
import { test } from '../whole-job/stage.fixture.ts';
import { changing, mostCalls } from './changing-stage.fixture.ts';

const ORG = { users: 600, groups: 40, groupsPerUser: 4, adminGroups: 4, admins: 10, deprovisionedShare: 0.1 };

interface Variant {
  readonly org?: object;
  readonly okta?: OktaServerOptions;
  readonly env?: Record<string, string>;
}

const VARIANTS: Readonly<Record<string, Variant>> = {
  'as most are': {},
  'that tells no sizes of groups': { okta: { stats: 'missing' } },
  'whose list of role holders leaves out those through groups': {
    okta: { assignees: 'without-group-admins' },
  },
  'without a list of role holders': { okta: { assignees: 'missing', adminFlag: 'absent' } },
  'with the built-in group of administrators': { org: { oktaAdministratorsGroup: true } },
  'whose deactivated users are wanted': { env: { INCLUDE_DEPROVISIONED: 'true' } },
};

test.for(Object.entries(VARIANTS))(
  'incremental run, many changes: all of 25 changes arrive with the next incremental run, for few calls: an org %s',
  async ([, { org, okta = {}, env = {} }], { makeStage }) => {
    const stage = changing(await makeStage({ org: { ...ORG, ...org }, okta }));
    await stage.sync([], env);

    for (const round of [1, 2]) {
      const known = stage.latest();
      const changes = stage.change(25, round);
      const most = mostCalls(stage.org, changes);
      const ran = await stage.sync([], env);

      expect(ran.report).toMatchObject({ mode: 'incremental', outcome: 'completed' });
      stage.expectTruth(known);
      expect(ran.calls).toBeLessThanOrEqual(most);
      expect(new Set(ran.users).size).toBe(ran.users.length);
    }
    const quiet = await stage.sync([], env);
    expect(quiet.users).toEqual([]);
    expect(quiet.calls).toBeLessThanOrEqual(4);
  },
);
