import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  accepted,
  createScene,
  refused,
  tooLarge,
  unavailable,
  users,
  type Answering,
} from './delivery.fixture.ts';

const FATES = ['ok', 'ok', 'ok', 'lost acknowledgement', 'down'] as const;

const intakes = fc.record({
  count: fc.integer({ min: 1, max: 60 }),
  batchSize: fc.integer({ min: 1, max: 20 }),
  largest: fc.integer({ min: 1, max: 20 }),
  guilty: fc.array(fc.integer({ min: 1, max: 60 }), { maxLength: 19 }),
  fates: fc.infiniteStream(fc.constantFrom(...FATES)),
});

test('sinks, delivery: whatever the intake does, every event arrives or is the dead letter it deserves', async () => {
  await fc.assert(
    fc.asyncProperty(intakes, async ({ count, batchSize, largest, guilty, fates }) => {
      const bad = new Set(guilty.map((index) => `u${index}`));
      const arrived = new Set<string>();
      const answer: Answering = (batch) => {
        const fate: (typeof FATES)[number] = fates.next().value ?? 'ok';
        if (fate === 'down') return unavailable();
        if (batch.length > largest) return tooLarge;
        if (batch.some((user) => bad.has(user))) return refused;
        for (const user of batch) arrived.add(user);
        return fate === 'ok' ? accepted : unavailable();
      };
      const { delivery, outbox, clock } = createScene({
        saved: users(count),
        limits: { count: batchSize },
        answer,
      });

      const totals = await clock.until(delivery.finish());

      expect(totals.error).toBeUndefined();
      expect(new Set(outbox.confirmed)).toEqual(arrived);
      expect(totals.accepted).toBe(outbox.confirmed.length);
      expect([...outbox.deadLetters.keys()].toSorted()).toEqual(
        users(count)
          .filter((u) => bad.has(u))
          .toSorted(),
      );
      expect(outbox.confirmed.length + outbox.deadLetters.size).toBe(count);
      expect(clock.sleeperCount).toBe(0);
    }),
  );
});
