/** The contract of sinks: each has its own outbox, delivered hashes and dead letters. */
import { expect, test } from 'vitest';
import { type CreateScene, LIMITS, unreadable } from './scene.fixture.ts';

export function sinksContract(createScene: CreateScene): void {
  test('what one sink confirmed is still news for another one', async () => {
    const first = createScene({ sink: 'first' });
    await first.save('u1');
    await first.deliver();

    const second = first.reopen({ sink: 'second' });
    expect(await second.save('u1')).toBe('emitted');
    expect(await second.take()).toEqual(['u1 A']);

    const again = second.reopen({ sink: 'first' });
    expect(await again.save('u1')).toBe('unchanged');
  });

  test('an event that waits for one sink is not given to another one, which is not behind because of it', async () => {
    const first = createScene({ sink: 'first' });
    await first.save('u1');

    const second = first.reopen({ sink: 'second' });
    expect(await second.outbox.take(LIMITS)).toEqual([]);
    expect(await second.outbox.pending()).toBe(0);

    expect(await second.reopen({ sink: 'first' }).take()).toEqual(['u1 A']);
  });

  test('an event that one sink refused is offered to another one, and is a dead letter of the first alone', async () => {
    const first = createScene({ sink: 'first' });
    await first.save('u1');
    await first.refuse();
    await first.users.saveUnreadable(unreadable('u2'));

    const second = first.reopen({ sink: 'second' });
    expect(await second.save('u1')).toBe('emitted');
    await second.deliver();
    expect(await second.standing(new Set())).toMatchObject({ deadLetters: 0 });

    expect(await second.replay()).toMatchObject({ offered: 0, marked: 0 });
    const letters = (await first.letters()).map(({ asset, sink, refusedBy }) => [asset, sink, refusedBy]);
    expect(letters).toEqual([
      [{ kind: 'user', id: 'u1' }, 'first', 'sink'],
      [{ kind: 'user', id: 'u2' }, 'first', 'mapping'],
    ]);
    expect(await first.replay()).toMatchObject({ offered: 1, marked: 1 });
  });
}
