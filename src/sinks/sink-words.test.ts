import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { ManualClock } from './clock.fixture.ts';
import { createDelivery } from './delivery.ts';
import { users } from './delivery.fixture.ts';
import { MemoryOutbox } from './outbox.fixture.ts';

test('sinks, sink words: delivery calls a sink by its own name, gives its own hint, and counts its own envelope', async () => {
  const outbox = new MemoryOutbox();
  outbox.save(...users(20));
  const messages: string[] = [];
  const sizes: number[] = [];
  const note = (_facts: object, message: string): void => void messages.push(message);
  const delivery = createDelivery({
    outbox,
    sink: {
      name: 'archive',
      envelopeBytes: 1000,
      refusalHint: 'ask the archivist',
      push: async (bodies) => {
        sizes.push(bodies.length);
        return { kind: 'refused', reason: 'no' };
      },
    },
    limits: { count: 100, bytes: 1030 },
    clock: new ManualClock(),
    random: () => 1,
    signal: new AbortController().signal,
    log: { debug: note, warn: note, error: note },
  });

  delivery.start();
  const { error } = await delivery.finish();

  expect(error).toMatchObject({
    message: 'the archive refused 20 events in a row: no',
    hint: 'ask the archivist',
  });
  // Of 12 and 13 bytes each: two of them and the envelope fit, three do not.
  expect(Math.max(...sizes)).toBe(2);
  expect([...new Set(messages)]).toEqual([
    'the archive answered',
    'delivery stopped: events wait in the outbox',
  ]);
});

test('sinks, sink words: sinks, words: code for every sink names none', () => {
  const files = readdirSync(import.meta.dirname).filter((file) => /^[a-z-]+\.ts$/.test(file));

  const naming = files.filter((file) =>
    /intake|sekoia/i.test(readFileSync(join(import.meta.dirname, file), 'utf8')),
  );

  expect(files).toContain('delivery.ts');
  expect(naming).toEqual([]);
});
