import fc from 'fast-check';
import { expect, test } from 'vitest';
import { createFolder, createScene, LIMITS } from './inventory.fixture.ts';

const step = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.record({
      do: fc.constant('save' as const),
      user: fc.nat(2),
      says: fc.constantFrom('A', 'B'),
    }),
  },
  fc.record({
    do: fc.constantFrom(
      'confirm' as const,
      'lose' as const,
      'lose-acknowledgement' as const,
      'release' as const,
    ),
    count: fc.integer({ min: 1, max: 3 }),
  }),
  fc.record({ do: fc.constant('restart' as const) }),
);

test('whatever happens in whatever order, the intake ends with the newest of every user', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 30 }), async (steps) => {
      const folder = createFolder();
      const truth = new Map<string, string>();
      const intake = new Map<string, string>();
      let scene = createScene({ folder });
      for (const each of steps) {
        if (each.do === 'save') {
          truth.set(`u${each.user}`, each.says);
          await scene.save(`u${each.user}`, each.says);
        } else if (each.do === 'restart') {
          scene.close();
          scene = createScene({ folder });
        } else {
          const isUnsure = scene.query('SELECT sequence FROM outbox WHERE attempted = 1').length > 0;
          const batch = await scene.outbox.take({ ...LIMITS, count: each.count });
          if (each.do === 'confirm' || each.do === 'lose-acknowledgement')
            for (const { asset, body } of batch) intake.set(asset.id, JSON.parse(body).says);
          const sequences = batch.map(({ sequence }) => sequence);
          if (each.do === 'confirm') await scene.outbox.confirm(sequences);
          if (each.do === 'release' && !isUnsure) await scene.outbox.release(sequences);
        }
        const crowded = 'SELECT id FROM outbox GROUP BY id, attempted HAVING count(*) > 1';
        expect(scene.query(crowded)).toEqual([]);
      }

      for (
        let batch = await scene.outbox.take(LIMITS);
        batch.length > 0;
        batch = await scene.outbox.take(LIMITS)
      ) {
        for (const { asset, body } of batch) intake.set(asset.id, JSON.parse(body).says);
        await scene.outbox.confirm(batch.map(({ sequence }) => sequence));
      }

      expect(intake).toEqual(truth);
      scene.close();
    }),
    { numRuns: 40 },
  );
});
