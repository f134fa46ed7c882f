import { expect, test } from 'vitest';
import { Validators } from './validators.ts';

test('compose, validators: the runs of a worker share a compiled schema, as long as it says the same', () => {
  const validators = new Validators();
  const first = validators.of({ type: 'object', required: ['class_uid'] });

  expect(validators.of({ type: 'object', required: ['class_uid'] })).toBe(first);
  expect(validators.of({ type: 'object', required: ['time'] })({ class_uid: 5003 })).toEqual([
    'the event must have time',
  ]);
  expect(first({ class_uid: 5003 })).toEqual([]);
});
