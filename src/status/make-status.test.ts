import { expect, test } from 'vitest';
import { aQuietReport } from '../ports/report.fixture.ts';
import { makeStatus } from './make-status.ts';
import { AT, factsOf, postureAt, SCENES, storedOf } from './status.fixture.ts';
import { statusSchema } from './status.ts';
import { DAY_MS } from './words.ts';

test.each(Object.entries(SCENES))('status: %s is as the schema says', (_, facts) => {
  expect(statusSchema.parse(makeStatus(facts))).toEqual(makeStatus(facts));
});

test('status: runs are told the oldest first, by code and never by message', () => {
  const error = {
    code: 'okta_forbidden',
    message: 'GET /users/00u1jane was refused',
    hint: 'ask jane@acme.com',
  };
  const runs = [
    aQuietReport({ started_at: '2026-04-14T08:00:00.000Z', outcome: 'failed', error }),
    aQuietReport({ started_at: '2026-04-14T07:00:00.000Z', run_id: 'run-of-before' }),
  ];
  const status = makeStatus(factsOf({ org: undefined, stored: storedOf({ users: 10 }, { runs }) }));

  expect(status.runs.recent.map(({ started_at: at, error: code }) => [at, code])).toEqual([
    ['2026-04-14T07:00:00.000Z', undefined],
    ['2026-04-14T08:00:00.000Z', 'okta_forbidden'],
  ]);
  expect(JSON.stringify(status)).not.toMatch(/jane|run-of-before/);
});

test('status: users who may not sign in count for no share, and what is unknown is never a no', () => {
  const posture = postureAt(1000, 91);
  const newest = { at: AT, posture };
  const { today } =
    makeStatus(factsOf({ stored: storedOf({ users: 10 }, { newest, days: [] }) })).posture ?? {};
  const active = posture.statuses['ACTIVE'];

  expect(today?.users).toBe(1000);
  expect(today?.may_sign_in).toBe(active?.users);
  expect(today?.mfa).toEqual(active?.mfa);
});

test('status: the change is since the last day that is at least 30 days old', () => {
  const dayAt = (back: number, users: number) => ({
    at: AT - back * DAY_MS,
    posture: postureAt(users, 91 - back),
  });
  const monthAgo = (days: readonly ReturnType<typeof dayAt>[]) =>
    makeStatus(factsOf({ stored: storedOf({ users: 10 }, { newest: dayAt(0, 1000), days }) })).posture
      ?.month_ago?.users;

  expect(monthAgo([dayAt(40, 400), dayAt(33, 330), dayAt(29, 290), dayAt(0, 1000)])).toBe(330);
  expect(monthAgo([dayAt(29, 290), dayAt(0, 1000)])).toBeUndefined();
});

test('status: another process than the worker does not know what runs now, and does not say that nothing does', () => {
  expect(makeStatus(SCENES.frozen)).toMatchObject({ now: { state: 'unknown' }, next: {}, buckets: [] });
});

test('status: without an inventory the outbox is unknown, not empty', () => {
  expect(makeStatus(SCENES.empty)).toMatchObject({
    outbox: {},
    dead_letters: {},
    health: { state: 'starting' },
  });
});

test('status: open alerts by rule, with the severity of their rule, and messages that the webhook does not take', () => {
  const { alerts, notices, health } = makeStatus(SCENES.failure);

  expect(alerts).toEqual([
    {
      id: 'admin-without-mfa',
      severity: 'high',
      open: 3,
      unconfirmed: 1,
      since: '2026-04-13T08:42:10.000Z',
    },
    { id: 'new-admins', open: 12, unconfirmed: 0, since: '2026-04-14T08:02:10.000Z' },
  ]);
  expect(notices).toEqual({
    waiting: 2,
    failing_since: '2026-04-14T07:12:10.000Z',
    what: 'cannot take messages now (HTTP 503)',
  });
  expect(health.reasons.at(-1)).toMatchObject({
    code: 'notices',
    what: '2 messages wait for the webhook, which cannot take messages now (HTTP 503)',
    todo: 'run `okta-ocsf notify-test`: it says what comes back',
  });
});
