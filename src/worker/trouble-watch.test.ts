import { expect, test } from 'vitest';
import { prepareCommand } from '../compose/prepare.ts';
import type { Sign } from '../notices/signs.ts';
import { createTestWorld } from '../process/world.fixture.ts';
import { ManualClock } from '../sinks/clock.fixture.ts';
import { TroubleWatch } from './trouble-watch.ts';

function setUp(notify: string) {
  const clock = new ManualClock();
  const stop = new AbortController();
  const env = {
    OKTA_BASE_URL: 'https://acme.okta.com',
    OKTA_API_TOKEN: '00token',
    ALERT_WEBHOOK_URL: 'https://hooks.example.com/',
    ALERT_WEBHOOK_FORMAT: 'slack',
    NOTIFY: notify,
  };
  const prepared = prepareCommand(createTestWorld({ env }).world, { requireSink: false });
  const looks: (readonly Sign[])[] = [];
  const watch = new TroubleWatch({
    desk: { look: async (_, signs) => void looks.push(signs) },
    readiness: { reasons: () => [{ code: 'run_overdue', since: 0, todo: 'look' }] },
    metrics: { run: undefined },
    prepared: () => prepared,
    clock,
    stopping: stop.signal,
  });
  return { watch, clock, looks, stop };
}

test('worker, watch of trouble: looks once a minute until the worker stops, however often a run starts', async () => {
  const { watch, clock, looks, stop } = setUp('all');

  watch.startIfWanted();
  watch.startIfWanted();
  await clock.advance(60_000);
  await clock.advance(60_000);
  stop.abort();
  await clock.advance(60_000);

  const overdue = { cause: 'no-completed-run', state: 'present' };
  expect(looks).toEqual([[overdue], [overdue]]);
});

test('worker, watch of trouble: does not look where operators want to hear of none', () => {
  const { watch, clock } = setUp('');

  watch.startIfWanted();

  expect(clock.sleeperCount).toBe(0);
});
