import { expect, test } from 'vitest';
import { isSameOrg } from './same-org.ts';

const ACME = { id: '00o1', host: 'acme.okta.example' };

test.each([
  ['the same id and host', ACME, true],
  ['the same id at another host', { ...ACME, host: 'login.acme.example' }, true],
  ['another id at the same host', { ...ACME, id: '00o2' }, false],
  ['the same host without an id', { ...ACME, id: undefined }, true],
  ['another host without an id', { id: undefined, host: 'other.okta.example' }, false],
])('inventory policy, same org: inventory, policy: %s: is it the same org?', (_, other, expected) => {
  expect(isSameOrg(ACME, other)).toBe(expected);
  expect(isSameOrg(other, ACME)).toBe(expected);
});
