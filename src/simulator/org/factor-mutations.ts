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

function sayFactor(desk: ChangeDesk, user: SimulatedUser, kind: SimulatedFactorKind, eventType: string) {
  const enrolment = otherTarget('AuthenticatorEnrollment', desk.makeId('aut'), factorFacts(kind).factorType);
  desk.say({ eventType, targets: [userTarget(desk.org, user), enrolment] });
  return { users: [user.id], groups: [] };
}
