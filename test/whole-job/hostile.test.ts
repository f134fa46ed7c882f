import { createServer } from 'node:http';
import { once } from 'node:events';
import { describe, expect } from 'vitest';
import { reportOf, toldLines } from './launch.fixture.ts';
import { expectEvents } from './said.fixture.ts';
import { SOON, test as staged } from './stage.fixture.ts';

/** Somebody else's server: whoever comes here was led astray, and is noted with all that they brought. */
const test = staged.extend('foreign', async ({ onTestFinished }) => {
  const visits: string[] = [];
  const server = createServer((request, response) => {
    visits.push(`${request.method} ${request.url} ${JSON.stringify(request.headers)}`);
    response.writeHead(200, { 'content-type': 'application/json' }).end('[]');
  });
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  return { url: `http://127.0.0.1:${address.port}`, visits };
});

const WORDS = {
  'foreign-next': 'another origin',
  redirect: 'redirect',
  'loop-next': 'leads back',
  'endless-repeat': 'nothing new',
  'giant-body': '64 MiB',
} as const;

describe.concurrent('whole job, hostile: an org that means harm', () => {
  const cases = [
    { template: '/api/v1/users', kind: 'foreign-next' },
    { template: '/api/v1/users', kind: 'loop-next' },
    { template: '/api/v1/users', kind: 'redirect' },
    { template: '/api/v1/users', kind: 'endless-repeat' },
    { template: '/api/v1/users', kind: 'giant-body' },
  ] as const;

  test.for(cases)(
    '$kind on $template ends the run with a clear error, and leads the token nowhere',
    async ({ template, kind }, { makeStage, foreign }) => {
      const { okta, intake, run } = await makeStage({
        org: { users: 30 },
        okta: { rates: { limits: 1e9 }, hostile: [{ template, kind, origin: foreign.url }] },
      });

      const ended = await run(['sync']);

      expect(foreign.visits).toEqual([]);
      expect(ended.code).toBe(1);
      expect(toldLines(ended)[0]).toMatch(/^error: /);
      expect(toldLines(ended)[0]).toContain(WORDS[kind]);
      expect(reportOf(ended)).toMatchObject({ outcome: 'failed', error: { code: 'okta_response' } });
      expect(okta.tally.total).toBeLessThan(700);
      expect(intake.requests.every(({ status }) => status === 200)).toBe(true);
    },
  );

  const otherWays = [
    { template: '/api/v1/groups', kind: 'foreign-next' },
    { template: '/api/v1/groups', kind: 'loop-next' },
    { template: '/api/v1/groups', kind: 'endless-repeat' },
    { template: '/api/v1/groups', kind: 'redirect' },
    { template: '/api/v1/groups/{id}/users', kind: 'foreign-next' },
    { template: '/api/v1/groups/{id}/users', kind: 'loop-next' },
    { template: '/api/v1/groups/{id}/users', kind: 'endless-repeat' },
    { template: '/api/v1/iam/assignees/users', kind: 'foreign-next' },
    { template: '/api/v1/iam/assignees/users', kind: 'loop-next' },
    { template: '/api/v1/iam/assignees/users', kind: 'endless-repeat' },
    { template: '/api/v1/logs', kind: 'foreign-next' },
    { template: '/api/v1/logs', kind: 'redirect' },
  ] as const;

  test.for(otherWays)(
    '$kind on $template has the run ask another way: all events are right',
    async ({ template, kind }, { makeStage, foreign }) => {
      const { org, intake, run } = await makeStage({
        org: { users: 45 },
        okta: { rates: { limits: 1e9 }, hostile: [{ template, kind, origin: foreign.url }] },
      });

      const ended = await run(['sync']);

      expect(foreign.visits).toEqual([]);
      expect(reportOf(ended)).toMatchObject({ outcome: 'completed', gaps: {} });
      expectEvents(intake.latestByUid(), org);
    },
  );

  test.for(['redirect', 'giant-body'] as const)(
    '%s in the place of factors is a gap of each user, and ends nothing',
    async (kind, { makeStage, foreign }) => {
      const template = '/api/v1/users/{id}/factors';
      const { intake, run } = await makeStage({
        org: { users: 4 },
        okta: { hostile: [{ template, kind, origin: foreign.url }] },
      });

      const { outcome, users, gaps } = reportOf(await run(['sync']));

      expect(foreign.visits).toEqual([]);
      expect([outcome, gaps['factors']]).toEqual(['completed_with_gaps', { unreadable: users.emitted }]);
      expect(intake.latestByUid().size).toBe(users.emitted);
    },
  );

  test.for(['foreign-next', 'loop-next'] as const)(
    'the users of the page that carried a %s are delivered, nobody is declared gone',
    async (kind, { makeStage, foreign }) => {
      const hostile = [{ template: '/api/v1/users', kind, origin: foreign.url }];
      const { intake, run } = await makeStage({
        org: { users: 30 },
        okta: { rates: { limits: 1e9 }, hostile },
      });

      const { users } = reportOf(await run(['sync'], { env: { LOOKUPS: 'groups' } }));

      expect(users.listed).toBeGreaterThan(0);
      expect(users.removed).toBe(0);
      expect(intake.latestByUid().size).toBe(users.emitted);
      expect(users.emitted + users.dead_lettered).toBe(users.listed);
    },
  );

  test('a next link to another host of the same org is asked at the configured one', async ({
    makeStage,
    foreign,
  }) => {
    const { org, intake, run } = await makeStage({
      org: { users: 450 },
      okta: {
        rates: { limits: 1e9 },
        alternateUrl: 'https://login.example.com',
        hostile: [{ template: '/api/v1/users', kind: 'foreign-next', origin: 'https://login.example.com' }],
      },
    });

    // The simulated listing has no end at the configured host either: what counts is that pages came from there.
    const ended = await run(['sync'], { env: { LOOKUPS: 'groups' } });

    expect(foreign.visits).toEqual([]);
    expect(reportOf(ended).users.listed).toBe(
      org.users.filter(({ status }) => status !== 'DEPROVISIONED').length,
    );
    expect(intake.latestByUid().size).toBeGreaterThan(400);
  });
});

describe.concurrent('whole job, hostile: an intake that means harm', () => {
  test('a redirect is not followed: the run ends, the events wait', async ({ makeStage, foreign }) => {
    const { org, intake, run } = await makeStage({ intake: { redirect: `${foreign.url}/elsewhere` } });

    const ended = await run(['sync']);

    expect(foreign.visits).toEqual([]);
    expect(ended.code).not.toBe(0);
    expect(reportOf(ended)).toMatchObject({ outcome: 'failed', error: { code: 'intake_auth' } });
    expect(reportOf(ended).intake.pending).toBe(reportOf(ended).users.emitted);
    expect(toldLines(ended).join('\n')).toMatch(/^error: .*redirect[^]*SEKOIA_BASE_URL/);
    expect(intake.requests).toHaveLength(1);
    expectEvents(intake.latestByUid(), org, { isWanted: () => false });
  });

  test('an answer without end is given up, and the batch sent again', async ({ makeStage, expect }) => {
    const { intake, start } = await makeStage({ org: { users: 5 }, intake: { isGiant: true } });

    const { ended, kill } = start(['sync']);
    await expect.poll(() => intake.requests.length, SOON).toBeGreaterThan(1);
    kill('SIGTERM');
    const report = reportOf(await ended);

    expect(report).toMatchObject({ outcome: 'cancelled', intake: { accepted: 0 } });
    expect(report.intake.pending).toBe(report.users.emitted);
  });
});
