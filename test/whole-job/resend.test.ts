import { readdir } from 'node:fs/promises';
import { DatabaseSync } from 'node:sqlite';
import { describe, expect } from 'vitest';
import { inventoryFile } from '../../src/inventory/sqlite/database.ts';
import { changing } from '../incremental/changing-stage.fixture.ts';
import { reportOf, toldLines } from './launch.fixture.ts';
import { expectEvents, isNotDeprovisioned, userOf } from './said.fixture.ts';
import { SOON, test, type Stage } from './stage.fixture.ts';

const INCREMENTAL = { env: { FULL_SYNC_INTERVAL: '86400' } };

/** The newest event of each user that the intake got since it was restored. */
function restored({ intake }: Stage) {
  const before = intake.received.length;
  const since = () => intake.received.slice(before).map(({ item }) => item);
  return {
    events: since,
    latest: () => new Map(since().map((item) => [String(userOf(item)['uid']), item])),
  };
}

/** The state that a killed process leaves: the request, and users whose events are not in the outbox yet. */
function leaveResend(stateDir: string, left: number): void {
  const database = new DatabaseSync(inventoryFile(stateDir));
  database.exec(`UPDATE users SET needs_event = 1 WHERE id IN (SELECT id FROM users LIMIT ${left});
    UPDATE run_state SET record = json_set(record, '$.resendSince', 1)`);
  database.close();
}

describe.concurrent('whole job, resend: sync --resend', () => {
  test('sends every known user again from the inventory, without a call to Okta', async ({ makeStage }) => {
    const stage = await makeStage();
    const { org, okta, run } = stage;
    const first = reportOf(await run(['sync']));
    const calls = okta.tally.total;
    const intake = restored(stage);

    const ended = await run(['sync', '--resend']);
    const report = reportOf(ended);

    expectEvents(intake.latest(), org);
    expect(intake.events()).toHaveLength(first.users.emitted);
    expect(okta.tally.total).toBe(calls);
    expect(ended.code).toBe(0);
    expect(report).toMatchObject({
      outcome: 'completed',
      mode: 'resend',
      users: { listed: 0, emitted: first.users.emitted, unchanged: 0, removed: 0 },
      okta: { total_calls: 0, calls: {} },
      intake: { accepted: first.users.emitted, pending: 0 },
    });

    expect(reportOf(await run(['sync'], INCREMENTAL)).users.emitted).toBe(0);
  });

  test('sends deactivated users that are known, as disabled, and none that was removed', async ({
    makeStage,
  }) => {
    const stage = changing(await makeStage());
    const { org, run, mutations } = stage;
    await run(['sync']);
    const [off = '', gone = ''] = org.users.filter(({ status }) => status === 'ACTIVE').map(({ id }) => id);
    for (const id of [off, gone]) mutations.deactivate(id);
    mutations.deleteUser(gone);
    await run(['sync']);
    const intake = restored(stage);

    await run(['sync', '--resend']);

    expect(intake.latest().get(off)?.['enrichments']).toMatchObject([{ data: { is_enabled: false } }]);
    expect(intake.latest().has(gone)).toBe(false);
    expect(intake.latest().size).toBe(org.users.filter(isNotDeprovisioned).length + 1);
  });

  test('offers again what the intake refused, and what waits is sent once', async ({ makeStage }) => {
    const refusedIds = new Set<string>();
    const stage = await makeStage({
      intake: { refuseEvent: (event) => (refusedIds.has(String(userOf(event)['uid'])) ? 422 : undefined) },
    });
    const { org, run, intake } = stage;
    const [bad] = org.users.filter(isNotDeprovisioned);
    refusedIds.add(bad?.id ?? '');
    await run(['sync']);
    refusedIds.clear();
    intake.setState(401);
    const kept = reportOf(await run(['sync', '--resend'])).intake.pending;
    intake.setState('up');
    const since = restored(stage);

    const { intake: delivered } = reportOf(await run(['sync', '--resend']));

    expectEvents(since.latest(), org);
    expect(kept).toBe(org.users.filter(isNotDeprovisioned).length);
    expect([delivered.accepted, delivered.pending]).toEqual([kept, 0]);
  });

  test('killed before all was in the outbox: the next run sends the rest', async ({ makeStage }) => {
    const stage = await makeStage();
    await stage.run(['sync']);
    leaveResend(stage.stateDir, 10);
    const intake = restored(stage);

    const next = reportOf(await stage.run(['sync'], INCREMENTAL));

    expect([next.mode, next.users.emitted]).toEqual(['incremental', 10]);
    expect(intake.latest().size).toBe(10);
    expect(reportOf(await stage.run(['sync'], INCREMENTAL)).users.emitted).toBe(0);
  });

  test('killed while batches are in flight: the next run sends what is left', async ({
    makeStage,
    expect,
  }) => {
    const stage = await makeStage({ intake: { delayMs: 200 } });
    const { org, intake, run, start } = stage;
    await run(['sync']);
    const requests = intake.requests.length;
    const since = restored(stage);

    const child = start(['sync', '--resend'], { env: { BATCH_SIZE: '3' } });
    await expect.poll(() => intake.requests.length, SOON).toBeGreaterThan(requests + 1);
    child.kill('SIGKILL');
    await child.ended;
    const next = reportOf(await run(['sync'], INCREMENTAL));

    expectEvents(since.latest(), org);
    expect(next.intake.pending).toBe(0);
  });

  test('without a full run that has ended is refused, and makes no inventory', async ({ makeStage }) => {
    const { okta, run, stateDir } = await makeStage();

    const never = await run(['sync', '--resend']);

    expect([never.code, reportOf(never).error?.code]).toEqual([1, 'inventory']);
    expect(await readdir(stateDir)).toEqual([]);

    okta.setRefusals([{ template: '/api/v1/users', status: 403 }]);
    await run(['sync']);
    const failed = await run(['sync', '--resend']);

    expect(failed.code).toBe(1);
    expect(toldLines(failed).join('\n')).toMatch(/^error: .*no full run has ended yet[^]*hint: .*sync/);
  });

  test('with other settings for who is read, or of another org, is refused', async ({ makeStage }) => {
    const stage = await makeStage();
    const other = await makeStage({ org: { seed: 2 } });
    await stage.run(['sync']);
    const received = stage.intake.received.length;

    const selected = await stage.run(['sync', '--resend'], { env: { STATUSES: 'ACTIVE' } });
    const elsewhere = await other.run(['sync', '--resend'], { env: { STATE_DIR: stage.stateDir } });

    expect([selected.code, reportOf(selected).error?.hint]).toEqual([
      1,
      expect.stringContaining('sync --full'),
    ]);
    expect([elsewhere.code, reportOf(elsewhere).error?.hint]).toEqual([
      1,
      expect.stringContaining('STATE_DIR'),
    ]);
    expect(stage.intake.received).toHaveLength(received);
    expect(other.intake.requests).toEqual([]);
  });

  test('says which fields were not kept', async ({ makeStage }) => {
    const { run } = await makeStage();
    await run(['sync'], { env: { DIALECT: 'ocsf-1.6.0' } });

    const ended = await run(['sync', '--resend'], { env: { DIALECT: 'ocsf-1.6.0', RAW_DATA: 'true' } });

    expect(reportOf(ended).notes).toEqual([expect.stringContaining('fields that were not kept')]);
  });

  test.for([['--full'], ['--incremental'], ['--accept-removals']])(
    'with %s is a mistake in the usage',
    async ([option = ''], { makeStage }) => {
      const { run } = await makeStage();

      const ended = await run(['sync', '--resend', option]);

      expect([ended.code, ended.stdout]).toEqual([2, '']);
      expect(ended.stderr).toContain('--resend');
    },
  );

  test('beside another process on the same STATE_DIR is refused', async ({ makeStage, expect }) => {
    const { intake, start, run } = await makeStage();
    await run(['sync']);
    intake.setDown(true);
    const requests = intake.requests.length;
    const { ended, kill } = start(['sync', '--resend']);
    await expect.poll(() => intake.requests.length, SOON).toBeGreaterThan(requests);

    const second = await run(['sync', '--resend']);
    kill('SIGTERM');

    expect(second.code).toBe(1);
    expect(toldLines(second).join('\n')).toMatch(/^error: .*is in use by run [^]*hint: .*STATE_DIR/);
    expect((await ended).code).toBe(143);
  });
});
