import { describe } from 'vitest';
import { reportOf } from './launch.fixture.ts';
import { expectEvents, printedEvents } from './said.fixture.ts';
import { SOON, test } from './stage.fixture.ts';

const SLOW = { rates: { limits: 1e9 }, latencyMs: 150 } as const;

describe.concurrent('whole job, stopping: told to stop', () => {
  const signals = [
    ['SIGTERM', 143],
    ['SIGINT', 130],
    ['SIGHUP', 129],
  ] as const;

  test.for(signals)(
    'by %s while reading: what is ready is pushed, exit %i',
    async ([signal, code], { makeStage, expect }) => {
      const { org, intake, start } = await makeStage({ org: { users: 300 }, okta: SLOW });

      const { ended, kill } = start(['sync'], { env: { BATCH_SIZE: '20' } });
      await expect.poll(() => intake.latestByUid().size, SOON).toBeGreaterThan(0);
      kill(signal);
      const last = await ended;

      expect([last.code, reportOf(last).outcome]).toEqual([code, 'cancelled']);
      const { users, intake: delivered, error } = reportOf(last);
      expect(error).toBeUndefined();
      expect(users.emitted).toBeGreaterThan(10);
      expect(users.emitted).toBeLessThan(290);
      expect(delivered).toMatchObject({ accepted: users.emitted, pending: 0 });
      const received = intake.latestByUid();
      expect(received.size).toBe(users.emitted);
      expectEvents(received, org, { isWanted: ({ id }) => received.has(id) });
    },
  );

  test('with an intake that never answers: leaves within 10 s, the events wait', async ({
    makeStage,
    expect,
  }) => {
    const { org, intake, start, run } = await makeStage();
    intake.setState('silent');

    const { ended, kill } = start(['sync']);
    await expect.poll(() => intake.requests.length, SOON).toBeGreaterThan(0);
    kill('SIGTERM');
    const last = await ended;

    expect(last.code).toBe(143);
    const { users, intake: delivered, outcome } = reportOf(last);
    expect([outcome, delivered.pending]).toEqual(['cancelled', users.emitted]);

    intake.setState('up');
    await run(['sync']);
    expectEvents(intake.latestByUid(), org);
  });

  test('while Okta is silent, and again: leaves at once', async ({ makeStage, expect }) => {
    const { okta, intake, start } = await makeStage({ okta: SLOW });
    intake.setState('silent');

    const { ended, kill } = start(['sync']);
    await expect.poll(() => intake.requests.length, SOON).toBeGreaterThan(0);
    kill('SIGTERM');
    await new Promise((resolve) => setTimeout(resolve, 300));
    kill('SIGINT');
    const last = await ended;

    expect(last.code).toBe(130);
    expect(okta.tally.total).toBeGreaterThan(0);
  });

  test('while Okta never answers: leaves within 10 s', async ({ makeStage, expect }) => {
    const { okta, start } = await makeStage({ okta: { latencyMs: 60_000 } });

    const { ended, kill } = start(['sync']);
    await expect.poll(() => okta.tally.total, SOON).toBeGreaterThan(0);
    kill('SIGTERM');
    const last = await ended;

    expect([last.code, reportOf(last).outcome]).toEqual([143, 'cancelled']);
  });

  test('while a bucket is spent: leaves within 10 s', async ({ makeStage, expect }) => {
    const { okta, start } = await makeStage({ okta: { rates: { limits: { users: 2 }, windowSeconds: 60 } } });

    const { ended, kill } = start(['sync']);
    await expect.poll(() => okta.calls.get('/api/v1/users') ?? 0, SOON).toBeGreaterThan(0);
    kill('SIGTERM');
    const last = await ended;

    expect([last.code, reportOf(last).outcome]).toEqual([143, 'cancelled']);
  });

  test('dry-run prints what is ready, and whole lines only', async ({ makeStage, expect }) => {
    const { org, start } = await makeStage({ org: { users: 300 }, okta: SLOW });

    const { ended, kill, stdout } = start(['dry-run']);
    await expect.poll(() => stdout().length, SOON).toBeGreaterThan(0);
    kill('SIGTERM');
    const last = await ended;

    const printed = printedEvents(last);
    expect(last.code).toBe(143);
    expect(printed.size).toBeGreaterThan(0);
    expect(printed.size).toBeLessThan(290);
    expectEvents(printed, org, { isWanted: ({ id }) => printed.has(id) });
  });
});
