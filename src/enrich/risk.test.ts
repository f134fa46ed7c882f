import { describe, expect, it } from 'vitest';
import type { UserFacets } from '../ports/org.ts';
import {
  aFactor,
  aGroup,
  aRole,
  aUser,
  held,
  known,
  notAsked,
  READ_AT,
  someFacets,
  unknown,
} from './facets.fixture.ts';
import { assessRisk, RISK_RULES, type Risk, type RiskRule } from './risk.ts';

const DAY = 86_400_000;

function daysAgo(days: number): string {
  return new Date(READ_AT - days * DAY).toISOString();
}

/** Nothing speaks against this user. */
function aSafeUser(changes: Parameters<typeof aUser>[0] = {}): UserFacets['user'] {
  return aUser({ lastLogin: daysAgo(1), passwordChanged: daysAgo(30), ...changes });
}

function assess(changes: Partial<UserFacets>, rules: readonly RiskRule[] = RISK_RULES): Risk | undefined {
  const facets = someFacets({ user: aSafeUser(), ...changes });
  return assessRisk(facets, { adminRule: 'any-role', rules: new Set(rules) });
}

function rulesOf(changes: Partial<UserFacets>): readonly string[] | undefined {
  return assess(changes)?.reasons.map(({ rule }) => rule);
}

const anAdmin = { roles: held([aRole()]) };
const sms = aFactor({ type: 'sms' });

describe('enrich, risk: each rule', () => {
  it.each<[string, Partial<UserFacets>, readonly string[] | undefined]>([
    ['nothing', {}, []],
    ['an admin without factors', anAdmin, ['admin-without-mfa']],
    [
      'an admin whose factors are all pending',
      { ...anAdmin, factors: known([aFactor({ status: 'PENDING_ACTIVATION' })]) },
      ['admin-without-mfa'],
    ],
    ['a user without factors', { roles: held([]) }, []],
    ['an admin with only weak factors', { ...anAdmin, factors: known([sms]) }, ['admin-weak-mfa']],
    ['an admin with a strong factor beside', { ...anAdmin, factors: known([sms, aFactor()]) }, []],
    ['a suspended admin without factors', { ...anAdmin, user: aSafeUser({ status: 'SUSPENDED' }) }, []],
    ['active, signed in 90 days ago', { user: aSafeUser({ lastLogin: daysAgo(90) }) }, []],
    ['active, signed in 91 days ago', { user: aSafeUser({ lastLogin: daysAgo(91) }) }, ['dormant']],
    [
      'locked out, signed in 91 days ago',
      { user: aSafeUser({ lastLogin: daysAgo(91), status: 'LOCKED_OUT' }) },
      [],
    ],
    ['a password of 365 days', { user: aSafeUser({ passwordChanged: daysAgo(365) }) }, []],
    ['a password of 366 days', { user: aSafeUser({ passwordChanged: daysAgo(366) }) }, ['old-password']],
    ['no password', { user: aSafeUser({ passwordChanged: undefined }) }, []],
    [
      'never signed in, activated 31 days ago',
      { user: aSafeUser({ lastLogin: undefined, activated: daysAgo(31) }) },
      ['never-signed-in'],
    ],
    [
      'never signed in, activated 30 days ago',
      { user: aSafeUser({ lastLogin: undefined, activated: daysAgo(30) }) },
      [],
    ],
    ['never signed in, staged', { user: aSafeUser({ lastLogin: undefined, status: 'STAGED' }) }, []],
    [
      'deactivated, in an admin group',
      { user: aSafeUser({ status: 'DEPROVISIONED' }), groups: known([aGroup({}, known([aRole()]))]) },
      ['deactivated-admin'],
    ],
    [
      'deactivated, in a group whose role is off',
      {
        user: aSafeUser({ status: 'DEPROVISIONED' }),
        groups: known([aGroup({}, known([aRole({ status: 'INACTIVE' })]))]),
      },
      [],
    ],
  ])('%s', (_, changes, rules) => {
    expect(rulesOf(changes)).toEqual(rules);
  });
});

describe('enrich, risk: what is not known', () => {
  it.each<[string, Partial<UserFacets>]>([
    ['the factors of an admin', { ...anAdmin, factors: unknown() }],
    ['whether a user without factors is an admin', { roles: unknown() }],
    ['factors that were not asked for', { ...anAdmin, factors: notAsked }],
    ['the status', { ...anAdmin, user: aSafeUser({ status: undefined }) }],
  ])('is no "no risk": %s', (_, changes) => {
    expect(assess(changes)).toBeUndefined();
  });

  it('does not hide what is', () => {
    const risk = assess({ ...anAdmin, factors: unknown(), user: aSafeUser({ lastLogin: daysAgo(200) }) });

    expect(risk).toMatchObject({ score: 30, undecided: ['admin-without-mfa', 'admin-weak-mfa'] });
  });

  it('does not matter where something known decides', () => {
    expect(assess({ roles: held([], true), factors: unknown() })).toMatchObject({ score: 0, undecided: [] });
  });
});

describe('enrich, risk: score and level', () => {
  it.each<[Partial<UserFacets>, string, number, number]>([
    [{}, 'Info', 0, 0],
    [{ user: aSafeUser({ passwordChanged: daysAgo(999) }) }, 'Low', 1, 20],
    [{ user: aSafeUser({ lastLogin: daysAgo(99) }) }, 'Medium', 2, 30],
    [{ ...anAdmin, factors: known([sms]) }, 'High', 3, 60],
    [anAdmin, 'Critical', 4, 90],
    [{ ...anAdmin, user: aSafeUser({ lastLogin: daysAgo(99) }) }, 'Critical', 4, 100],
  ])('%#: %s', (changes, level, levelId, score) => {
    expect(assess(changes)).toMatchObject({ level, levelId, score });
  });
});

it('enrich, risk: leaves out the rules that are switched off', () => {
  expect(assess(anAdmin, ['dormant'])).toMatchObject({ score: 0, reasons: [] });
});

it('enrich, risk: judges by the day that it is given', () => {
  const user = aSafeUser({ lastLogin: daysAgo(1) });

  expect(assess({ user, evaluatedAt: READ_AT + 90 * DAY })?.reasons).toMatchObject([{ rule: 'dormant' }]);
});
