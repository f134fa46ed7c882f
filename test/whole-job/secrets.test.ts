import { once } from 'node:events';
import { readdir, readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { join } from 'node:path';
import { describe, expect } from 'vitest';
import type { SimulatedOrg } from '../../src/simulator/index.ts';
import { reportOf, type Ended } from './launch.fixture.ts';
import { test as staged } from './stage.fixture.ts';

const TOKEN = '00aTokenThatMustStaySecret';
const KEY = 'key-that-must-stay-secret';
const SECRETS = [TOKEN, KEY];
const RIGHT = { token: TOKEN, apiKey: KEY } as const;

/** Answers everything with all that it was sent: what a careless proxy may do. */
const test = staged.extend(
  'startEcho',
  ({ onTestFinished }) =>
    async (statusOf: (body: string) => number) => {
      const server = createServer((request, response) => {
        request.toArray().then(
          (parts: unknown[]) => {
            const body = parts.map(String).join('');
            const message = `${JSON.stringify(request.headers)} ${body}`;
            response.writeHead(statusOf(body), { 'content-type': 'application/json' });
            // Of an intake only an answer without an error confirms.
            const said = { errorCode: message, errorSummary: message, code: 'X', message };
            response.end(statusOf(body) === 200 ? '' : JSON.stringify(said));
          },
          () => response.destroy(),
        );
      });
      onTestFinished(() => {
        server.closeAllConnections();
        server.close();
      });
      server.listen(0, '127.0.0.1');
      await once(server, 'listening');
      const address = server.address();
      if (address === null || typeof address === 'string') throw new Error('no port');
      return `http://127.0.0.1:${address.port}`;
    },
);

/** The texts of people's profiles that cannot be mistaken for other words. */
function profileTexts(org: SimulatedOrg): Set<string> {
  const names = ['login', 'email', 'firstName', 'lastName', 'displayName', 'mobilePhone'];
  const texts = org.users.flatMap((user) => names.map((name) => org.profile(user)[name]));
  return new Set(texts.filter((text) => typeof text === 'string').filter((text) => text.length > 3));
}

function expectSilence(ended: Ended, org: SimulatedOrg, alsoIn: readonly string[] = []): void {
  const said = [ended.stderr, ended.stdout, ...alsoIn];
  const told = [...SECRETS, ...profileTexts(org)].filter((secret) =>
    said.some((text) => text.includes(secret)),
  );
  expect(told).toEqual([]);
  expect(said.some((text) => text.includes('SECRET'))).toBe(false); // of factors that are not yet activated
}

async function expectSecretsNotIn(folder: string): Promise<void> {
  const files = await readdir(folder);
  expect(files).not.toEqual([]);
  for (const file of files) {
    const text = await readFile(join(folder, file), 'latin1');
    expect(SECRETS.filter((secret) => text.includes(secret))).toEqual([]);
    expect(text).not.toContain('sharedSecret');
  }
}

const env = { OKTA_API_TOKEN: TOKEN, SEKOIA_API_KEY: KEY, LOG_LEVEL: 'trace', BATCH_SIZE: '5' };
const PEOPLE = { users: 100, oddUsers: true, brokenUsers: true } as const;

describe.concurrent('whole job, secrets: at trace level nothing that was printed or kept', () => {
  test('shows a token, a key or a profile, with faults on both sides', async ({ makeStage }) => {
    const { org, stateDir, run } = await makeStage({
      org: PEOPLE,
      okta: { ...RIGHT, rates: { limits: 1e9, windowSeconds: 1 }, faults: { rate: 0.2 } },
      intake: {
        ...RIGHT,
        faults: { rate: 0.3 },
        refuseEvent: ({ time }) => (Number(time) % 7 === 0 ? 422 : undefined),
      },
    });
    const file = join(stateDir, 'report.json');

    const ended = await run(['sync', '--report', file], { env, fastClock: 20 });

    expect(ended.code).toBe(0);
    expect(ended.stderr).toContain('"level":"trace"');
    expectSilence(ended, org, [await readFile(file, 'utf8')]);
    await expectSecretsNotIn(stateDir);
  });

  test.for([401, 403, 302] as const)(
    'shows them when an Okta behind a proxy answers %i with all that it was sent',
    async (status, { makeStage, startEcho }) => {
      const { org, stateDir, run } = await makeStage({ org: PEOPLE });

      const okta = { OKTA_BASE_URL: await startEcho(() => status) };
      const ended = await run(['sync'], { env: { ...env, ...okta }, fastClock: 20 });

      expect(ended.code).toBeGreaterThan(0);
      expectSilence(ended, org);
      await expectSecretsNotIn(stateDir);
    },
  );

  test.for([
    [401, 3],
    [422, 1],
    [413, 0],
  ] as const)(
    'shows them when an intake answers %i with all that it was sent',
    async ([status, code], { makeStage, startEcho }) => {
      const { org, stateDir, run } = await makeStage({ org: PEOPLE, okta: RIGHT });

      const intake = { SEKOIA_BASE_URL: await startEcho(() => status) };
      const ended = await run(['sync'], { env: { ...env, ...intake }, fastClock: 20 });

      expect(ended.code).toBe(code);
      expectSilence(ended, org);
      await expectSecretsNotIn(stateDir);
    },
  );

  test('shows them when an intake refuses one event with all that it was sent', async ({
    makeStage,
    startEcho,
  }) => {
    const { org, stateDir, run } = await makeStage({ org: PEOPLE, okta: RIGHT });
    const [, , refused] = org.users;

    const url = await startEcho((body) => (body.includes(refused?.id ?? '') ? 422 : 200));
    const ended = await run(['sync'], { env: { ...env, SEKOIA_BASE_URL: url } });

    expect(ended.code).toBe(0);
    expect(reportOf(ended).users.dead_lettered).toBe(6); // five of them broken
    expectSilence(ended, org);
    await expectSecretsNotIn(stateDir);
  });

  test('shows them when the token is wrong', async ({ makeStage }) => {
    const { org, run } = await makeStage({ org: PEOPLE });

    const ended = await run(['dry-run'], { env });

    expect(ended.code).toBe(3);
    expectSilence(ended, org);
  });
});
