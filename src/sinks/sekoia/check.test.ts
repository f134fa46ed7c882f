import { expect, test } from 'vitest';
import { ConnectorError, SinkAuthError, SinkUnavailableError } from '../../ports/errors.ts';
import type { Clock } from '../../ports/clock.ts';
import type { Receipt } from '../../ports/sink.ts';
import { checkIntake } from './check.ts';

function createClock(): Clock & { readonly pass: (ms: number) => void } {
  let now = 0;
  const pass = (ms: number): void => void (now += ms);
  return { now: () => now, sleep: async (ms) => pass(ms), pass };
}

/** The intake's answers, one after the other; each takes so long. */
async function check(given: readonly (Receipt | ConnectorError)[], takesMs = 10) {
  const clock = createClock();
  const pushed: (readonly string[])[] = [];
  const push = async (bodies: readonly string[]): Promise<Receipt> => {
    pushed.push(bodies);
    clock.pass(takesMs);
    const said = given[Math.min(pushed.length, given.length) - 1];
    if (said === undefined) throw new Error('nothing to say');
    if (said instanceof ConnectorError) throw said;
    return said;
  };
  const { signal } = new AbortController();
  const found = await checkIntake({ sink: { push }, host: 'intake.example', clock, signal });
  return { found, pushed };
}

test.each([
  [{ kind: 'accepted' } as const, /took an empty batch \(HTTP 2xx\).*key and connector id are good/],
  [{ kind: 'refused', reason: 'HTTP 422: empty' } as const, /for being empty \(HTTP 422\).*good$/],
])('sinks, check: %j is good', async (receipt, detail) => {
  const { found, pushed } = await check([receipt]);

  expect(pushed).toEqual([[]]);
  expect(found).toEqual({
    code: 'intake',
    title: 'Intake',
    status: 'passed',
    detail: expect.stringMatching(detail),
  });
});

test('sinks, check: a refused key or address is a refusal, and is not tried again', async () => {
  const { found, pushed } = await check([new SinkAuthError('no', { hint: 'check SEKOIA_API_KEY' })]);

  expect(pushed).toHaveLength(1);
  expect(found).toMatchObject({
    status: 'failed',
    isRefusal: true,
    detail: 'no',
    todo: 'check SEKOIA_API_KEY',
  });
});

test('sinks, check: an intake that stumbles once passes', async () => {
  const { found, pushed } = await check([new SinkUnavailableError('busy'), { kind: 'accepted' }]);

  expect([found.status, pushed.length]).toEqual(['passed', 2]);
});

test('sinks, check: an intake that lets us wait is not asked again', async () => {
  const { found, pushed } = await check([new SinkUnavailableError('too late')], 3000);

  expect(pushed).toHaveLength(1);
  expect(found).toMatchObject({ status: 'failed', isRefusal: false });
});

test('sinks, check: 413 to an empty batch is a failure', async () => {
  const { found } = await check([{ kind: 'too-large', reason: 'HTTP 413 without a reason' }]);

  expect(found).toMatchObject({ status: 'failed', detail: expect.stringContaining('(HTTP 413)') });
});
