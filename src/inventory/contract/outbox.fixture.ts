/** The contract of the outbox: the order of events, what is news, and what becomes of a batch. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type CreateScene, LIMITS, NOW, SINK, event } from './scene.fixture.ts';

export function outboxContract(createScene: CreateScene): void {
  describe('what is taken', () => {
    test('is the oldest first, and stays until the intake has it', async () => {
      const { save, take, outbox } = createScene();
      for (const id of ['u2', 'u1', 'u3']) await save(id);

      expect(await take()).toEqual(['u2 A', 'u1 A', 'u3 A']);
      expect(await outbox.pending()).toBe(3);
    });

    test('is nothing when nothing waits', async () => {
      expect(await createScene().take()).toEqual([]);
    });

    test('keeps to the number of events', async () => {
      const { save, take } = createScene();
      for (const id of ['u1', 'u2', 'u3']) await save(id);

      expect(await take({ count: 2, bytes: 1_000_000, envelopeBytes: 24 })).toEqual(['u1 A', 'u2 A']);
    });

    test('keeps to the bytes of the whole request, envelope and commas included', async () => {
      const makeEvent = () => event('é'.repeat(500));
      const { save, outbox } = createScene({ makeEvent });
      for (const id of ['u1', 'u2', 'u3', 'u4']) await save(id);

      const batch = await outbox.take({ count: 100, bytes: 3 * 1000 + 100, envelopeBytes: 24 });
      const body = `{"version":1,"items":[${batch.map((each) => each.body).join(',')}]}`;

      expect(batch).toHaveLength(3);
      expect(Buffer.byteLength(body)).toBeLessThanOrEqual(3100);
    });

    test('is one event alone when it is larger than the limit', async () => {
      const { save, outbox } = createScene({ makeEvent: () => event('x'.repeat(5000)) });
      await save('u1');
      await save('u2');

      expect(await outbox.take({ count: 100, bytes: 1000, envelopeBytes: 24 })).toMatchObject([
        { asset: { kind: 'user', id: 'u1' } },
      ]);
    });

    test('fills a batch although some users have two events', async () => {
      const { save, take } = createScene();
      for (const id of ['u1', 'u2']) await save(id);
      await take();
      for (const id of ['u1', 'u2', 'u3', 'u4']) await save(id, 'B');

      expect(await take({ count: 4, bytes: 1_000_000, envelopeBytes: 24 })).toEqual([
        'u1 A',
        'u2 A',
        'u3 B',
        'u4 B',
      ]);
    });
  });

  describe('for each user at most one in flight and one waiting', () => {
    test('a newer event takes the place of the one that waits', async () => {
      const { save, take, outbox } = createScene();

      expect([await save('u1', 'A'), await save('u1', 'B'), await save('u1', 'C')]).toEqual([
        'emitted',
        'emitted',
        'emitted',
      ]);
      expect(await outbox.pending()).toBe(1);
      expect(await take()).toEqual(['u1 C']);
    });

    test('never of the one in flight', async () => {
      const { save, take, outbox } = createScene();
      await save('u1', 'A');
      const batch = await outbox.take(LIMITS);
      await save('u1', 'B');
      await save('u1', 'C');

      expect(await outbox.pending()).toBe(2);
      await outbox.confirm(batch.map(({ sequence }) => sequence));
      expect(await take()).toEqual(['u1 C']);
    });

    test('a newer event waits until the one of unknown fate is settled', async () => {
      const { save, take } = createScene();
      await save('u1', 'A');
      await take();
      await save('u1', 'B');
      await save('u2', 'A');

      expect(await take()).toEqual(['u1 A', 'u2 A']);
      expect(await take()).toEqual(['u1 A', 'u2 A']);
    });

    test('a confirmation removes exactly its numbers', async () => {
      const { save, take, outbox } = createScene();
      for (const id of ['u1', 'u2', 'u3']) await save(id);
      const [first, , third] = await outbox.take(LIMITS);
      await save('u1', 'B');

      await outbox.confirm([first?.sequence ?? 0, third?.sequence ?? 0, 999]);

      expect(await take()).toEqual(['u2 A', 'u1 B']);
    });

    test('numbers are never given twice', async () => {
      const { save, outbox, deliver } = createScene();
      await save('u1', 'A');
      const [before] = await outbox.take(LIMITS);
      await deliver();
      await save('u1', 'B');
      const [after] = await outbox.take(LIMITS);

      expect(after?.sequence).toBeGreaterThan(before?.sequence ?? 0);
    });
  });

  describe('unchanged', () => {
    test('is what says the same as the event that waits', async () => {
      const { save, outbox } = createScene();

      expect([await save('u1'), await save('u1')]).toEqual(['emitted', 'unchanged']);
      expect(await outbox.pending()).toBe(1);
    });

    test('is what says the same as the event in flight', async () => {
      const { save, take } = createScene();
      await save('u1');
      await take();

      expect(await save('u1')).toBe('unchanged');
    });

    test('is what says the same as the intake has', async () => {
      const { save, deliver } = createScene();
      await save('u1');
      await deliver();

      expect(await save('u1')).toBe('unchanged');
    });

    test('is not what says the same as the event in flight, when a newer one waits', async () => {
      const { save, take } = createScene();
      await save('u1', 'A');
      await take();
      await save('u1', 'B');

      expect(await save('u1', 'A')).toBe('emitted');
    });

    test('is not what says the same as the intake had, while a later event may have reached it', async () => {
      const { save, take, deliver } = createScene();
      await save('u1', 'A');
      await deliver();
      await save('u1', 'B');
      await take();

      expect(await save('u1', 'A')).toBe('emitted');
      await deliver();
      expect(await save('u1', 'A')).toBe('unchanged');
      expect(await save('u1', 'B')).toBe('emitted');
    });

    test('is nothing when everything is to be sent, but still one event a user', async () => {
      const { save, deliver, outbox } = createScene();
      await save('u1');
      await deliver();

      expect([await save('u1', 'A', 'none'), await save('u1', 'A', 'none')]).toEqual(['emitted', 'emitted']);
      expect(await outbox.pending()).toBe(1);
    });

    test('is told of each user by itself', async () => {
      const { save, deliver } = createScene({ makeEvent: () => event('the same') });
      await save('u1');
      await deliver();

      expect(await save('u2')).toBe('emitted');
    });
  });

  describe('what the intake surely did not take', () => {
    test('waits again, as if never sent', async () => {
      const { save, take, outbox } = createScene();
      await save('u1', 'A');
      await save('u2', 'A');
      const batch = await outbox.take({ count: 1, bytes: 1000, envelopeBytes: 24 });

      await outbox.release(batch.map(({ sequence }) => sequence));
      await save('u1', 'B');

      expect(await outbox.pending()).toBe(2);
      expect(await take()).toEqual(['u2 A', 'u1 B']);
    });

    test('is gone when a newer event of the user waits already', async () => {
      const { save, take, outbox } = createScene();
      await save('u1', 'A');
      const batch = await outbox.take(LIMITS);
      await save('u1', 'B');

      await outbox.release([...batch.map(({ sequence }) => sequence), 999]);

      expect(await take()).toEqual(['u1 B']);
      expect(await outbox.pending()).toBe(1);
    });

    test('makes the last confirmed event count again', async () => {
      const { save, deliver, outbox, take } = createScene();
      await save('u1', 'A');
      await deliver();
      await save('u1', 'B');
      const batch = await outbox.take(LIMITS);
      await outbox.release(batch.map(({ sequence }) => sequence));
      await save('u1', 'A');

      expect(await take()).toEqual(['u1 A']);
    });

    test('is of unknown fate all the same when an earlier run had it in flight', async () => {
      const first = createScene();
      await first.save('u1', 'A');
      await first.deliver();
      await first.save('u1', 'B');
      await first.take();
      const { save, take, outbox } = first.reopen();
      await save('u1', 'C');
      const batch = await outbox.take(LIMITS);

      await outbox.release(batch.map(({ sequence }) => sequence));

      expect(await outbox.pending()).toBe(2);
      expect(await take()).toEqual(['u1 B']);
    });
  });

  describe('what the intake refused', () => {
    async function createRefused() {
      const scene = createScene();
      await scene.save('u1', 'A');
      const [taken] = await scene.outbox.take(LIMITS);
      await scene.outbox.refuse(taken?.sequence ?? 0, 'no such severity');
      return scene;
    }

    test('is kept with the reason, and how often', async () => {
      const { letters, outbox } = await createRefused();

      expect(await outbox.pending()).toBe(0);
      expect(await letters()).toEqual([
        {
          asset: { kind: 'user', id: 'u1' },
          login: 'ana.ruiz@example.com',
          refusedBy: 'sink',
          sink: SINK,
          reasons: ['no such severity'],
          body: '{"id":"u1","says":"A"}',
          firstAt: NOW,
          lastAt: NOW,
          times: 1,
        },
      ]);
    });

    test('is not sent again while it says the same', async () => {
      const { save, take } = await createRefused();

      expect(await save('u1', 'A')).toBe('dead-lettered');
      expect(await take()).toEqual([]);
    });

    test('is no reason to hold back what says something else; accepted, it is forgotten', async () => {
      const { save, deliver, letters } = await createRefused();

      expect(await save('u1', 'B')).toBe('emitted');
      expect(await letters()).toHaveLength(1);
      await deliver();

      expect(await letters()).toEqual([]);
      expect(await save('u1', 'A')).toBe('emitted');
    });

    test('is offered once more when everything is to be sent', async () => {
      const { save, outbox, letters } = createScene();
      await save('u1', 'A');
      const [first] = await outbox.take(LIMITS);
      await outbox.refuse(first?.sequence ?? 0, 'no');

      expect(await save('u1', 'A', 'none')).toBe('emitted');
      const [second] = await outbox.take(LIMITS);
      await outbox.refuse(second?.sequence ?? 0, 'still no');

      expect(await letters()).toMatchObject([{ reasons: ['still no'], times: 2 }]);
    });

    test('makes the last confirmed event count again, and is forgotten when that is what is true again', async () => {
      const { save, deliver, outbox, letters } = createScene();
      await save('u1', 'A');
      await deliver();
      await save('u1', 'B');
      const [taken] = await outbox.take(LIMITS);
      await outbox.refuse(taken?.sequence ?? 0, 'no');

      expect(await save('u1', 'A')).toBe('unchanged');
      expect(await letters()).toEqual([]);
    });

    test('stays known when the intake had taken the same before', async () => {
      const { save, deliver, outbox, letters } = createScene();
      await save('u1', 'A');
      await deliver();
      await save('u1', 'A', 'none');
      const [taken] = await outbox.take(LIMITS);
      await outbox.refuse(taken?.sequence ?? 0, 'no');

      await save('u1', 'A');

      expect(await letters()).toHaveLength(1);
    });

    test('does not touch a newer event that waits', async () => {
      const { save, take, outbox } = createScene();
      await save('u1', 'A');
      const [taken] = await outbox.take(LIMITS);
      await save('u1', 'B');

      await outbox.refuse(taken?.sequence ?? 0, 'no');

      expect(await take()).toEqual(['u1 B']);
    });
  });

  test('an event gets its stamp when it enters, and keeps it over re-sends', async () => {
    let stamps = 0;
    const stampEvent = (body: string): string => JSON.stringify({ ...JSON.parse(body), uid: (stamps += 1) });
    const { save, outbox } = createScene({ stampEvent });
    const takeUids = async (): Promise<unknown[]> =>
      (await outbox.take(LIMITS)).map(({ body }) => JSON.parse(body).uid);
    await save('u1');

    expect([await takeUids(), await takeUids()]).toEqual([[1], [1]]);
    await outbox.confirm((await outbox.take(LIMITS)).map(({ sequence }) => sequence));
    await save('u1', 'A', 'none');
    expect(await takeUids()).toEqual([2]);
  });

  test('over a restart nothing is lost, and what is of unknown fate goes first', async () => {
    const first = createScene();
    for (const id of ['u1', 'u2', 'u3']) await first.save(id, 'A');
    await first.deliver();
    for (const id of ['u1', 'u2', 'u3']) await first.save(id, 'B');
    await first.take({ count: 2, bytes: 1_000_000, envelopeBytes: 24 });
    await first.save('u2', 'C');
    const { save, take, deliver } = first.reopen();

    expect(await save('u1', 'A')).toBe('emitted');
    expect(await save('u3', 'B')).toBe('unchanged');
    expect(await take()).toEqual(['u1 B', 'u2 B', 'u3 B']);
    await deliver();
    expect([await save('u1', 'A'), await save('u2', 'C'), await save('u3', 'B')]).toEqual([
      'unchanged',
      'unchanged',
      'unchanged',
    ]);
  });

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
        const truth = new Map<string, string>();
        const intake = new Map<string, string>();
        /** The user of each event that may have left, by its number. */
        const attempted = new Map<number, string>();
        let scene = createScene();
        for (const each of steps) {
          if (each.do === 'save') {
            truth.set(`u${each.user}`, each.says);
            await scene.save(`u${each.user}`, each.says);
          } else if (each.do === 'restart') {
            scene = scene.reopen();
          } else {
            const isUnsure = attempted.size > 0;
            const batch = await scene.outbox.take({ ...LIMITS, count: each.count });
            if (each.do === 'confirm' || each.do === 'lose-acknowledgement')
              for (const { asset, body } of batch) intake.set(asset.id, JSON.parse(body).says);
            for (const { sequence, asset } of batch) attempted.set(sequence, asset.id);
            const sequences = batch.map(({ sequence }) => sequence);
            const isReleased = each.do === 'release' && !isUnsure;
            if (each.do === 'confirm') await scene.outbox.confirm(sequences);
            if (isReleased) await scene.outbox.release(sequences);
            if (each.do === 'confirm' || isReleased) for (const each of sequences) attempted.delete(each);
          }
          expect(new Set(attempted.values()).size).toBe(attempted.size);
          expect(await scene.outbox.pending()).toBeLessThanOrEqual(attempted.size + truth.size);
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
}
