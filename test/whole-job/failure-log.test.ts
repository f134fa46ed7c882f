import { expect } from 'vitest';
import { reportOf, type Ended } from './launch.fixture.ts';
import { test } from './stage.fixture.ts';

type Line = Readonly<Record<string, unknown>>;

function errorLines({ stderr }: Ended): Line[] {
  return stderr
    .split('\n')
    .filter((line) => line.startsWith('{'))
    .map((line): Line => JSON.parse(line))
    .filter(({ level }) => level === 'error');
}

test.for([
  ['a wrong token', { OKTA_API_TOKEN: '00wrongwrongwrong' }, 'okta_auth', 3],
  ['a wrong key of the intake', { SEKOIA_API_KEY: 'wrong' }, 'intake_auth', 3],
  ['a state folder that cannot be had', { STATE_DIR: '/dev/null/state' }, 'inventory', 1],
] as const)(
  'whole job, failure log: a sync that fails over %s logs the reason of its report as one error',
  async ([, env, code, exitCode], { makeStage }) => {
    const { run } = await makeStage();

    const ended = await run(['sync'], { env: { LOG_LEVEL: 'error', ORG_LABEL: 'acme', ...env } });

    const { error, run_id } = reportOf(ended);
    expect([ended.code, error?.code]).toEqual([exitCode, code]);
    expect(errorLines(ended).filter(({ msg }) => msg === 'a run failed')).toEqual([
      { level: 'error', time: expect.any(String), msg: 'a run failed', run_id, org: 'acme', ...error },
    ]);
  },
);

test('whole job, failure log: a sync that succeeds logs no error', async ({ makeStage }) => {
  const { run } = await makeStage();

  expect(errorLines(await run(['sync'], { env: { LOG_LEVEL: 'error' } }))).toEqual([]);
});
