import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { changing } from '../incremental/changing-stage.fixture.ts';
import type { Stage } from '../whole-job/stage.fixture.ts';
import { SOON } from '../whole-job/stage.fixture.ts';
import { reportOf, type Ended } from '../whole-job/launch.fixture.ts';
import { test } from './receiver.fixture.ts';
import type { Receiver } from './receiver.ts';

const FACTORS = '/api/v1/users/{id}/factors';
const RULES = `
alerts:
  - id: without-mfa
    query: admins-without-mfa
    severity: high
    to: [webhook, findings]
  - id: mfa-unknown
    query: admins-mfa-unknown
    severity: low
    to: webhook
`;

function envOf({ stateDir }: Stage, receiver: Receiver, rules = RULES): Readonly<Record<string, string>> {
  const file = join(stateDir, 'alerts.yaml');
  writeFileSync(file, rules);
  return {
    ALERTS_FILE: file,
    ALERT_WEBHOOK_URL: receiver.url,
    ALERT_WEBHOOK_KEY: 'a-key-that-is-long-enough-for-this-test',
    // A last known answer stands in for no failed one.
    MAX_ANSWER_AGE: '0',
  };
}

function countsIn(ended: Ended, id: string): string {
  const { open, new: opened, closed, unconfirmed } = reportOf(ended).alerts?.[id] ?? {};
  return `open ${open}, new ${opened}, closed ${closed}, unconfirmed ${unconfirmed}`;
}

test('an alert is closed by knowledge only: while factors fail nothing is, afterwards what is true, once each', async ({
  makeStage,
  makeReceiver,
  expect,
}) => {
  let areFactorsRefused = false;
  const refuse = [{ template: FACTORS, status: 403, only: () => areFactorsRefused }];
  const stage = await makeStage({ org: { users: 12, admins: 4, adminGroups: 0 }, okta: { refuse } });
  const receiver = await makeReceiver();
  const env = envOf(stage, receiver);
  const admins = stage.org.users.filter(({ roles, status }) => roles.length > 0 && status === 'ACTIVE');
  for (const admin of admins) admin.factors = ['push'];
  const [first, second] = admins;
  if (first === undefined || second === undefined) throw new Error('the org has too few administrators');
  first.factors = [];
  const sync = (): Promise<Ended> => stage.run(['sync', '--full', '--alerts-strict'], { env });

  const ran = await sync();
  expect(ran.code).toBe(4);
  expect(receiver.news()).toEqual([`alert.summary without-mfa ${first.id}`]);

  second.factors = [];
  expect(countsIn(await sync(), 'without-mfa')).toBe('open 2, new 1, closed 0, unconfirmed 0');
  expect(receiver.news()).toEqual([`alert.opened without-mfa ${second.id}`]);

  // From here on nobody can say whether the first one still has none.
  first.factors = ['push'];
  areFactorsRefused = true;
  const blind = await sync();
  expect(countsIn(blind, 'without-mfa')).toBe('open 2, new 0, closed 0, unconfirmed 2');
  expect(countsIn(blind, 'mfa-unknown')).toMatch(/^open (\d+), new \1, closed 0/);
  expect(blind.code).toBe(4);
  const opened = receiver.news();
  expect(opened.filter((line) => !line.startsWith('alert.opened mfa-unknown'))).toEqual([]);
  expect(opened).toHaveLength(reportOf(blind).alerts?.['mfa-unknown']?.open ?? 0);
  expect(countsIn(await sync(), 'without-mfa')).toBe('open 2, new 0, closed 0, unconfirmed 2');
  expect(receiver.news()).toEqual([]);

  areFactorsRefused = false;
  const seeing = await sync();
  expect(countsIn(seeing, 'without-mfa')).toBe('open 1, new 0, closed 1, unconfirmed 0');
  expect(receiver.news().toSorted()).toEqual(
    [
      `alert.closed without-mfa ${first.id}`,
      ...opened.map((line) => line.replace('opened', 'closed')),
    ].toSorted(),
  );

  // A user who is gone by Okta's own 404 is no row of anything.
  const { mutations } = changing(stage);
  mutations.deactivate(second.id);
  mutations.deleteUser(second.id);
  const last = await stage.run(['sync', '--full', '--alerts-strict', '--accept-removals'], { env });
  expect(countsIn(last, 'without-mfa')).toBe('open 0, new 0, closed 1, unconfirmed 0');
  expect([last.code, receiver.news()]).toEqual([0, [`alert.closed without-mfa ${second.id}`]]);
  expect(new Set(receiver.received.map(({ id }) => id)).size).toBe(receiver.received.length);
});

test('killed between storing and sending: nothing is lost, and nothing is told under two ids', async ({
  makeStage,
  makeReceiver,
  expect,
}) => {
  const stage = await makeStage({ org: { users: 12 } });
  const receiver = await makeReceiver();
  const env = envOf(stage, receiver, 'alerts: [{id: all, sql: SELECT id AS uid FROM users, to: webhook}]');
  receiver.isSilent = true;

  const { ended, kill } = stage.start(['sync'], { env });
  await expect.poll(() => receiver.received.length, SOON).toBe(1);
  kill('SIGKILL');
  await ended;
  receiver.isSilent = false;
  const after = await stage.run(['sync'], { env });

  const [killed, ...later] = receiver.received.map(({ id }) => id);
  expect(later).toEqual([killed]);
  expect(countsIn(after, 'all')).toMatch(/^open (\d+), new 0, closed 0, unconfirmed 0$/);
});
