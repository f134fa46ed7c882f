import { expect, test } from 'vitest';
import { Validators } from './validators.ts';

const schemaOf = (type: string) => ({ type: 'object', properties: { time: { type } } });

test('compose, validators: the runs of a worker share a compiled schema, as long as it says the same', () => {
  const validators = new Validators();
  const first = validators.of(schemaOf('integer'));

  expect(validators.of(schemaOf('integer'))).toBe(first);
  expect(validators.of(schemaOf('string'))({ time: 5 })).toEqual(['time must be string']);
  expect(first({ time: 5 })).toEqual([]);
});
