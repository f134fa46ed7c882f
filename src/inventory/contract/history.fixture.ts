/** The contract of what is remembered of runs. */
import { expect, test } from 'vitest';
import { aQuietReport, aReport } from '../../ports/report.fixture.ts';
import type { Report } from '../../ports/report.ts';
import { NOW, type CreateScene, type Scene } from './scene.fixture.ts';

const HOUR_MS = 3_600_000;

async function note(scene: Scene, ...reports: readonly Report[]): Promise<void> {
  for (const report of reports) await scene.runs.noteEnd(report, NOW);
}

async function newestIds(scene: Scene, most = 10): Promise<string[]> {
  const { reports } = await scene.reader().history.newest(most);
  return reports.map(({ run_id: id }) => id);
}

export function historyContract(createScene: CreateScene): void {
  test('nothing is remembered where no run has ended', async () => {
    const { history, posture } = createScene().reader();

    expect(await history.newest(10)).toEqual({ reports: [], unreadable: 0 });
    expect(await history.find('run-1')).toBeUndefined();
    expect(await history.lastSuccess()).toBeUndefined();
    expect(await history.lastFull()).toBeUndefined();
    expect(await history.longestSeconds(0)).toBeUndefined();
    expect(await history.quietHours(0)).toEqual([]);
    expect([await posture.newest(), await posture.hours(), await posture.days(0)]).toEqual([
      undefined,
      [],
      [],
    ]);
  });

  test('a report is remembered as it was, over restarts, with fields that a later version adds', async () => {
    const first = createScene();
    const report = { ...aReport({ notes: ['n'], gaps: { factors: { refused: 2 } } }), later: 1 };
    await note(first, report, aReport({ run_id: 'run-2', outcome: 'cancelled' }));
    const scene = first.reopen();

    expect(await newestIds(scene)).toEqual(['run-2', 'run-1']);
    expect(await newestIds(scene, 1)).toEqual(['run-2']);
    expect(await scene.reader().history.find('run-1')).toEqual(report);
  });

  test('of quiet runs only the newest has its report; their hours count all of them', async () => {
    const scene = createScene();
    const failed = aQuietReport({ run_id: 'failed', outcome: 'failed', duration_seconds: 50 });
    await note(
      scene,
      aQuietReport({ run_id: 'q1', duration_seconds: 7 }),
      aQuietReport({ run_id: 'q2' }),
      failed,
    );
    await scene.runs.noteEnd(aQuietReport({ run_id: 'q3' }), NOW + HOUR_MS);
    const { history } = scene.reader();

    expect(await newestIds(scene)).toEqual(['q3', 'failed']);
    expect(await history.quietHours(NOW + 1)).toEqual([
      { at: NOW, mode: 'incremental', runs: 2, totalSeconds: 9, longestSeconds: 7 },
      { at: NOW + HOUR_MS, mode: 'incremental', runs: 1, totalSeconds: 2, longestSeconds: 2 },
    ]);
    expect(await history.quietHours(NOW + HOUR_MS)).toHaveLength(1);
    expect(await history.longestSeconds(NOW)).toBe(50);
    expect(await history.longestSeconds(NOW + HOUR_MS)).toBe(2);
  });

  test.each([
    ['made events', { users: { ...aQuietReport().users, emitted: 1 } }],
    ['found users gone', { users: { ...aQuietReport().users, removed: 1 } }],
    ['met a dead letter', { users: { ...aQuietReport().users, dead_lettered: 1 } }],
    ['delivered what waited', { intake: { ...aQuietReport().intake, batches: 1 } }],
    ['left gaps', { outcome: 'completed_with_gaps' }],
    ['was full', { mode: 'full' }],
  ] as const)('a run that %s is not quiet', async (_, changes) => {
    const scene = createScene();
    await note(scene, aQuietReport({ run_id: 'loud', ...changes }), aQuietReport({ run_id: 'quiet' }));

    expect(await newestIds(scene)).toEqual(['quiet', 'loud']);
  });

  test('the newest 1,000 stay, and the last success, poll and full run however old', async () => {
    const scene = createScene();
    await note(
      scene,
      aReport({ run_id: 'gone' }),
      aReport({ run_id: 'full' }),
      aQuietReport({ run_id: 'quiet' }),
      aReport({ run_id: 'for hooks', mode: 'marks' }),
    );
    for (let number = 1; number <= 1001; number += 1) {
      await note(scene, aReport({ run_id: `failed-${number}`, outcome: 'failed' }));
    }
    const { history } = scene.reader();

    const ids = await newestIds(scene, 2000);
    expect(ids).toHaveLength(1003);
    expect(ids.slice(-4)).toEqual(['failed-2', 'for hooks', 'quiet', 'full']);
    expect((await history.lastSuccess())?.run_id).toBe('for hooks');
    expect((await history.lastPoll())?.run_id).toBe('quiet');
    expect((await history.lastFull())?.run_id).toBe('full');
  });

  test('the posture is kept by hour and by day, as the last run that completed left it', async () => {
    const scene = createScene();
    const end = (at: number, changes: Partial<Report> = {}) => scene.runs.noteEnd(aReport(changes), at);
    await scene.save('u1');
    await end(NOW);
    await scene.save('u2');
    await end(NOW + 1);
    await end(NOW + HOUR_MS);
    await scene.save('u3');
    for (const changes of [{ outcome: 'failed' }, { outcome: 'cancelled' }, { mode: 'resend' }] as const)
      await end(NOW + 2 * HOUR_MS, changes);
    await end(NOW + 24 * HOUR_MS);
    const { posture } = scene.reader();

    const usersAt = (rows: Awaited<ReturnType<typeof posture.hours>>) =>
      rows.map((row) => [(row.at - NOW) / HOUR_MS, row.posture.statuses['ACTIVE']?.users]);
    expect(usersAt(await posture.hours())).toEqual([
      [0, 2],
      [1, 2],
      [24, 3],
    ]);
    expect(usersAt(await posture.days(0))).toEqual([
      [-10, 2],
      [14, 3],
    ]);
    expect(usersAt(await posture.days(NOW + 24 * HOUR_MS))).toEqual([[14, 3]]);
    expect((await posture.newest())?.at).toBe(NOW + 24 * HOUR_MS);
  });

  test('after a clock that was ahead for days, what it left is not shown, and the last run is the newest', async () => {
    const scene = createScene();
    await scene.runs.noteEnd(aQuietReport(), NOW - 48 * HOUR_MS);
    const ahead = NOW + 400 * 24 * HOUR_MS;
    for (let hour = 0; hour < 50; hour += 1) await scene.runs.noteEnd(aQuietReport(), ahead + hour * HOUR_MS);
    await scene.save('u1');
    await scene.runs.noteEnd(aQuietReport(), NOW);

    const { history, posture } = scene.reader();
    const newest = await posture.newest();
    expect([newest?.at, newest?.posture.statuses['ACTIVE']?.users]).toEqual([NOW, 1]);
    expect((await posture.days(0)).map(({ at }) => (at - NOW) / HOUR_MS)).toEqual([-58, -10]);
    expect((await posture.hours()).at(-1)?.at).toBe(NOW);
    expect((await history.quietHours(0)).map(({ at }) => at)).toEqual([NOW - 48 * HOUR_MS, NOW]);
  });

  test('48 hours and 730 days stay', async () => {
    const scene = createScene();
    for (let day = 0; day < 731; day += 1) await scene.runs.noteEnd(aReport(), NOW + day * 24 * HOUR_MS);
    const { posture } = scene.reader();

    expect(await posture.hours()).toHaveLength(48);
    expect(await posture.days(0)).toHaveLength(730);
  });
}
