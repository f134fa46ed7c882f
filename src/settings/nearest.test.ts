import { expect, test } from 'vitest';
import { nearestName } from './nearest.ts';

const NAMES = ['OKTA_BASE_URL', 'OKTA_API_TOKEN', 'BATCH_SIZE', 'LOOKUPS'];

test.each([
  ['OKTA_BASE_ULR', 'OKTA_BASE_URL'],
  ['oktaApiToken', 'OKTA_API_TOKEN'],
  ['okta-base-url', 'OKTA_BASE_URL'],
  ['LOOKUP', 'LOOKUPS'],
  ['BATCHSIZE', 'BATCH_SIZE'],
  ['COLOUR', undefined],
  ['', undefined],
])('settings, nearest: %j means %s', (written, meant) => {
  expect(nearestName(written, NAMES)).toBe(meant);
});
