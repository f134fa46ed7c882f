import { describe, expect, test } from 'vitest';
import { createMutations, createOrg, type LogEvent, type SimulatedOrg } from '../src/simulator/index.ts';
import { truthOfAssets } from './asset-truth.ts';

const OPTIONS = {
  users: 120,
  groups: 24,
  apps: 18,
  appsForEveryone: 1,
  usersPerApp: 30,
  rules: 6,
  devices: 20,
};
const KINDS = ['direct', 'group', 'okta-says-group'] as const;

function assignmentsOf(org: SimulatedOrg): string[] {
  return truthOfAssets(org).appUsers.map(({ appId, userId }) => `${appId} ${userId}`);
}

/** `AppInstance` and `User` of an event. */
function pairOf({ target }: LogEvent): string {
  const idOf = (type: string): unknown => target?.find((each) => each['type'] === type)?.['id'];
  return `${String(idOf('AppInstance'))} ${String(idOf('User'))}`;
}

describe('truth of assets', () => {
  test('has every way of access, usable or not, and names what nothing explains', () => {
    const { access, apps, rules, devices } = truthOfAssets(createOrg(OPTIONS));

    expect(KINDS.map((how) => access.some((row) => row.how === how && row.isUsable))).toEqual([
      true,
      true,
      true,
    ]);
    expect(access).toContainEqual(expect.objectContaining({ how: 'group', isUsable: false }));
    expect(access.some(({ how, groupId }) => how === 'okta-says-group' && groupId !== undefined)).toBe(true);
    expect(new Set(apps.map(({ status }) => status))).toEqual(new Set(['ACTIVE', 'INACTIVE']));
    expect(apps.filter(({ isListed }) => !isListed)).toHaveLength(1);
    expect(rules.some(({ danglingIds }) => danglingIds.length > 0)).toBe(true);
    expect(new Set(devices.map(({ userIds }) => userIds.length))).toEqual(new Set([0, 1, 2, 3]));
  });

  test('has the roles of AWS accounts, by account or alias, without values that are no text', () => {
    const org = createOrg({ ...OPTIONS, apps: 0 });
    const [user] = org.users;
    const mutations = createMutations(org, { now: () => Date.UTC(2026, 7, 21) });
    mutations.createApp({ name: 'amazon_aws' });
    const [app] = org.assets.apps;
    if (app === undefined || user === undefined) throw new Error('nothing was made');
    mutations.assignUser(app.id, user.id, { role: 'unused', samlRoles: ['Admin', '[Data lake] -- Ops', 7] });

    expect(truthOfAssets(org).awsRoles.map(({ holder, id, key }) => [holder, id, key])).toEqual([
      ['user', user.id, `arn:aws:iam::${app.awsAccount}:role/Admin`],
      ['user', user.id, 'aws_iam_role:Data lake:Ops'],
    ]);
  });

  test('follows from the truth before and the log, which tells of each assignment that comes or goes', () => {
    const org = createOrg(OPTIONS);
    const known = new Set(assignmentsOf(org));
    const mutations = createMutations(org, { now: () => Date.UTC(2026, 7, 21) });
    mutations.randomChanges(600, 3);
    for (const event of org.log.events) {
      if (event.eventType === 'application.user_membership.add') known.add(pairOf(event));
      if (event.eventType === 'application.user_membership.remove') known.delete(pairOf(event));
    }
    const left = [...known].filter((pair) => org.assets.app(pair.split(' ')[0] ?? '') !== undefined);

    expect(left.toSorted()).toEqual(assignmentsOf(org).toSorted());
  });
});
