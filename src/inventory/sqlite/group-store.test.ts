import { describe, expect, test } from 'vitest';
import {
  aReading,
  broken,
  createScene,
  listed,
  pageOf,
  pages,
  saveMembers,
  sized,
  type Scene,
} from './inventory.fixture.ts';

async function createGroups(): Promise<Scene> {
  const scene = createScene();
  await scene.groups.save(pageOf(sized('00g1')), 1);
  return scene;
}

async function* neverEnding(first: readonly string[]): AsyncGenerator<readonly string[]> {
  yield first;
  await new Promise(() => {});
}

const staged = (scene: Pick<Scene, 'query'>): unknown[] => scene.query('SELECT * FROM members_being_read');

describe('inventory, group store: members that are being read take no room', () => {
  test('once the listing is complete, nor when it fails half-way', async () => {
    const scene = await createGroups();

    await saveMembers(scene, '00g1', pages(['u1'], ['u2']));
    expect(staged(scene)).toEqual([]);
    await expect(saveMembers(scene, '00g1', broken(['u2'], ['u3']))).rejects.toThrow('half-way');

    expect(staged(scene)).toEqual([]);
  });

  test('beyond the next opening when the listing was killed half-way', async () => {
    const killed = await createGroups();
    const pending = saveMembers(killed, '00g1', neverEnding(['u1']));
    pending.catch(() => undefined);
    await expect.poll(() => staged(killed)).toHaveLength(1);
    killed.close();

    expect(staged(createScene({ folder: killed.folder }))).toEqual([]);
  });
});

test('inventory, group store: reading members writes no row of a user who has no event yet', async () => {
  const scene = await createGroups();
  await scene.users.save(aReading({ user: listed({ id: 'u1' }).user, isComplete: false }));
  await scene.save('u2');

  await saveMembers(scene, '00g1', pages(['u1', 'u2']));
  scene.close();

  expect(scene.query('SELECT id FROM users WHERE needs_event = 1')).toEqual([{ id: 'u2' }]);
});
