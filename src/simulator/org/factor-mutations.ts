import type { Change, ChangeDesk } from './change-desk.ts';
import { factorFacts } from './factors.ts';
import { otherTarget, userTarget } from './log-event.ts';
import type { SimulatedFactorKind, SimulatedUser } from './org-model.ts';

/** Changes of factors: the log tells of them, no stamp does. */
export function factorMutations(desk: ChangeDesk) {
  return {
    activateFactor: (userId: string, kind: SimulatedFactorKind): Change =>
      desk.change('activateFactor', (at) => {
        const user = desk.user(userId);
        if (user.factors.includes(kind)) throw new Error(`${userId} has ${kind} already`);
        user.factors = [...user.factors, kind];
        user.enrolledAt = { ...user.enrolledAt, [kind]: at };
        return sayFactor(desk, user, kind, 'user.mfa.factor.activate');
      }),

    deactivateFactor: (userId: string, kind: SimulatedFactorKind): Change =>
      desk.change('deactivateFactor', () => {
        const user = desk.user(userId);
        if (!user.factors.includes(kind)) throw new Error(`${userId} has no ${kind}`);
        user.factors = user.factors.filter((each) => each !== kind);
        return sayFactor(desk, user, kind, 'user.mfa.factor.deactivate');
      }),

    resetFactors: (userId: string): Change =>
      desk.change('resetFactors', () => {
        const user = desk.user(userId);
        user.factors = [];
        desk.say({ eventType: 'user.mfa.factor.reset_all', targets: [userTarget(desk.org, user)] });
        return { users: [user.id], groups: [] };
      }),
  };
}

/**
 * A change of everybody's factors at once, of which the log names no user: the list of a user's factors shows what the
 * enrolment policy of the moment allows.
 */
export function policyMutations(desk: ChangeDesk) {
  return {
    /** The enrolment policy does not allow factors of this kind any more. */
    forbidFactor: (kind: SimulatedFactorKind, eventType = 'policy.rule.update'): Change =>
      desk.change('forbidFactor', () => {
        const users = desk.org.users.filter(({ factors }) => factors.includes(kind));
        for (const user of users) user.factors = user.factors.filter((each) => each !== kind);
        desk.say({ eventType, targets: [policyTarget(desk, 'MFA_ENROLL')] });
        return { users: users.map(({ id }) => id), groups: [] };
      }),

    /** A policy that shows nothing in what we read. */
    sayPolicy: (policyType: string): Change =>
      desk.change('sayPolicy', () => {
        desk.say({ eventType: 'policy.rule.update', targets: [policyTarget(desk, policyType)] });
        return { users: [], groups: [] };
      }),
  };
}

function policyTarget(desk: ChangeDesk, policyType: string) {
  return { ...otherTarget('PolicyEntity', desk.makeId('00p'), policyType), detailEntry: { policyType } };
}

function sayFactor(desk: ChangeDesk, user: SimulatedUser, kind: SimulatedFactorKind, eventType: string) {
  const enrolment = otherTarget('AuthenticatorEnrollment', desk.makeId('aut'), factorFacts(kind).factorType);
  desk.say({ eventType, targets: [userTarget(desk.org, user), enrolment] });
  return { users: [user.id], groups: [] };
}
