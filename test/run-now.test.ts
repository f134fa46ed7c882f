import { readdir, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe } from 'vitest';
import { createMutations } from '../src/simulator/index.ts';
import { reportOf, toldLines } from './whole-job/launch.fixture.ts';
import { userOf } from './whole-job/said.fixture.ts';
import { SOON, test } from './whole-job/stage.fixture.ts';

const ENV = { LOG_LEVEL: 'info', HTTP_PORT: '0', FREQUENCY: '86400' };
const SMALL = { users: 12, groups: 3, adminGroups: 1, admins: 2 };

describe.concurrent('run-now and other requests to a worker', () => {
  test('the worker makes the runs, replays and removals that commands ask for, and they print what they would alone', async ({
    makeStage,
    expect,
  }) => {
    const refused = new Set<string>();
    const stage = await makeStage({
      org: SMALL,
      intake: { refuseEvent: (event) => (refused.has(String(userOf(event)['uid'])) ? 422 : undefined) },
    });
    const [first] = stage.org.users.filter(({ status }) => status === 'ACTIVE');
    if (first === undefined) throw new Error('nobody is active');
    refused.add(first.id);
    const alone = await stage.run(['run-now', '--wait']);
    const worker = stage.start(['worker'], { env: ENV });
    const runs = (): number => worker.stderr().split('"msg":"run ended"').length - 1;
    await expect.poll(runs, SOON).toBe(1);
    await symlink('/etc/passwd', join(stage.stateDir, 'request.link.json'));
    await writeFile(join(stage.stateDir, 'request.rubbish.json'), 'rubbish');

    const waited = await stage.run(['run-now', '--full', '--wait']);
    refused.clear();
    const replayed = await stage.run(['dead-letters', 'replay']);
    const mutations = createMutations(stage.org, { now: Date.now });
    for (const user of stage.org.users.filter(({ id }) => id !== first.id).slice(0, 9)) {
      if (user.status !== 'DEPROVISIONED') mutations.deactivate(user.id);
      mutations.deleteUser(user.id);
    }
    const held = await stage.run(['run-now', '--full', '--wait']);
    // As beside a service of systemd, which alone has the secrets.
    const env = { OKTA_API_TOKEN: '', SEKOIA_API_KEY: '', NOTIFY: 'all', REDACT: 'title=hash' };
    const accepted = await stage.run(['sync', '--full', '--accept-removals', '--strict'], { env });
    const plain = await stage.run(['sync']);

    expect([alone.code, alone.stdout, toldLines(alone)]).toEqual([
      1,
      '',
      [expect.stringContaining('no worker is running'), expect.stringContaining('okta-ocsf worker')],
    ]);
    expect([waited.code, reportOf(waited).mode, reportOf(waited).outcome]).toEqual([0, 'full', 'completed']);
    expect([replayed.code, replayed.stdout]).toEqual([
      0,
      '1 event waits in the outbox again\nthe next run sends what the intake then accepts\n',
    ]);
    expect([held.code, reportOf(held).outcome, toldLines(held)[1]]).toEqual([
      1,
      'failed',
      expect.stringContaining('--accept-removals'),
    ]);
    expect([accepted.code, reportOf(accepted).users.removed]).toEqual([0, 9]);
    expect(accepted.stderr).not.toContain('check the settings');
    expect(plain.code).toBe(1);
    expect((await readdir(stage.stateDir)).filter((name) => /^(request|answer)/.test(name))).toEqual([
      'request.link.json',
    ]);
    worker.kill('SIGTERM');
    expect((await worker.ended).code).toBe(0);
  });

  test('requests during a run are one run after it; whoever waits for a worker that is killed is told', async ({
    makeStage,
    expect,
  }) => {
    const stage = await makeStage({ org: SMALL });
    stage.intake.setState('unavailable');
    const worker = stage.start(['worker'], { env: ENV });
    await expect.poll(() => worker.stderr(), SOON).toContain('"msg":"run started"');

    const asked = await Promise.all(
      [['run-now'], ['run-now', '--incremental']].map((argv) => stage.run(argv)),
    );
    const waiting = stage.run(['run-now', '--wait']);
    await expect
      .poll(
        async () => (await readdir(stage.stateDir)).filter((name) => name.startsWith('request')).length,
        SOON,
      )
      .toBe(3);
    stage.intake.setState('up');
    const waited = await waiting;
    const runs = worker.stderr().split('"msg":"run ended"').length - 1;
    stage.intake.setState('silent');
    createMutations(stage.org, { now: Date.now }).updateProfile(stage.org.users[0]?.id ?? '', {
      displayName: 'Another',
    });
    const before = stage.intake.requests.length;
    const forsaken = stage.run(['run-now', '--full', '--wait']);
    await expect.poll(() => stage.intake.requests.length, SOON).toBeGreaterThan(before);
    worker.kill('SIGKILL');
    const told = await forsaken;

    expect(asked.map(({ code, stdout }) => [code, stdout])).toEqual([
      [0, ''],
      [0, ''],
    ]);
    expect([waited.code, reportOf(waited).outcome, runs]).toEqual([0, 'completed', 2]);
    expect([told.code, told.stdout, toldLines(told)]).toEqual([
      1,
      '',
      [expect.stringContaining('has ended before it answered'), expect.stringContaining('hint: ')],
    ]);
  });
});
