/** The contract of dead letters: how they are listed, and offered again. */
import { describe, expect, test } from 'vitest';
import { type CreateScene, NOW, SINK, unreadable } from './scene.fixture.ts';

export function deadLettersContract(createScene: CreateScene): void {
  describe('dead letters', () => {
    test('are listed by user: who, why, when and how often, with the event that the intake refused', async () => {
      const { save, refuse, letters } = createScene();
      await save('u2', 'A');
      await refuse('no such severity');
      await save('u1', 'unmappable');
      await save('u1', 'unmappable');

      const shared = { sink: SINK, login: 'ana.ruiz@example.com', firstAt: NOW, lastAt: NOW };
      expect(await letters()).toEqual([
        {
          ...shared,
          asset: { kind: 'user', id: 'u1' },
          refusedBy: 'mapping',
          reasons: ['no such name'],
          body: undefined,
          times: 2,
        },
        {
          ...shared,
          asset: { kind: 'user', id: 'u2' },
          refusedBy: 'sink',
          reasons: ['no such severity'],
          body: '{"id":"u2","says":"A"}',
          times: 1,
        },
      ]);
    });

    test('are all listed, however many', async () => {
      const { users, letters } = createScene();
      for (let user = 0; user < 401; user += 1) {
        await users.saveUnreadable({ kind: 'unreadable', id: `u${user}`, reason: 'no' });
      }

      const ids = (await letters()).map(({ asset }) => asset.id);

      expect(new Set(ids).size).toBe(401);
    });
  });

  describe('replaying dead letters', () => {
    test('offers what the intake refused as it was; it leaves the list when it is accepted', async () => {
      const first = createScene();
      await first.save('u1', 'A');
      await first.refuse();

      const replayed = await first.replay();

      expect(replayed).toEqual({ offered: 1, marked: 0, overtaken: 0, nameless: 0 });
      const { outbox, take, deliver, letters, save } = first.reopen();
      expect(await outbox.pending()).toBe(1);
      expect(await save('u1', 'A')).toBe('unchanged');
      expect(await take()).toEqual(['u1 A']);
      expect(await letters()).toMatchObject([{ asset: { id: 'u1' } }]);
      await deliver();
      expect(await letters()).toEqual([]);
      expect(await save('u1', 'A')).toBe('unchanged');
    });

    test('twice offers once; refused again it is counted once more', async () => {
      const first = createScene();
      await first.save('u1', 'A');
      await first.refuse();
      await first.replay();

      const again = await first.replay();

      expect(again).toEqual({ offered: 0, marked: 0, overtaken: 1, nameless: 0 });
      const { refuse, letters } = first.reopen();
      await refuse('still no');
      expect(await letters()).toMatchObject([{ reasons: ['still no'], times: 2 }]);
    });

    test('never takes the place of a newer event on its way', async () => {
      const first = createScene();
      await first.save('u1', 'A');
      await first.refuse();
      await first.save('u1', 'B');

      expect(await first.replay()).toMatchObject({ offered: 0, overtaken: 1 });
      expect(await first.reopen().take()).toEqual(['u1 B']);
    });

    test('marks users of whom no event could be made to be read again; one without an id cannot be', async () => {
      const first = createScene();
      await first.save('u1', 'unmappable');
      await first.users.saveUnreadable(unreadable('u2'));
      await first.users.saveUnreadable(unreadable(undefined));

      const replayed = await first.replay();

      expect(replayed).toEqual({ offered: 0, marked: 2, overtaken: 0, nameless: 1 });
      const { marks } = first.reopen();
      expect((await marks.list()).map(({ mark }) => mark)).toEqual([
        { subject: 'user', id: 'u1', question: 'record', reason: 'replay' },
        { subject: 'user', id: 'u2', question: 'record', reason: 'replay' },
      ]);
    });
  });
}
