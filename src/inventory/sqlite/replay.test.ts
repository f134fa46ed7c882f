import { readdirSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { createFolder, createScene, HOLDER, SINK, unreadable } from './inventory.fixture.ts';
import { replayDeadLetters } from './replay.ts';

describe('replaying dead letters', () => {
  test('offers what the intake refused as it was; it leaves the list when it is accepted', async () => {
    const first = createScene();
    await first.save('u1', 'A');
    await first.refuse();
    first.close();

    const replayed = await replayDeadLetters(first.folder, HOLDER, SINK);

    expect(replayed).toEqual({ offered: 1, marked: 0, overtaken: 0, nameless: 0 });
    const { outbox, take, deliver, query, save } = createScene({ folder: first.folder });
    expect(await outbox.pending()).toBe(1);
    expect(await save('u1', 'A')).toBe('unchanged');
    expect(await take()).toEqual(['u1 A']);
    expect(query('SELECT id FROM dead_letters')).toEqual([{ id: 'u1' }]);
    await deliver();
    expect(query('SELECT id FROM dead_letters')).toEqual([]);
    expect(await save('u1', 'A')).toBe('unchanged');
  });

  test('twice offers once; refused again it is counted once more', async () => {
    const first = createScene();
    await first.save('u1', 'A');
    await first.refuse();
    first.close();
    await replayDeadLetters(first.folder, HOLDER, SINK);

    const again = await replayDeadLetters(first.folder, HOLDER, SINK);

    expect(again).toEqual({ offered: 0, marked: 0, overtaken: 1, nameless: 0 });
    const { refuse, query } = createScene({ folder: first.folder });
    await refuse('still no');
    expect(query('SELECT reasons, times FROM dead_letters')).toEqual([{ reasons: '["still no"]', times: 2 }]);
  });

  test('never takes the place of a newer event on its way', async () => {
    const first = createScene();
    await first.save('u1', 'A');
    await first.refuse();
    await first.save('u1', 'B');
    first.close();

    expect(await replayDeadLetters(first.folder, HOLDER, SINK)).toMatchObject({ offered: 0, overtaken: 1 });
    expect(await createScene({ folder: first.folder }).take()).toEqual(['u1 B']);
  });

  test('marks users of whom no event could be made to be read again; one without an id cannot be', async () => {
    const first = createScene();
    await first.save('u1', 'unmappable');
    await first.users.saveUnreadable(unreadable('u2'));
    await first.users.saveUnreadable(unreadable(undefined));
    first.close();

    const replayed = await replayDeadLetters(first.folder, HOLDER, SINK);

    expect(replayed).toEqual({ offered: 0, marked: 2, overtaken: 0, nameless: 1 });
    const { marks } = createScene({ folder: first.folder });
    expect((await marks.list()).map(({ mark }) => mark)).toEqual([
      { subject: 'user', id: 'u1', question: 'record', reason: 'replay' },
      { subject: 'user', id: 'u2', question: 'record', reason: 'replay' },
    ]);
  });

  test('is refused while a run has the inventory, and where there is none', async () => {
    const { folder, save } = createScene();
    const empty = createFolder();

    await expect(replayDeadLetters(folder, HOLDER, SINK)).rejects.toMatchObject({
      message: expect.stringContaining('in use by'),
    });
    await expect(replayDeadLetters(empty, HOLDER, SINK)).rejects.toMatchObject({
      message: expect.stringContaining('no inventory'),
    });
    expect(readdirSync(empty)).toEqual([]);
    expect(await save('u1')).toBe('emitted');
  });
});
