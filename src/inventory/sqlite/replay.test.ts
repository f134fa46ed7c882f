import { readdirSync } from 'node:fs';
import { expect, test } from 'vitest';
import { createFolder, createScene, HOLDER, SINK } from './inventory.fixture.ts';
import { replayDeadLetters } from './replay.ts';

test('inventory, replay: replaying dead letters is refused while a run has the inventory, and where there is none', async () => {
  const { folder, save } = createScene();
  const empty = createFolder();

  await expect(replayDeadLetters(folder, HOLDER, [SINK])).rejects.toMatchObject({
    message: expect.stringContaining('in use by'),
  });
  await expect(replayDeadLetters(empty, HOLDER, [SINK])).rejects.toMatchObject({
    message: expect.stringContaining('no inventory'),
  });
  expect(readdirSync(empty)).toEqual([]);
  expect(await save('u1')).toBe('emitted');
});
