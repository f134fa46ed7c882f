import { format, inspect } from 'node:util';
import { expect, test } from 'vitest';
import { createScrubber, Secret } from './secret.ts';

const secret = new Secret('00very-secret');

test.each([
  ['String()', String(secret)],
  ['JSON', JSON.stringify({ secret })],
  ['util.inspect', inspect({ nested: [secret] }, { showHidden: true, depth: 9 })],
  ['util.format', format('%o %s', secret, secret)],
  ['its own properties', JSON.stringify(Object.entries(secret))],
])('does not show its text in %s', (_way, printed) => {
  expect(printed).not.toContain('very-secret');
});

test('gives its text to who asks for it', () => {
  expect(secret.reveal()).toBe('00very-secret');
});

test('the scrubber replaces every occurrence, in its URL form too, and the longer secret first', () => {
  const scrub = createScrubber(['abcd', 'abcd/efgh']);

  expect(scrub('abcd abcd/efgh abcd%2Fefgh')).toBe('[hidden] [hidden] [hidden]');
});

test('the scrubber leaves texts alone that are too short to be a secret', () => {
  expect(createScrubber(['', 'a'])('a banana')).toBe('a banana');
});
