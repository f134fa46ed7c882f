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
])('settings, secret: does not show its text in %s', (_way, printed) => {
  expect(printed).not.toContain('very-secret');
});

test('settings, secret: gives its text to who asks for it', () => {
  expect(secret.reveal()).toBe('00very-secret');
});

test('settings, secret: the scrubber replaces every occurrence, in its URL form too, and the longer secret first', () => {
  const scrub = createScrubber(['abcd', 'abcd/efgh']);

  expect(scrub('abcd abcd/efgh abcd%2Fefgh')).toBe('[hidden] [hidden] [hidden]');
});

test('settings, secret: the scrubber leaves texts alone that are too short to be a secret', () => {
  expect(createScrubber(['', 'a'])('a banana')).toBe('a banana');
});

test.each([
  [
    'is cut out of no longer word',
    'REDACT_KEY is shorter than 32 characters, a short key',
    'REDACT_KEY is shorter than 32 characters, a [hidden] key',
  ],
  ['is hidden beside an escape of a URL', 'user%3Ashort%40host', 'user%3A[hidden]%40host'],
  ['is hidden after an escape of JSON', String.raw`{"a":"\nshort"}`, String.raw`{"a":"\n[hidden]"}`],
])('settings, secret: a short secret %s', (_way, text, scrubbed) => {
  expect(createScrubber(['short'])(text)).toBe(scrubbed);
});

test('settings, secret: secrets that overlap are hidden as one, and nothing of either is left', () => {
  expect(createScrubber(['abcdefgh', 'efghijkl'])('x abcdefghijkl y')).toBe('x [hidden] y');
});

test('settings, secret: a secret that is a part of the word for hidden things is not sought in what stands for another', () => {
  expect(createScrubber(['hidden', 'topsecret'])('topsecret')).toBe('[hidden]');
});
