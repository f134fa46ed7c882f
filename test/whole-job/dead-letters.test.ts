import { describe } from 'vitest';
import { toldLines } from './launch.fixture.ts';
import { userOf } from './said.fixture.ts';
import { SOON, test, type Stage, type StageOptions } from './stage.fixture.ts';

/** A stage whose intake refuses the events of these users, as long as they are in the set. */
function refusing(ids: Set<string>): StageOptions {
  return { intake: { refuseEvent: (event) => (ids.has(String(userOf(event)['uid'])) ? 422 : undefined) } };
}

function someUser({ org }: Stage): string {
  const user = org.users.find(({ status }) => status === 'ACTIVE');
  if (user === undefined) throw new Error('no such user');
  return user.id;
}

describe.concurrent('whole job, dead letters', () => {
  test('are listed, offered again, and leave the list when the intake takes them', async ({
    makeStage,
    expect,
  }) => {
    const refused = new Set<string>();
    const stage = await makeStage(refusing(refused));
    const id = someUser(stage);
    refused.add(id);
    await stage.run(['sync']);

    const listed = await stage.run(['dead-letters']);
    const json = await stage.run(['dead-letters', 'list', '--json']);

    expect([listed.code, toldLines(listed)]).toEqual([0, []]);
    expect(listed.stdout).toMatch(new RegExp(`^\\S+@\\S+ \\(${id}\\): refused by the intake, once, last 20`));
    expect(listed.stdout).toContain('\n1 dead letter; `okta-ocsf dead-letters replay` offers them again\n');
    expect(JSON.parse(json.stdout)).toEqual({
      version: 1,
      dead_letters: [
        {
          user_id: id,
          login: expect.stringContaining('@'),
          refused_by: 'intake',
          reasons: [expect.stringContaining('422')],
          times: 1,
          first_at: expect.any(String),
          last_at: expect.any(String),
          event: expect.objectContaining({ class_uid: 5003 }),
        },
      ],
    });

    refused.clear();
    const replayed = await stage.run(['dead-letters', 'replay']);
    const waiting = stage.intake.latestByUid().has(id);
    await stage.run(['sync']);

    expect([replayed.code, replayed.stdout]).toEqual([
      0,
      '1 event waits in the outbox again\nthe next run sends what the intake then accepts\n',
    ]);
    expect([waiting, stage.intake.latestByUid().has(id)]).toEqual([false, true]);
    expect((await stage.run(['dead-letters'])).stdout).toBe('no dead letters\n');
  });

  test('that are refused again are counted once more', async ({ makeStage, expect }) => {
    const refused = new Set<string>();
    const stage = await makeStage(refusing(refused));
    refused.add(someUser(stage));
    await stage.run(['sync']);

    await stage.run(['dead-letters', 'replay']);
    await stage.run(['sync']);

    const { stdout } = await stage.run(['dead-letters']);
    expect(stdout).toContain('refused by the intake, 2 times, last ');
    expect(stage.intake.latestByUid().has(someUser(stage))).toBe(false);
  });

  test('of which no event could be made are read again', async ({ makeStage, expect }) => {
    const stage = await makeStage({ org: { users: 30, brokenUsers: true } });
    await stage.run(['sync']);
    const before = JSON.parse((await stage.run(['dead-letters', '--json'])).stdout).dead_letters;

    const replayed = JSON.parse((await stage.run(['dead-letters', 'replay', '--json'])).stdout);
    const { code } = await stage.run(['sync']);

    expect(replayed).toMatchObject({ offered: 0, overtaken: 0 });
    expect(replayed.read_again + replayed.without_id).toBe(before.length);
    expect(replayed.read_again).toBeGreaterThan(0);
    expect(code).toBe(0);
    const after = JSON.parse((await stage.run(['dead-letters', '--json'])).stdout).dead_letters;
    expect(after).toHaveLength(before.length);
  });

  test('can be listed while a run goes on, and not be replayed', async ({ makeStage, expect }) => {
    const refused = new Set<string>();
    const stage = await makeStage(refusing(refused));
    refused.add(someUser(stage));
    await stage.run(['sync']);
    const before = stage.intake.requests.length;
    stage.intake.setState('silent');
    const running = stage.start(['sync', '--full'], { env: { DELIVERY: 'all' } });
    await expect.poll(() => stage.intake.requests.length, SOON).toBeGreaterThan(before);

    const listed = await stage.run(['dead-letters']);
    const replayed = await stage.run(['dead-letters', 'replay']);

    expect(listed.stdout).toContain('refused by the intake');
    expect([replayed.code, replayed.stdout]).toEqual([1, '']);
    expect(toldLines(replayed)).toEqual([
      expect.stringMatching(/^error: the inventory in .* is in use by run .* since 20/),
      expect.stringMatching(/^hint: .*stop it/),
    ]);
    running.kill('SIGKILL');
    await running.ended;
  });

  test.for([[['dead-letters']], [['dead-letters', 'replay']]])(
    '%j without an inventory says so, and makes none',
    async ([argv = []], { makeStage, expect }) => {
      const stage = await makeStage();

      const ended = await stage.run(argv, { env: { STATE_DIR: `${stage.stateDir}/none` } });

      expect([ended.code, ended.stdout]).toEqual([1, '']);
      expect(toldLines(ended)).toEqual([
        `error: there is no inventory in ${stage.stateDir}/none`,
        expect.stringMatching(/^hint: set STATE_DIR .*okta-ocsf sync/),
      ]);
      expect(stage.okta.tally.total).toBe(0);
    },
  );
});
