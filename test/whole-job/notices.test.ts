import { describe } from 'vitest';
import { answering, startReceiver } from '../../src/sinks/webhook/receiver.fixture.ts';
import { reportOf } from './launch.fixture.ts';
import { test } from './stage.fixture.ts';

const KEY = 'whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD';
const HOUR_MS = 3_600_000;
const WRONG = { OKTA_API_TOKEN: 'a-token-that-was-revoked' };

describe('whole job, notices', () => {
  test('an operator is told at once of a refused credential, daily, and when it is over; no secret is told', async ({
    makeStage,
    expect,
  }) => {
    const receiver = await startReceiver();
    const { run } = await makeStage();
    let hours = 0;
    const startedAt = Date.now();
    const now = (): number => startedAt + hours * HOUR_MS;
    const settings = { ALERT_WEBHOOK_URL: receiver.url, ALERT_WEBHOOK_KEY: KEY, NOTIFY: 'all' };
    const sync = (env = {}) => run(['sync'], { env: { ...settings, ...env }, now });

    const codes = [(await sync()).code];
    for (hours of [1, 2, 26]) codes.push((await sync(WRONG)).code);
    hours = 27;
    codes.push((await sync()).code);

    expect(codes).toEqual([0, 3, 3, 3, 0]);
    expect(receiver.bodies().map(({ type, title }) => [type, title])).toEqual([
      ['operator.trouble', 'okta-ocsf: Okta refuses the credential'],
      ['operator.trouble', 'okta-ocsf: no run has completed in time'],
      ['operator.trouble', 'okta-ocsf: still: Okta refuses the credential'],
      ['operator.trouble', 'okta-ocsf: still: no run has completed in time'],
      ['operator.over', 'okta-ocsf: Okta accepts the credential again'],
      ['operator.over', 'okta-ocsf: a run has completed again'],
    ]);
    expect(receiver.posted.map(({ text }) => text).join()).not.toMatch(/revoked|00u|@|whsec/);
  });

  test('a receiver that is down costs no run, and gets every message later under its own id', async ({
    makeStage,
    expect,
  }) => {
    let isUp = false;
    const receiver = await startReceiver((response, posted) => answering(isUp ? 200 : 500)(response, posted));
    const { run } = await makeStage();
    const env = { ALERT_WEBHOOK_URL: receiver.url, ALERT_WEBHOOK_KEY: KEY, NOTIFY: 'credential-refused' };

    const refused = await run(['sync'], { env: { ...env, ...WRONG }, sleepsFaster: 50 });
    isUp = true;
    const ended = await run(['sync'], { env, sleepsFaster: 50 });

    expect([refused.code, ended.code, reportOf(ended).outcome]).toEqual([3, 0, 'completed']);
    const [first, second, third, again, over] = receiver.ids();
    expect([second, third, again]).toEqual([first, first, first]);
    expect([over === first, receiver.posted.length]).toEqual([false, 5]);
    expect(refused.stderr.match(/a notice was not delivered/g)).toHaveLength(1);
    expect(refused.stderr).not.toMatch(/a-path-that-is-secret|also-secret/);
  });

  test('a process that is killed before it has noted the answer sends the same message once more', async ({
    makeStage,
    expect,
  }) => {
    const { run, start } = await makeStage();
    const kill = { now: (): void => undefined };
    const receiver = await startReceiver((response, posted) => {
      kill.now();
      answering(204)(response, posted);
    });
    const env = { ALERT_WEBHOOK_URL: receiver.url, ALERT_WEBHOOK_KEY: KEY, NOTIFY: 'credential-refused' };

    const killed = start(['sync'], { env: { ...env, ...WRONG } });
    kill.now = () => killed.kill('SIGKILL');
    await killed.ended;
    kill.now = () => undefined;
    await run(['sync'], { env: { ...env, ...WRONG } });

    const [first, second, ...more] = receiver.ids();
    expect([first, more]).toEqual([second, []]);
    expect(first).toBeTypeOf('string');
  });
});
