import { expect, test } from 'vitest';
import { createScene, meddle } from './inventory.fixture.ts';

test('inventory, evaluation: a user whose event cannot be made leaves nothing half-done for the others', async () => {
  const scene = createScene();
  for (const id of ['u1', 'u2', 'u3']) await scene.save(id);
  await scene.users.needEvents();
  meddle(scene, `UPDATE users SET fields = '{"id":7}' WHERE id = 'u2'`);

  await expect(scene.evaluated()).rejects.toMatchObject({ code: 'inventory' });

  expect(scene.query('SELECT id FROM users WHERE needs_event = 1')).toHaveLength(3);
});
