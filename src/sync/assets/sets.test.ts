import { expect, test } from 'vitest';
import type { KnownSet } from '../../ports/assets.ts';
import { unknownSets } from './sets.ts';

const NEVER: KnownSet = { readAt: undefined, askedAt: undefined, gap: undefined };
const SETS: Readonly<Record<string, KnownSet>> = {
  known: { readAt: 1, askedAt: 1, gap: undefined },
  refused: { readAt: 1, askedAt: 2, gap: 'refused' },
  'refused too': { readAt: undefined, askedAt: 2, gap: 'refused' },
  unreadable: { readAt: undefined, askedAt: 2, gap: 'unreadable' },
  down: { readAt: 1, askedAt: 2, gap: 'unavailable' },
};
const inventory = {
  assets: { set: async ({ owner }: { readonly owner: string }) => SETS[owner] ?? NEVER },
};

test('sets: a cycle asks those that were never read or that Okta could not give, and one of those that fail for good', async () => {
  const owners = ['known', 'refused', 'refused too', 'unreadable', 'down', 'new', 'newer'];

  expect(await unknownSets({ inventory }, 'app-users', owners)).toEqual(['down', 'new', 'newer', 'refused']);
  expect(await unknownSets({ inventory }, 'app-users', ['known'])).toEqual([]);
});
