import { describe, expect, test } from 'vitest';
import { OktaAuthError, SinkUnavailableError } from '../ports/errors.ts';
import { createLog } from '../process/log.ts';
import type { Clock } from '../ports/clock.ts';
import { work } from './worker.ts';
import type { Attempted } from './attempt.ts';
import { WorkerMetrics } from './metrics.ts';
import { Pulse } from './pulse.ts';
import { Readiness } from './readiness.ts';
import type { Timetable } from './schedule.ts';

const SECOND = 1000;
const DONE: Attempted = { outcome: 'completed', failure: undefined, pending: 0, standing: undefined };
const FAILED: Attempted = {
  ...DONE,
  outcome: 'failed',
  failure: new SinkUnavailableError('no answer'),
  pending: 3,
};

interface Run {
  readonly tookSeconds: number;
  readonly ended?: Attempted;
}

interface Given {
  readonly runs: readonly Run[];
  readonly frequencySeconds: number | ((nowSeconds: number) => number);
  /** The second of the first start. */
  readonly firstAt?: number;
  /** The seconds from which on hooks wait until a run of theirs has taken them, which goes as the next of `runs`. */
  readonly hooksAt?: readonly number[];
  /** The second at which a file of settings or secrets changes. */
  readonly changesAt?: number;
  /** Called at each nap with a way to move the clock. */
  readonly onNap?: (jump: (seconds: number) => void, naps: number) => void;
}

/** Works through the runs and is told to stop in the last; gives the second at which each began, and what was logged. */
async function workThrough(given: Given) {
  const { runs, frequencySeconds, firstAt = 0, changesAt = Infinity, onNap = () => undefined } = given;
  const hooksAt = [...(given.hooksAt ?? [])];
  const forHooks: number[] = [];
  const origin = Date.parse('2026-08-01T10:00:00Z');
  let now = origin;
  let naps = 0;
  let underWay = 0;
  let most = 0;
  const startedAt: number[] = [];
  const lines: string[] = [];
  const stop = new AbortController();
  const clock: Clock = {
    now: () => now,
    sleep: async (ms) => {
      now += ms;
      naps += 1;
      onNap((seconds) => (now += seconds * SECOND), naps);
    },
  };
  const attempt = async (): Promise<Attempted> => {
    const run = runs[startedAt.length];
    startedAt.push((now - origin) / SECOND);
    underWay += 1;
    most = Math.max(most, underWay);
    await Promise.resolve();
    now += (run?.tookSeconds ?? 0) * SECOND;
    underWay -= 1;
    if (startedAt.length >= runs.length) stop.abort();
    return run?.ended ?? DONE;
  };
  const output = { write: (text: string) => lines.push(text) };
  const log = createLog(output, { level: 'info', secrets: [], pretty: false, now: () => now });
  const timetable: Timetable = {
    nextAfter: (instant) =>
      instant +
      SECOND *
        (typeof frequencySeconds === 'number' ? frequencySeconds : frequencySeconds((now - origin) / SECOND)),
  };
  await work({
    attempt,
    hooks: {
      dueAt: () => (hooksAt[0] === undefined ? undefined : origin + hooksAt[0] * SECOND),
      attempt: () => {
        hooksAt.shift();
        forHooks.push((now - origin) / SECOND);
        return attempt();
      },
    },
    whileIdle: (rest) => rest(),
    requests: { isRunWanted: false, look: async () => undefined, takeRun: () => undefined },
    nap: (ms) => clock.sleep(ms),
    firstAt: origin + firstAt * SECOND,
    timetable,
    files: () => ({ files: ['/run/secrets/okta_api_token'] }),
    changeMark: () => String(now >= origin + changesAt * SECOND),
    clock,
    random: () => 0,
    stopping: stop.signal,
    metrics: new WorkerMetrics('1'),
    readiness: new Readiness(clock, timetable),
    pulse: new Pulse(clock),
    log,
  });
  return { startedAt, forHooks, most, naps, lines };
}

describe('worker: the next run', () => {
  test('the first starts at once, the others FREQUENCY after the start of the one before', async () => {
    const runs = [{ tookSeconds: 5 }, { tookSeconds: 300 }, { tookSeconds: 60 }, { tookSeconds: 1 }];

    expect((await workThrough({ runs, frequencySeconds: 1200 })).startedAt).toEqual([0, 1200, 2400, 3600]);
  });

  test('starts missed by a long run are made up by one, and never are there two at once', async () => {
    const runs = [{ tookSeconds: 3500 }, { tookSeconds: 10 }, { tookSeconds: 10 }];
    const { startedAt, most } = await workThrough({ runs, frequencySeconds: 1200 });

    expect([startedAt, most]).toEqual([[0, 3500, 4700], 1]);
  });

  test('hooks have runs between those of the timetable, and move none of these; after a failure they pause', async () => {
    const failed = { tookSeconds: 1, ended: FAILED };
    const done = { tookSeconds: 1 };
    const runs = [done, done, failed, failed, failed, done, done];
    const { startedAt, forHooks } = await workThrough({
      runs,
      frequencySeconds: 1200,
      hooksAt: [100, 1201, 1240, 1300],
    });

    // After the timetable's failure at 1200 for 30 s; after their own at 1231 for 30 s, and then for 60 s.
    expect(forHooks).toEqual([100, 1231, 1262, 1323]);
    expect(startedAt).toEqual([0, 100, 1200, 1231, 1262, 1323, 2400]);
  });

  test('failures in a row are further and further apart, until a run that does not fail', async () => {
    const failed = { tookSeconds: 1, ended: FAILED };
    const runs = [failed, failed, failed, { tookSeconds: 1 }, { tookSeconds: 1 }, failed, failed];

    // Half of 10, 20 and 40 s from the end, but never before FREQUENCY; then the first pause again.
    expect((await workThrough({ runs, frequencySeconds: 10 })).startedAt).toEqual([
      0, 10, 21, 42, 52, 62, 72,
    ]);
  });

  test('a machine that slept through starts makes them up by one when it wakes', async () => {
    const runs = [{ tookSeconds: 0 }, { tookSeconds: 0 }, { tookSeconds: 0 }];
    const onNap: Given['onNap'] = (jump, naps) => {
      if (naps === 2) jump(8 * 3600);
    };
    const { startedAt } = await workThrough({ runs, frequencySeconds: 1200, onNap });

    expect(startedAt).toEqual([0, 30 + 8 * 3600, 1230 + 8 * 3600]);
  });

  test.each([
    ['shorter', 1200, 60, [0, 105, 165], ['1200', '60']],
    ['longer', 600, 1200, [0, 1200, 2400], ['600', '1095', '1200']],
  ])(
    'comes as soon as a FREQUENCY that became %s while it was waited for says, and the log tells when',
    async (_, before, after, starts, waits) => {
      const runs = [{ tookSeconds: 0 }, { tookSeconds: 0 }, { tookSeconds: 0 }];
      const frequencySeconds = (now: number): number => (now < 100 ? before : after);
      const { startedAt, lines } = await workThrough({ runs, frequencySeconds });

      expect(startedAt).toEqual(starts);
      expect(lines.map((line) => /"wait_seconds":(\d+)/.exec(line)?.[1])).toEqual(waits);
    },
  );

  test('a clock set back by a day delays it by one FREQUENCY at most', async () => {
    const runs = [{ tookSeconds: 0 }, { tookSeconds: 0 }];
    const onNap: Given['onNap'] = (jump, naps) => {
      if (naps === 2) jump(-86_400);
    };
    const { naps } = await workThrough({ runs, frequencySeconds: 1200, onNap });

    expect(naps).toBeLessThanOrEqual(2 + 1200 / 15);
  });
});

describe('worker: a refused credential', () => {
  const refused = {
    tookSeconds: 2,
    ended: { ...FAILED, failure: new OktaAuthError('the token is not valid') },
  };

  test('is tried again after 30 minutes, however small FREQUENCY is', async () => {
    const { startedAt } = await workThrough({ runs: [refused, refused, refused], frequencySeconds: 5 });

    expect(startedAt).toEqual([0, 1802, 3604]);
  });

  test('is tried again as soon as a file of a setting or a secret has changed, and the log names the files', async () => {
    const runs = [refused, { tookSeconds: 1 }, { tookSeconds: 1 }];
    const { startedAt, lines } = await workThrough({ runs, frequencySeconds: 86_400, changesAt: 100 });

    expect(startedAt).toEqual([0, 107, 86_507]);
    expect(lines.join('')).toContain(
      '"files":["/run/secrets/okta_api_token"],"msg":"waits until one of these files changes, or for 30 minutes"',
    );
  });

  test('is tried again at once when the file has changed while the run was under way', async () => {
    const runs = [refused, { tookSeconds: 1 }];

    expect((await workThrough({ runs, frequencySeconds: 60, changesAt: 1 })).startedAt).toEqual([0, 2]);
  });
});

test('worker: the first run waits for its start where one is given', async () => {
  const { startedAt, lines } = await workThrough({
    runs: [{ tookSeconds: 1 }],
    frequencySeconds: 60,
    firstAt: 90,
  });

  expect(startedAt).toEqual([90]);
  expect(lines[0]).toContain('"at":"2026-08-01T10:01:30.000Z","wait_seconds":90,"msg":"next run"');
});

describe('worker: the log', () => {
  test('names the next run after each but the last', async () => {
    const { lines } = await workThrough({
      runs: [{ tookSeconds: 5 }, { tookSeconds: 5 }],
      frequencySeconds: 60,
    });

    expect(lines).toHaveLength(1);
    expect(lines[0]).toContain('"at":"2026-08-01T10:01:00.000Z","wait_seconds":55,"msg":"next run"');
  });

  test('says of a failed run why, and how many failed in a row', async () => {
    const failed = { tookSeconds: 1, ended: FAILED };
    const { lines } = await workThrough({ runs: [failed, failed], frequencySeconds: 60 });

    expect(lines.filter((line) => line.includes('a run failed'))).toEqual([
      expect.stringContaining('"code":"intake_unavailable","reason":"no answer","failures_in_a_row":1'),
      expect.stringContaining('"failures_in_a_row":2'),
    ]);
  });
});
