import { expect, test } from 'vitest';
import { READ_AT } from '../../enrich/facets.fixture.ts';
import { createScene } from './inventory.fixture.ts';

test('inventory, users: counting the answers of all lookups lets others have their turn', async () => {
  const { users, save } = createScene();
  await save('u1');
  let hadTurn = false;
  setImmediate(() => (hadTurn = true));

  await users.countAnswers(READ_AT + 1000);

  expect(hadTurn).toBe(true);
});
