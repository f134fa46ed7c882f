import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe } from 'vitest';
import { runHere } from './here.fixture.ts';
import { toldLines, type Ended } from './launch.fixture.ts';
import { userOf } from './said.fixture.ts';
import { test, type Stage } from './stage.fixture.ts';

type MakeStage = (options?: object) => Promise<Stage>;

/** A run was made in the dialect that names the org, and the intake refused one user. */
async function afterRun(makeStage: MakeStage) {
  const refused = new Set<string>();
  const stage = await makeStage({
    intake: {
      refuseEvent: (event: Readonly<Record<string, unknown>>) =>
        refused.has(String(userOf(event)['uid'])) ? 422 : undefined,
    },
  });
  const [first, second] = stage.org.users.filter(({ status }) => status === 'ACTIVE').map(({ id }) => id);
  refused.add(first ?? '');
  await stage.run(['sync'], { env: { DIALECT: 'ocsf-1.6.0' } });
  const alone = (argv: readonly string[], env: Readonly<Record<string, string>> = {}): Promise<Ended> =>
    runHere(argv, { env: { STATE_DIR: stage.stateDir, ...env } });
  return { stage, refused: first ?? '', sent: second ?? '', alone };
}

describe.concurrent('whole job, inventory alone: with STATE_DIR and no other setting', () => {
  test('dead letters are listed and offered again', async ({ makeStage, expect }) => {
    const { refused, alone } = await afterRun(makeStage);

    const listed = await alone(['dead-letters']);
    const replayed = await alone(['dead-letters', 'replay']);

    expect([listed.code, listed.stderr, listed.stdout]).toEqual([0, '', expect.stringContaining(refused)]);
    expect([replayed.code, replayed.stderr, replayed.stdout]).toEqual([
      0,
      '',
      expect.stringContaining('1 event waits in the outbox again'),
    ]);
  });

  test('explain tells of a user, by the host of the run', async ({ makeStage, expect }) => {
    const { stage, sent, alone } = await afterRun(makeStage);
    const env = { DIALECT: 'ocsf-1.6.0' };
    const whole = await stage.run(['explain', sent, '--json'], { env });

    const told = await alone(['explain', sent, '--json'], env);

    // No warning either: the settings decide events as those of the run did.
    expect([told.code, told.stderr, told.stdout]).toEqual([0, '', whole.stdout]);
    expect(told.stdout).toContain(new URL(stage.okta.url).host);
  });

  test('compare finds the events that were sent to be the same', async ({ makeStage, expect }) => {
    const { stage, refused, alone } = await afterRun(makeStage);
    const file = join(stage.stateDir, 'sent.ndjson');
    const sent = [...stage.intake.latestByUid().values()];
    await writeFile(file, sent.map((event) => `${JSON.stringify(event)}\n`).join(''));

    const compared = await alone(['compare', file, '--json'], { DIALECT: 'ocsf-1.6.0' });

    expect(compared.stderr).toBe('');
    expect(JSON.parse(compared.stdout).users).toEqual([{ uid: refused, kind: 'only-here' }]);
  });

  test('validate checks the events that were sent', async ({ makeStage, expect }) => {
    const { stage } = await afterRun(makeStage);
    const file = join(stage.stateDir, 'sent.ndjson');
    await writeFile(file, JSON.stringify([...stage.intake.latestByUid().values()]));

    const checked = await runHere(['validate', file], { env: { STATE_DIR: stage.stateDir } });

    expect([checked.code, checked.stderr]).toEqual([0, expect.stringMatching(/^\d+ events, 0 at fault\n$/)]);
  });
});

describe.concurrent('whole job, inventory alone: a command that looks into the inventory alone', () => {
  test('takes no part of a credential amiss', async ({ makeStage, expect }) => {
    const { alone } = await afterRun(makeStage);

    const { code, stderr } = await alone(['dead-letters'], { OKTA_CLIENT_ID: '0oa1b2c3d4E5F6G7H8I9' });

    expect([code, stderr]).toEqual([0, '']);
  });

  test('believes OKTA_BASE_URL where it is given', async ({ makeStage, expect }) => {
    const { sent, alone } = await afterRun(makeStage);

    const { stdout } = await alone(['explain', sent, '--json'], {
      DIALECT: 'ocsf-1.6.0',
      OKTA_BASE_URL: 'https://other.okta.com',
    });

    expect(stdout).toContain('other.okta.com');
  });

  test.for([[['dead-letters']], [['explain', '00u1']]])(
    '%j says that there is no inventory rather than that a setting is missing',
    async ([argv = []], { makeStage, expect }) => {
      const { stateDir } = await makeStage();

      const ended = await runHere(argv, { env: { STATE_DIR: stateDir } });

      expect([ended.code, ended.stdout]).toEqual([1, '']);
      expect(toldLines(ended)[0]).toBe(`error: there is no inventory in ${stateDir}`);
    },
  );

  test('tells of a wrong setting all the same', async ({ makeStage, expect }) => {
    const { alone } = await afterRun(makeStage);

    const { code, stderr } = await alone(['dead-letters'], { DIALECT: 'klingon' });

    expect([code, stderr]).toEqual([2, expect.stringContaining('DIALECT')]);
  });

  test('sync still asks for all that a run needs', async ({ makeStage, expect }) => {
    const { alone } = await afterRun(makeStage);

    const { code, stderr } = await alone(['sync']);

    expect(code).toBe(2);
    for (const name of ['OKTA_BASE_URL', 'OKTA_API_TOKEN', 'SEKOIA_API_KEY']) expect(stderr).toContain(name);
  });
});
