import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe } from 'vitest';
import { DEFAULT_API_KEY, DEFAULT_TOKEN } from '../../src/simulator/index.ts';
import { reportOf } from './launch.fixture.ts';
import { expectEvents } from './said.fixture.ts';
import { SOON, test } from './stage.fixture.ts';

describe.concurrent('whole job, rotation', () => {
  test('secrets whose files change during a run end nothing: both sides are asked again with the new ones', async ({
    makeStage,
    expect,
  }) => {
    let apiKey = DEFAULT_API_KEY;
    const stage = await makeStage({
      org: { users: 60 },
      okta: { rates: { limits: 1e9 }, latencyMs: 30 },
      intake: {
        get apiKey() {
          return apiKey;
        },
      },
    });
    const { stateDir, okta, org, intake } = stage;
    const [tokenFile, keyFile] = [join(stateDir, 'token'), join(stateDir, 'key')];
    await Promise.all([writeFile(tokenFile, DEFAULT_TOKEN), writeFile(keyFile, DEFAULT_API_KEY)]);
    const env = {
      OKTA_API_TOKEN: '',
      OKTA_API_TOKEN_FILE: tokenFile,
      SEKOIA_API_KEY: '',
      SEKOIA_API_KEY_FILE: keyFile,
      LOG_LEVEL: 'trace',
    };
    const running = stage.start(['sync'], { env });
    await expect.poll(() => okta.tally.total, SOON).toBeGreaterThan(10);

    await Promise.all([writeFile(tokenFile, 'rotated-token'), writeFile(keyFile, 'rotated-key-of-intake')]);
    okta.setTokens(['rotated-token']);
    apiKey = 'rotated-key-of-intake';
    const ended = await running.ended;

    expect([ended.code, reportOf(ended).outcome]).toEqual([0, 'completed']);
    expect(okta.tally.unauthorised).toBeGreaterThan(0);
    expectEvents(intake.latestByUid(), org);
    expect(ended.stderr).toContain('its file holds another one now');
    expect(ended.stderr).not.toMatch(/rotated-token|rotated-key|simulated-token/);
  });
});
