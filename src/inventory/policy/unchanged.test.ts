import { describe, expect, test } from 'vitest';
import { fateOf, type EarlierEvents, type Fate } from './unchanged.ts';

const MADE = { hash: 'made', hashWithoutSignIn: 'calm' };
const OTHER = { hash: 'other', hashWithoutSignIn: 'else' };
const SIGNED_IN = { hash: 'before', hashWithoutSignIn: 'calm' };
const NOTHING: EarlierEvents = { onItsWay: undefined, delivered: undefined, refusedHash: undefined };

describe('inventory policy, unchanged: an event compared with all of the last one', () => {
  test.each<[string, Partial<EarlierEvents>, Fate]>([
    ['is the first', {}, 'emitted'],
    ['differs from the confirmed one', { delivered: OTHER }, 'emitted'],
    ['is the confirmed one', { delivered: MADE }, 'unchanged-again'],
    ['is on its way', { onItsWay: MADE, delivered: OTHER }, 'unchanged'],
    ['is the confirmed one, but another is on its way', { onItsWay: OTHER, delivered: MADE }, 'emitted'],
    ['was refused', { refusedHash: 'made' }, 'refused-before'],
    ['was refused after it was confirmed', { delivered: MADE, refusedHash: 'made' }, 'unchanged'],
    ['follows another one that was refused', { refusedHash: 'other' }, 'emitted'],
    ['differs by the sign-in alone', { delivered: SIGNED_IN }, 'emitted'],
  ])('%s', (_, earlier, fate) => {
    expect(fateOf(MADE, { ...NOTHING, ...earlier }, 'every-difference')).toBe(fate);
  });
});

test('inventory policy, unchanged: a sign-in alone makes no event between full runs', () => {
  expect(fateOf(MADE, { ...NOTHING, delivered: SIGNED_IN }, 'but-sign-in')).toBe('unchanged-again');
});

test('inventory policy, unchanged: compared with nothing it always enters, refused before or not', () => {
  const earlier = { onItsWay: MADE, delivered: MADE, refusedHash: 'made' };

  expect(fateOf(MADE, earlier, 'none')).toBe('emitted');
});
