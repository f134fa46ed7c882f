import { setImmediate } from 'node:timers/promises';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Answer, GapReason } from '../../ports/org.ts';
import { Probe } from './probe.ts';

const known: Answer<string> = { kind: 'known', value: 'x', readAt: 0 };
const unknown = (reason: GapReason): Answer<string> => ({ kind: 'unknown', reason });
const refused = unknown('refused');

/** Lookups that are answered when the test says so. */
function createAsker(probe: Probe) {
  const waiting: ((answer: Answer<string>) => void)[] = [];
  let calls = 0;
  let most = 0;
  return {
    ask: () =>
      probe.ask(() => {
        calls += 1;
        const { promise, resolve } = Promise.withResolvers<Answer<string>>();
        waiting.push(resolve);
        most = Math.max(most, waiting.length);
        return promise;
      }),
    answer(answer: Answer<string>) {
      waiting.shift()?.(answer);
      return setImmediate();
    },
    get calls() {
      return calls;
    },
    get inFlight() {
      return waiting.length;
    },
    get most() {
      return most;
    },
  };
}

async function askInTurn(probe: Probe, answers: readonly Answer<string>[]) {
  const got: Answer<string>[] = [];
  let calls = 0;
  for (const answer of answers) {
    got.push(
      await probe.ask(async () => {
        calls += 1;
        return answer;
      }),
    );
  }
  return { got, calls };
}

const times = (count: number, answer: Answer<string>): Answer<string>[] =>
  Array.from({ length: count }, () => answer);

describe('okta, probe: a question refused', () => {
  test('five times in a row is not asked again', async () => {
    const probe = new Probe(false);

    const { got, calls } = await askInTurn(probe, times(50, refused));

    expect(calls).toBe(5);
    expect(got).toEqual(times(50, refused));
    expect(probe.isRefused).toBe(true);
  });

  test('once proves nothing, nor do four', async () => {
    const probe = new Probe(false);

    const { calls } = await askInTurn(probe, [...times(4, refused), known, ...times(20, refused)]);

    expect(calls).toBe(25);
    expect(probe.isRefused).toBe(false);
  });

  test('of many who ask at once exactly five find out, and all get the answer', async () => {
    const probe = new Probe(false);
    const asker = createAsker(probe);

    const answers = Promise.all(Array.from({ length: 100 }, () => asker.ask()));
    await setImmediate();
    expect(asker.inFlight).toBe(5);
    for (let answer = 0; answer < 5; answer += 1) await asker.answer(refused);

    expect(await answers).toEqual(times(100, refused));
    expect(asker.calls).toBe(5);
  });

  test('is not settled by failures of another kind', async () => {
    const probe = new Probe(false);
    const failures = times(20, unknown('unavailable'));

    const { calls } = await askInTurn(probe, [...times(2, refused), ...failures, unknown('gone')]);

    expect(calls).toBe(23);
    expect(probe.settled).toBeUndefined();
  });

  test('is no refusal when an answer came that makes no sense: that was allowed', async () => {
    const probe = new Probe(false);

    const { calls } = await askInTurn(probe, [
      ...times(4, refused),
      unknown('unreadable'),
      ...times(9, refused),
    ]);

    expect(calls).toBe(14);
    expect(probe.isRefused).toBe(false);
  });

  test('by an error stays open for the next', async () => {
    const probe = new Probe(true);

    await expect(probe.ask(() => Promise.reject(new Error('stop')))).rejects.toThrow('stop');

    expect((await askInTurn(probe, [known])).got).toEqual([known]);
  });
});

describe('okta, probe: one that was allowed', () => {
  test('opens the question for all who wait, as many at once as there are', async () => {
    const probe = new Probe(false);
    const asker = createAsker(probe);
    void Array.from({ length: 50 }, () => asker.ask());
    await setImmediate();

    await asker.answer(known);

    expect(asker.inFlight).toBe(49);
  });

  test('opens it for good, whatever those in flight come back with', async () => {
    const probe = new Probe(false);
    const asker = createAsker(probe);
    void Array.from({ length: 20 }, () => asker.ask());
    await setImmediate();
    for (let answer = 0; answer < 4; answer += 1) await asker.answer(refused);
    expect(asker.calls).toBe(5);

    await asker.answer(known);
    for (let answer = 0; answer < 15; answer += 1) await asker.answer(refused);

    expect(probe.settled).toBeUndefined();
    expect(asker.calls).toBe(20);
  });
});

test('okta, probe: one that was allowed is not off, whatever one of those in flight says', async () => {
  const probe = new Probe(false);
  const asker = createAsker(probe);
  const answers = Promise.all(Array.from({ length: 5 }, () => asker.ask()));
  await setImmediate();

  probe.settle('missing');
  await asker.answer(unknown('missing'));
  for (let answer = 0; answer < 4; answer += 1) await asker.answer(known);
  probe.settle('missing');

  expect(await answers).toEqual([unknown('missing'), ...times(4, known)]);
  expect((await askInTurn(probe, [known])).got).toEqual([known]);
});

describe('okta, probe: refused when last asked', () => {
  test('one call is enough to know that it still is', async () => {
    const probe = new Probe(true);
    const asker = createAsker(probe);

    const answers = Promise.all(Array.from({ length: 30 }, () => asker.ask()));
    await setImmediate();
    expect(asker.inFlight).toBe(1);
    await asker.answer(refused);

    expect(await answers).toEqual(times(30, refused));
    expect(asker.calls).toBe(1);
  });

  test('and allowed now is open again', async () => {
    const probe = new Probe(true);

    const { calls } = await askInTurn(probe, times(9, known));

    expect(calls).toBe(9);
    expect(probe.isRefused).toBe(false);
  });

  test('and not asked since, or without an answer, is still remembered as refused', async () => {
    const probe = new Probe(true);

    expect(probe.isRefused).toBe(true);
    await askInTurn(probe, [unknown('unavailable'), unknown('gone')]);

    expect(probe.isRefused).toBe(true);
    expect(new Probe(false).isRefused).toBe(false);
  });

  test('and a feature that is off now is not a refusal', () => {
    const probe = new Probe(true);

    probe.settle('missing');

    expect(probe.isRefused).toBe(false);
  });
});

test('okta, probe: a feature that is off settles it at once, also for those who wait', async () => {
  const probe = new Probe(false);
  const asker = createAsker(probe);
  const answers = Promise.all(Array.from({ length: 20 }, () => asker.ask()));
  await setImmediate();

  probe.settle('missing');
  for (let answer = 0; answer < 5; answer += 1) await asker.answer(unknown('missing'));

  expect(await answers).toEqual(times(20, unknown('missing')));
  expect(asker.calls).toBe(5);
});

test('okta, probe: never more refusals than proof needs, never a caller left waiting, whatever comes in whatever order', async () => {
  const answer = fc.constantFrom<Answer<string>>(known, refused, unknown('unavailable'), unknown('gone'));
  await fc.assert(
    fc.asyncProperty(
      fc.array(answer, { minLength: 1, maxLength: 60 }),
      fc.boolean(),
      async (answers, before) => {
        const probe = new Probe(before);
        let turn = 0;
        let isOpen = false;
        let refusals = 0;
        const lookup = async (): Promise<Answer<string>> => {
          const mine = answers[turn] ?? known;
          turn += 1;
          await setImmediate();
          if (mine.kind === 'known') isOpen = true;
          if (!isOpen && mine === refused) refusals += 1;
          return mine;
        };

        const got = await Promise.all(answers.map(() => probe.ask(lookup)));

        expect(got).toHaveLength(answers.length);
        expect(refusals).toBeLessThanOrEqual(before ? 1 : 5);
      },
    ),
  );
});
