import { mkdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect } from 'vitest';
import { reportOf, toldLines } from './launch.fixture.ts';
import { expectEvents, isNotDeprovisioned, userOf, without } from './said.fixture.ts';
import { SOON, test, type Stage } from './stage.fixture.ts';

const SECOND_ORG = { seed: 2 };

/** Some users of the org, by their place among those that are listed. */
function listedIds({ org }: Stage, ...places: readonly number[]): string[] {
  const listed = org.users.filter(isNotDeprovisioned);
  return places.map((place) => listed[place]?.id ?? '');
}

function uidsIn(batches: Stage['intake']['received']): unknown[] {
  return batches.map(({ item }) => userOf(item)['uid']);
}

describe.concurrent('whole job, intake: an intake that is down', () => {
  test('costs nothing: what waits leaves first in the next run', async ({ makeStage, expect }) => {
    const stage = await makeStage();
    const { org, intake, run, start } = stage;
    const total = org.users.filter(isNotDeprovisioned).length;
    intake.setDown(true);

    const { ended, kill } = start(['sync'], { env: { LOG_LEVEL: 'info' } });
    await expect.poll(() => intake.requests.length, SOON).toBeGreaterThan(1);
    kill('SIGTERM');
    const first = await ended;

    expect(first.code).toBe(143);
    const waiting = reportOf(first).intake.pending;
    expect(waiting).toBe(reportOf(first).users.emitted);
    expect(waiting).toBeGreaterThan(0);

    // The last user changes in between: their new event comes after all that waited.
    const changed = org.users.findLast(isNotDeprovisioned);
    if (changed !== undefined) changed.patch = { displayName: 'Changed in between' };
    intake.setDown(false);
    const second = reportOf(await run(['sync', '--full']));

    expectEvents(intake.latestByUid(), org);
    expect(second).toMatchObject({ outcome: 'completed', intake: { pending: 0 } });
    expect(uidsIn(intake.received.slice(0, waiting))).toHaveLength(
      new Set(uidsIn(intake.received.slice(0, waiting))).size,
    );
    expect(intake.received.length).toBeLessThanOrEqual(total + 1);
    expect(userOf(intake.received.at(-1)?.item ?? {})['display_name']).toBe('Changed in between');
  });

  test('for 15 minutes ends the run: all was read, all waits, exit 1', async ({ makeStage }) => {
    const { org, intake, run } = await makeStage({ org: { users: 6 } });
    const env = { LOOKUPS: 'factors' };
    intake.setDown(true);

    const startedAt = Date.now();
    // Only the product's clock runs faster: time-outs of the network stay as long as they are.
    const now = (): number => startedAt + (Date.now() - startedAt) * 150;
    const ended = await run(['sync'], { sleepsFaster: 150, now, env });
    const emitted = org.users.filter(isNotDeprovisioned).length;

    expect(ended.code).toBe(1);
    expect(reportOf(ended)).toMatchObject({
      outcome: 'failed',
      users: { emitted },
      intake: { accepted: 0, pending: emitted },
      error: { code: 'intake_unavailable' },
    });
    expect(toldLines(ended)[0]).toMatch(/^error: .*15 minutes/);

    intake.setDown(false);
    expect(reportOf(await run(['sync'], { env })).intake).toMatchObject({ accepted: emitted, pending: 0 });
    expectEvents(intake.latestByUid(), org, { change: (said) => without(said, 'groups', 'type', 'type_id') });
  });

  test('acknowledgements that are lost only make events arrive twice', async ({ makeStage }) => {
    const { org, intake, run } = await makeStage({
      org: { users: 60 },
      intake: { faults: { rate: 0.6, kinds: ['lost-acknowledgement'], maxRepeats: 1 } },
    });

    const ended = await run(['sync'], { env: { BATCH_SIZE: '4' }, sleepsFaster: 10 });
    const { emitted } = reportOf(ended).users;

    expectEvents(intake.latestByUid(), org);
    expect(intake.counts().events).toBeGreaterThan(emitted);
    expect(reportOf(ended)).toMatchObject({
      outcome: 'completed',
      intake: { accepted: emitted, pending: 0 },
    });
    expect(reportOf(ended).intake.retries).toBeGreaterThan(0);
  });
});

describe.concurrent('whole job, intake: an intake that refuses the sender', () => {
  const cases = [
    { name: 'a wrong key', env: { SEKOIA_API_KEY: 'wrong-key-wrong' }, says: 'SEKOIA_API_KEY' },
    {
      name: 'a wrong connector id',
      env: { SEKOIA_CONNECTOR_UUID: 'wrong-id' },
      says: 'SEKOIA_CONNECTOR_UUID',
    },
  ];

  test.for(cases)(
    '$name: exit 3, named; the events wait for the right one',
    async ({ env, says }, { makeStage }) => {
      const { org, intake, run } = await makeStage();

      const ended = await run(['sync'], { env });

      expect(ended.code).toBe(3);
      expect(toldLines(ended).join('\n')).toMatch(new RegExp(`^error: [^]*hint: .*${says}`));
      expect(reportOf(ended)).toMatchObject({ outcome: 'failed', error: { code: 'intake_auth' } });
      const { emitted } = reportOf(ended).users;
      expect([emitted, reportOf(ended).intake.pending]).toEqual([
        org.users.filter(isNotDeprovisioned).length,
        emitted,
      ]);
      expect(intake.requests).toHaveLength(1);

      const next = reportOf(await run(['sync']));

      expectEvents(intake.latestByUid(), org);
      expect([next.users.emitted, next.intake.accepted, next.intake.pending]).toEqual([0, emitted, 0]);
    },
  );

  test.for([
    [422, {}],
    [400, { BATCH_BYTES: '1', BATCH_SIZE: '5' }],
  ] as const)(
    'by refusing every event with %i %j: nothing becomes a dead letter, exit 1',
    async ([status, env], { makeStage }) => {
      const { intake, run } = await makeStage({ intake: { refuseEvent: () => status } });

      const ended = await run(['sync'], { env });
      const { users, intake: delivered, error } = reportOf(ended);

      expect(ended.code).toBe(1);
      expect(error?.code).toBe('intake_refused');
      expect([users.dead_lettered, delivered.pending]).toEqual([0, users.emitted]);
      expect(intake.received).toEqual([]);
    },
  );
});

describe.concurrent('whole job, intake: events that are refused', () => {
  test.for([422, 413] as const)(
    'with %i become dead letters alone, and are not offered again until they change',
    async (status, { makeStage }) => {
      const refusedIds = new Set<string>();
      const stage = await makeStage({
        intake: {
          refuseEvent: (event) => (refusedIds.has(String(userOf(event)['uid'])) ? status : undefined),
        },
      });
      const { org, intake, run } = stage;
      for (const id of listedIds(stage, 3, 17)) refusedIds.add(id);
      const isWanted = (user: (typeof org.users)[number]): boolean =>
        isNotDeprovisioned(user) && !refusedIds.has(user.id);

      const first = await run(['sync']);

      expectEvents(intake.latestByUid(), org, { isWanted });
      expect(first.code).toBe(0);
      expect(reportOf(first)).toMatchObject({
        outcome: 'completed',
        users: { dead_lettered: 2 },
        intake: { pending: 0 },
      });

      const requests = intake.requests.length;
      const second = await run(['sync', '--full', '--strict']);

      expect([second.code, reportOf(second).users.dead_lettered]).toEqual([4, 2]);
      expect(intake.requests).toHaveLength(requests);

      refusedIds.clear();
      const [first3 = ''] = listedIds(stage, 3);
      const changed = org.user(first3);
      if (changed !== undefined) changed.patch = { displayName: 'Changed' };
      await run(['sync', '--full']);

      expect(userOf(intake.latestByUid().get(first3) ?? {})['display_name']).toBe('Changed');
    },
  );

  test('because a batch is too large are sent in smaller ones', async ({ makeStage }) => {
    const { org, intake, run } = await makeStage({
      org: { users: 100, oddUsers: true },
      intake: { maxBytes: 60_000 },
    });

    const ended = await run(['sync', '--strict']);

    expectEvents(intake.latestByUid(), org);
    expect(ended.code).toBe(0);
    expect(intake.requests.some(({ status }) => status === 413)).toBe(true);
  });
});

describe.concurrent('whole job, intake: one run after another', () => {
  test('an unchanged org emits nothing, a changed user one event, DELIVERY=all everything', async ({
    makeStage,
  }) => {
    const { org, intake, run } = await makeStage({ org: { oddUsers: true, brokenUsers: true } });
    const first = reportOf(await run(['sync']));
    const { emitted } = first.users;

    const second = reportOf(await run(['sync', '--full']));
    expect(second.users).toMatchObject({
      emitted: 0,
      unchanged: emitted,
      dead_lettered: first.users.dead_lettered,
    });
    expect(second.intake).toEqual({ batches: 0, accepted: 0, retries: 0, pending: 0 });

    const changed = org.users.findLast(isNotDeprovisioned);
    if (changed !== undefined) changed.factors = ['webauthn', 'sms'];
    if (changed !== undefined) changed.patch = { displayName: 'Changed' };
    const third = reportOf(await run(['sync', '--full']));
    expect(third.users).toMatchObject({ emitted: 1, unchanged: emitted - 1 });

    const all = reportOf(await run(['sync', '--full'], { env: { DELIVERY: 'all' } }));
    expect(all).toMatchObject({ users: { emitted, unchanged: 0 }, intake: { accepted: emitted } });
    expectEvents(intake.latestByUid(), org);
  });

  test('--report writes the report that stdout shows, --strict exits 4 when there are dead letters', async ({
    makeStage,
  }) => {
    const { run, stateDir } = await makeStage({ org: { users: 30, brokenUsers: true } });
    const file = join(stateDir, 'report.json');

    const ended = await run(['sync', '--strict', '--report', file]);

    expect(ended.code).toBe(4);
    expect(await readFile(file, 'utf8')).toBe(ended.stdout);
    expect(reportOf(ended)).toMatchObject({ outcome: 'completed', users: { dead_lettered: 5 } });
  });

  test('a file of --report that cannot be written any more costs the file, not the report', async ({
    makeStage,
    expect,
  }) => {
    const { intake, start, stateDir } = await makeStage();
    const file = join(stateDir, 'report.json');
    intake.setDown(true);

    const { ended } = start(['sync', '--report', file]);
    await expect.poll(() => intake.requests.length, SOON).toBeGreaterThan(0);
    await rm(file);
    await mkdir(file);
    intake.setDown(false);

    const { code, stdout } = await ended;
    expect([code, JSON.parse(stdout).outcome]).toEqual([1, 'completed']);
    expect(toldLines(await ended)[0]).toMatch(/^error: --report cannot be written: /);
  });

  test("ORG_LABEL is in the report, also in a failed run's", async ({ makeStage }) => {
    const { run } = await makeStage();
    const env = { ORG_LABEL: 'Acme production' };

    const right = reportOf(await run(['sync'], { env }));
    const failed = reportOf(await run(['sync'], { env: { ...env, STATE_DIR: '/dev/null/state' } }));

    expect([right.org, right.outcome]).toEqual(['Acme production', 'completed']);
    expect([failed.org, failed.outcome]).toEqual(['Acme production', 'failed']);
  });

  test('another org is refused on the same STATE_DIR', async ({ makeStage }) => {
    const one = await makeStage();
    const other = await makeStage({ org: SECOND_ORG });
    await one.run(['sync']);

    const ended = await other.run(['sync'], { env: { STATE_DIR: one.stateDir } });

    expect([ended.code, reportOf(ended).error?.code]).toEqual([1, 'inventory']);
    expect(toldLines(ended).join('\n')).toContain('STATE_DIR');
    expect(other.intake.requests).toEqual([]);
  });

  test('a second process on the same STATE_DIR is refused, and the first goes on', async ({
    makeStage,
    expect,
  }) => {
    const { org, intake, start, run } = await makeStage();
    intake.setDown(true);

    const { ended } = start(['sync']);
    await expect.poll(() => intake.requests.length, SOON).toBeGreaterThan(0);
    const second = await run(['sync']);
    intake.setDown(false);

    expect(second.code).toBe(1);
    expect(toldLines(second).join('\n')).toMatch(/^error: .*is in use by run [^]*hint: .*STATE_DIR/);
    expect((await ended).code).toBe(0);
    expectEvents(intake.latestByUid(), org);
  });
});

describe.concurrent('whole job, intake: kill -9 in the middle', () => {
  test.for([8, 24, 36])(
    'at the call %i: the next run makes everything right',
    async (calls, { makeStage }) => {
      let kill = (): void => undefined;
      const { org, intake, start, run } = await makeStage({
        okta: {
          rates: { limits: 1e9 },
          onRequest: ({ count }) => {
            if (count === calls) kill();
          },
        },
      });

      const child = start(['sync'], { env: { BATCH_SIZE: '3' } });
      kill = () => child.kill('SIGKILL');
      expect((await child.ended).code).toBeNull();
      const next = await run(['sync', '--strict'], { env: { BATCH_SIZE: '3' } });

      expectEvents(intake.latestByUid(), org);
      expect([next.code, reportOf(next).intake.pending]).toEqual([0, 0]);
    },
  );

  test('while a batch is in flight: it is sent again', async ({ makeStage, expect }) => {
    const { org, intake, start, run } = await makeStage({ intake: { delayMs: 300 } });

    const child = start(['sync'], { env: { BATCH_SIZE: '10' } });
    await expect.poll(() => intake.requests.length, SOON).toBeGreaterThan(1);
    child.kill('SIGKILL');
    await child.ended;
    const next = reportOf(await run(['sync'], { env: { BATCH_SIZE: '10' } }));

    expectEvents(intake.latestByUid(), org);
    expect(next.intake.pending).toBe(0);
  });
});
