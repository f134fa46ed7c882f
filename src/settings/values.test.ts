import { describe, expect, test } from 'vitest';
import type { Parsed } from './parsed.ts';
import * as values from './values.ts';

function valueOf<T>(parsed: Parsed<T>): T | string {
  return parsed.kind === 'right' ? parsed.value : parsed.problem;
}

test.each([
  ['1', 1],
  ['1000', 1000],
  ['0', 'whole number from 1 to 1000'],
  ['1001', 'whole number from 1 to 1000'],
  ['-1', 'whole number'],
  ['1.5', 'whole number'],
  ['1e3', 'whole number'],
  ['ten', 'whole number'],
  ['0x10', 'whole number'],
  ['99999999999999999999999', 'whole number'],
])('settings, values: a whole number from 1 to 1000: %s', (text, expected) => {
  const value = valueOf(values.wholeNumber(1, 1000)(text));

  expect(value).toEqual(typeof expected === 'number' ? expected : expect.stringContaining(expected));
});

test.each([
  ['0.5', 0.5],
  ['1', 1],
  ['1.0', 1],
  ['.25', 0.25],
  ['0.', 'part'],
  ['0', 'part'],
  ['1.01', 'part'],
  ['50%', 'part'],
  ['-0.5', 'part'],
  ['NaN', 'part'],
])('settings, values: a share: %s', (text, expected) => {
  const value = valueOf(values.share(text));

  expect(value).toEqual(typeof expected === 'number' ? expected : expect.stringContaining(expected));
});

test.each([
  ['true', true],
  ['FALSE', false],
  ['yes', true],
  ['0', false],
  ['maybe', 'must be true or false'],
])('settings, values: true or false: %s', (text, expected) => {
  expect(valueOf(values.yesOrNo(text))).toBe(expected);
});

describe('settings, values: LOOKUPS', () => {
  test.each([
    ['groups', ['groups']],
    [' roles , groups,groups, ', ['groups', 'roles']],
    ['roles', ['roles']],
    ['group-roles,groups', ['groups', 'group-roles']],
  ])('takes %j', (text, expected) => {
    expect(valueOf(values.lookups(text))).toEqual(new Set(expected));
  });

  test.each([
    ['group-roles', 'without groups'],
    ['groups,mfa', 'unknown lookup: "mfa"; allowed are: groups, group-roles, factors, roles'],
    [',', 'names no lookup'],
  ])('refuses %j', (text, problem) => {
    expect(valueOf(values.lookups(text))).toEqual(expect.stringContaining(problem));
  });
});

describe('settings, values: ASSETS', () => {
  test.each([
    ['devices', ['devices']],
    ['app-users, APPS', ['apps', 'app-users']],
  ])('takes %j', (text, expected) => {
    expect(valueOf(values.assets(text))).toEqual(new Set(expected));
  });

  test.each([
    ['app-users', 'without apps'],
    ['rule', 'unknown asset: "rule"; allowed are: groups, apps, app-users, rules, devices, org'],
  ])('refuses %j', (text, problem) => {
    expect(valueOf(values.assets(text))).toEqual(expect.stringContaining(problem));
  });

  test('suggests the name that was probably meant', () => {
    expect(values.assets('apps,device')).toMatchObject({ hint: 'did you mean devices?' });
  });
});

describe('settings, values: a secret for a header', () => {
  test.each([
    ['SSWS 00abcdef', 'starts with "SSWS "'],
    ['ssws 00abcdef', 'starts with "SSWS "'],
    ['00abc def', 'spaces or line breaks'],
    ['00abc\ndef', 'spaces or line breaks'],
    ['"00abcdef"', 'in quotes'],
    ['00abcdéf', 'not plain ASCII'],
    ['00abc\u200Bdef', 'not plain ASCII'],
    ['00abc\u0000def', 'not plain ASCII'],
  ])('refuses %j without repeating it', (text, problem) => {
    const parsed = values.headerSecret('SSWS')(text);

    expect(parsed).toMatchObject({ kind: 'wrong', problem: expect.stringContaining(problem) });
    expect(JSON.stringify(parsed)).not.toContain('00abc');
  });

  test('takes the token alone', () => {
    const parsed = values.headerSecret('SSWS')('00aBc_-9');

    expect(parsed.kind === 'right' && parsed.value.reveal()).toBe('00aBc_-9');
  });
});

test.each([
  ['5b0c1f0e-6d3a-4b57-9a53-2f4f6f3f7c11', true],
  ['connector.1', true],
  ['..', false],
  ['a/b', false],
  ['a?b', false],
  ['a%2fb', false],
  ['a b', false],
])('settings, values: an id in a path: %s', (text, isRight) => {
  expect(values.pathSegment(text).kind === 'right').toBe(isRight);
});

test.each([
  ['profile.department eq "Finance"', true],
  ['(status eq "ACTIVE") or (status eq "LOCKED_OUT")', true],
  [String.raw`profile.lastName eq "O\"Neil (the second"`, true],
  ['status eq "ACTIVE") or (id pr', false],
  ['(status eq "ACTIVE"', false],
  ['status eq "ACTIVE', false],
  ['status eq\n"ACTIVE"', false],
])('settings, values: a search expression that can be bracketed: %s', (text, isRight) => {
  expect(values.searchExpression(text).kind === 'right').toBe(isRight);
});

test.each([
  ['0.0.0.0', true],
  ['::', true],
  ['localhost', true],
  ['http://localhost', false],
  ['a b', false],
])('settings, values: an address to listen on: %s', (text, isRight) => {
  expect(values.listenHost(text).kind === 'right').toBe(isRight);
});

test('settings, values: a label is one short line', () => {
  expect(values.label('Acmé, production')).toEqual({ kind: 'right', value: 'Acmé, production' });
  expect(values.label('a\u001B[2Jb').kind).toBe('wrong');
  expect(values.label('x'.repeat(101)).kind).toBe('wrong');
});

describe('settings, values: the risk rules', () => {
  test('are in the order of the table, each once', () => {
    expect(values.riskRules(' dormant, admin-without-mfa,dormant')).toMatchObject({
      value: new Set(['admin-without-mfa', 'dormant']),
    });
  });

  test.each([
    ['dormant,nope', 'unknown rule: "nope"; allowed are: admin-without-mfa'],
    [' , ', 'names no rule'],
  ])('%j is refused', (text, problem) => {
    expect(valueOf(values.riskRules(text))).toContain(problem);
  });
});
