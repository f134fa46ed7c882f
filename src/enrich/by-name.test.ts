import { expect, it } from 'vitest';
import { byName } from './by-name.ts';

it('enrich, by name: holds a value for each name, in the order of the names', () => {
  const lengths = byName(['long', 'ab'], (name) => name.length);

  expect(Object.entries(lengths)).toEqual([
    ['long', 4],
    ['ab', 2],
  ]);
});

it('enrich, by name: keeps a name whose value is not there', () => {
  expect(byName(['a'], () => undefined)).toHaveProperty('a', undefined);
});
