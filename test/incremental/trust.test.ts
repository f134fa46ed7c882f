import { describe, expect } from 'vitest';
import { test, type Days } from './days.fixture.ts';

const LOGS = '/api/v1/logs';
/** Nothing is asked again because it is old. */
const AS_VOUCHED = { VERIFY_ANSWERS: '31536000' };

/** Starts a run in a process of its own, and kills it when it first asks for this. */
async function killAt({ start, whileAsked }: Days, template: string, argv = ['sync']): Promise<void> {
  const child = start(argv);
  whileAsked((request) => {
    if (request.template === template) child.kill('SIGKILL');
  });
  await child.ended;
  whileAsked(() => undefined);
}

describe('answers to other LOOKUPS are not believed', () => {
  test('though the run that was to ask all of them was killed before it had read the log', async ({
    days,
  }) => {
    const stage = await days();
    await stage.sync([], { LOOKUPS: 'groups' });
    await killAt(stage, LOGS);

    const ran = await stage.nextDay(AS_VOUCHED);

    expect(ran.report).toMatchObject({ mode: 'full', outcome: 'completed' });
    expect(ran.calls).toBeGreaterThan(100);
    stage.expectTruth();
  });

  test('nor by a full run that was interrupted before an incremental run with them', async ({ days }) => {
    const stage = await days();
    await stage.sync();
    await killAt(stage, '/api/v1/groups', ['sync', '--full']);
    const known = stage.latest();
    stage.change(40, 1);
    await stage.sync(['--incremental'], { LOOKUPS: 'groups' });

    const ran = await stage.nextDay(AS_VOUCHED);

    expect(ran.report).toMatchObject({ mode: 'full', outcome: 'completed' });
    stage.expectTruth(known);
  });
});
