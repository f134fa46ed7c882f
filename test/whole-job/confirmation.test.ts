import { describe, expect } from 'vitest';
import { z } from 'zod';
import type { IntakeServerOptions } from '../../src/simulator/index.ts';
import { reportOf } from './launch.fixture.ts';
import { expectEvents, isNotDeprovisioned, userOf } from './said.fixture.ts';
import { test } from './stage.fixture.ts';

const KINDS = [
  ['200-html', /HTTP 200 with an HTML page/],
  ['200-error', /HTTP 200 with a JSON error: T500: not stored/],
  ['200-none', /HTTP 200 with accepted 0 of \d+ events/],
  ['207-errors', /HTTP 207 with a JSON error/],
] as const;

function confirmingNothing(kind: (typeof KINDS)[number][0], maxRepeats: number): IntakeServerOptions {
  return { faults: { rate: 1, kinds: [kind], maxRepeats } };
}

describe.concurrent('whole job, confirmation: a 2xx that confirms nothing', () => {
  test.for(KINDS)(
    '%s: no event is forgotten, each batch is sent again',
    async ([kind, seen], { makeStage }) => {
      const { org, intake, run } = await makeStage({ intake: confirmingNothing(kind, 1) });

      const ended = await run(['sync'], { env: { BATCH_SIZE: '10' }, sleepsFaster: 50 });
      const { users, intake: delivered } = reportOf(ended);

      expectEvents(intake.latestByUid(), org);
      expect(delivered).toMatchObject({ accepted: users.emitted, pending: 0, retries: delivered.batches });
      expect(ended.stderr).toMatch(seen);
    },
  );

  test('for 15 minutes ends the run: all waits, and the report says what was seen', async ({ makeStage }) => {
    const { intake, run } = await makeStage({
      org: { users: 6 },
      intake: confirmingNothing('200-html', Number.POSITIVE_INFINITY),
    });

    const ended = await run(['sync'], { fastClock: 150, env: { LOOKUPS: 'factors' } });
    const { users, intake: delivered, error } = reportOf(ended);

    expect([ended.code, error?.code]).toEqual([1, 'intake_unavailable']);
    expect(error?.message).toMatch(/15 minutes.*HTTP 200 with an HTML page/);
    expect(delivered).toMatchObject({ accepted: 0, pending: users.emitted });
    expect(intake.received).toEqual([]);
  });

  test.for(KINDS.filter(([kind]) => kind === '200-html' || kind === '200-error'))(
    '%s fails the test of the connection',
    async ([kind, seen], { makeStage }) => {
      const { run } = await makeStage({ intake: confirmingNothing(kind, Number.POSITIVE_INFINITY) });

      const ended = await run(['test', '--json'], { sleepsFaster: 50 });
      const { checks } = z
        .object({ checks: z.array(z.looseObject({ code: z.string() })) })
        .parse(JSON.parse(ended.stdout));

      expect(ended.code).toBe(1);
      expect(checks.find(({ code }) => code === 'intake')).toMatchObject({
        status: 'failed',
        detail: expect.stringMatching(seen),
        todo: expect.stringContaining('SEKOIA_BASE_URL'),
      });
    },
  );
});

describe.concurrent('whole job, confirmation: events that are too large alone', () => {
  test('25 of them, one after another, are dead letters, and all others arrive', async ({ makeStage }) => {
    const large = new Set<string>();
    const { org, intake, run } = await makeStage({
      org: { users: 60 },
      intake: { refuseEvent: (event) => (large.has(String(userOf(event)['uid'])) ? 413 : undefined) },
    });
    for (const { id } of org.users.filter(isNotDeprovisioned).slice(0, 25)) large.add(id);

    const ended = await run(['sync'], { env: { BATCH_SIZE: '5' } });

    expectEvents(intake.latestByUid(), org, {
      isWanted: (user) => isNotDeprovisioned(user) && !large.has(user.id),
    });
    expect(ended.code).toBe(0);
    expect(reportOf(ended)).toMatchObject({
      outcome: 'completed',
      users: { dead_lettered: 25 },
      intake: { pending: 0 },
    });
  });
});
