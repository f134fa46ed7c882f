import { afterEach, describe, expect, test } from 'vitest';
import { createOrg, startOktaServer, type OktaServer, type OktaServerOptions } from './index.ts';
import { ask, send } from './loopback.fixture.ts';
import type { OktaFaultKind } from './okta/faults.ts';

const org = createOrg({ users: 300 });
let server: OktaServer | undefined;

async function start(faults: OktaServerOptions['faults'] & object): Promise<string> {
  server = await startOktaServer(org, { rates: { limits: 1e9 }, faults, keepsLog: true });
  return `${server.url}/api/v1/users`;
}

afterEach(() => server?.close());

describe('simulator, faults', () => {
  test.each<OktaFaultKind>(['500', '502', '503', '504'])(
    '%s comes with JSON, HTML or nothing, until retries cure it',
    async (kind) => {
      const url = await start({ rate: 1, kinds: [kind] });
      const seen = await Promise.all(
        Array.from({ length: 12 }, (_, index) => ask(`${url}?limit=${index + 1}`)),
      );
      const repeated = [
        await ask(`${url}?limit=99`),
        await ask(`${url}?limit=99`),
        await ask(`${url}?limit=99`),
      ];

      expect(seen.every(({ status }) => status === Number(kind))).toBe(true);
      expect(seen.some(({ text }) => text === '')).toBe(true);
      expect(seen.some(({ text }) => text.startsWith('<html>'))).toBe(true);
      expect(seen.some(({ text }) => text.startsWith('{"errorCode"'))).toBe(true);
      expect(repeated.map(({ status }) => status)).toEqual([Number(kind), Number(kind), 200]);
    },
  );

  test.each<[OktaFaultKind, RegExp]>([
    ['reset', /ECONNRESET|socket hang up/],
    ['truncated', /aborted|ECONNRESET/],
    ['hang', /no answer/],
  ])('%s leaves without a whole answer', async (kind, message) => {
    const url = await start({ rate: 1, kinds: [kind] });

    await expect(
      send(url, { headers: { authorization: 'SSWS simulated-token' }, timeoutMs: 200 }),
    ).rejects.toThrow(message);
    expect(server?.tally.faults).toBe(1);
  });

  test.each<OktaFaultKind>(['html', 'not-json'])('%s is a 200 that cannot be read', async (kind) => {
    const seen = await ask(await start({ rate: 1, kinds: [kind] }));

    expect(seen.status).toBe(200);
    expect(seen.json).toBeUndefined();
  });

  test('429 says that others have spent the bucket', async () => {
    const seen = await ask(await start({ rate: 1, kinds: ['429'] }));

    expect(seen.json).toMatchObject({ errorCode: 'E0000047' });
    expect([seen.headers['x-rate-limit-limit'], seen.headers['x-rate-limit-remaining']]).toEqual([
      '1000000000',
      '0',
    ]);
  });

  test('come at the rate asked for, to the same requests whatever their order', async () => {
    const statuses = async (limits: readonly number[]): Promise<readonly string[]> => {
      const url = await start({ rate: 0.3, seed: 5, kinds: ['503'] });
      const seen: string[] = [];
      for (const limit of limits) seen.push(`${limit} ${(await ask(`${url}?limit=${limit}`)).status}`);
      await server?.close();
      return seen.toSorted();
    };
    const limits = Array.from({ length: 150 }, (_, index) => index + 1);
    const forwards = await statuses(limits);
    const faults = forwards.filter((each) => each.endsWith('503')).length;

    expect(await statuses(limits.toReversed())).toEqual(forwards);
    expect(faults).toBeGreaterThan(25);
    expect(faults).toBeLessThan(65);
  });

  test('that hang end when the server closes', async () => {
    const url = await start({ rate: 1, kinds: ['hang'] });
    const closing = new Promise((resolve) => setTimeout(() => resolve(server?.close()), 50));

    await expect(ask(url)).rejects.toThrow(/socket hang up|ECONNRESET/);
    await closing;
  });
});
