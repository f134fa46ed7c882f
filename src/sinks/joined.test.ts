import { expect, test } from 'vitest';
import { SinkAuthError } from '../ports/errors.ts';
import { accepted, createScene, users } from './delivery.fixture.ts';
import { joinDeliveries, joinOutboxes } from './joined.ts';

const refusal = new SinkAuthError('the intake does not accept the API key', { hint: 'check the key' });

test.each([
  ['the first', [refusal, accepted] as const, 0],
  ['the second', [accepted, refusal] as const, 1],
])(
  'sinks, joined: %s sink is down, and the other one takes all that is its own',
  async (_, answers, down) => {
    const scenes = answers.map((answer, at) =>
      createScene({ answer: () => answer, saved: users(3, `${at}-`) }),
    );
    const joined = joinDeliveries(scenes.map(({ delivery }) => delivery));

    joined.start();
    const totals = await joined.finish();

    expect(scenes.map(({ kept }) => kept.flat().length)).toEqual(down === 0 ? [0, 3] : [3, 0]);
    expect(totals).toMatchObject({ accepted: 3, isProven: false, error: refusal });
    expect(await joinOutboxes(scenes.map(({ outbox }) => outbox)).pending()).toBe(3);
  },
);

test('sinks, joined: the oldest event of all outboxes counts, and none where none waits', async () => {
  const outbox = (at: number | undefined) => ({ pending: async () => 0, oldestAt: async () => at });

  expect(await joinOutboxes([outbox(undefined), outbox(7), outbox(5)]).oldestAt()).toBe(5);
  expect(await joinOutboxes([outbox(undefined)]).oldestAt()).toBeUndefined();
});
