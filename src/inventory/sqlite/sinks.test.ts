import { expect, test } from 'vitest';
import { createScene } from './inventory.fixture.ts';

test('inventory, sinks: sink, kind and id together are the key of what was delivered and of dead letters', () => {
  const { query } = createScene();
  const key = (table: string): unknown[] =>
    query(`SELECT name FROM pragma_table_info('${table}') WHERE pk > 0 ORDER BY pk`);

  expect(key('delivered')).toEqual(['sink', 'kind', 'id'].map((name) => ({ name })));
  expect(key('dead_letters')).toEqual(['sink', 'kind', 'id'].map((name) => ({ name })));
});
