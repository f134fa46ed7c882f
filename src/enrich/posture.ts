import {
  FACTOR_KINDS,
  type Facet,
  type FactorKind,
  type Lookup,
  type Role,
  type UserFacets,
} from '../ports/org.ts';
import { isAdmin, makesAdmin, type AdminRule } from './admin.ts';
import { factorKind } from './factor-kinds.ts';
import { countsAsMfa, hasMfa, type MfaRule } from './mfa.ts';
import { isServiceUserType } from './service-accounts.ts';
import { parseStamp } from './stamps.ts';

export const DAY_MS = 86_400_000;

/** All other statuses, also those that we do not know, let users sign in, or go on with it. */
const SIGNED_OUT: ReadonlySet<string> = new Set(['STAGED', 'SUSPENDED', 'DEPROVISIONED']);

export const YES_NO_UNKNOWN = ['yes', 'no', 'unknown'] as const;
type YesNoUnknown = (typeof YES_NO_UNKNOWN)[number];
export const SIGN_INS = ['known', 'never', 'unknown'] as const;

/** The facts about one user that count for the posture. Many users have the same. */
export interface UserPosture {
  /** Okta's status, or `unknown`. */
  readonly status: string;
  readonly mfa: YesNoUnknown;
  /** The kinds of the factors that count as MFA. */
  readonly kinds: readonly FactorKind[];
  readonly admin: YesNoUnknown;
  readonly signIn: (typeof SIGN_INS)[number];
  readonly service: YesNoUnknown;
}

export interface JudgedUser {
  readonly posture: UserPosture;
  /** The day of the last sign-in, in days since 1970; only of users who may sign in. */
  readonly signedInDay: number | undefined;
}

/** The rules by which the posture is judged: those of events, but nothing is ever assumed. */
export interface PostureRules {
  readonly mfaRule: MfaRule;
  readonly adminRule: AdminRule;
  /** Answers to other lookups do not count. */
  readonly lookups: ReadonlySet<Lookup>;
  /** False when `userType` is stored as a hash. */
  readonly readsUserType: boolean;
}

export interface JudgePosture {
  readonly ofUser: (facets: UserFacets) => JudgedUser;
  /** Does one of a group's roles make its members Admin? `undefined`: the settings do not ask for roles. */
  readonly isPrivileged: (roles: readonly Role[]) => boolean | undefined;
}

export function createJudge(rules: PostureRules): JudgePosture {
  const asksRoles = rules.lookups.has('group-roles') || rules.lookups.has('roles');
  return {
    ofUser: (facets) => judge(facets, rules),
    isPrivileged: (roles) =>
      asksRoles ? roles.some((role) => makesAdmin(role, rules.adminRule)) : undefined,
  };
}

export function maySignIn({ status }: Pick<UserPosture, 'status'>): boolean {
  return !SIGNED_OUT.has(status);
}

function judge(facets: UserFacets, rules: PostureRules): JudgedUser {
  const { user, factors } = facets;
  const { lookups, mfaRule, adminRule, readsUserType } = rules;
  const signedInAt = user.lastLogin === undefined ? undefined : parseStamp(user.lastLogin);
  const kinds = new Set(
    lookups.has('factors') && factors.kind === 'known'
      ? factors.value.filter((factor) => countsAsMfa(factor, mfaRule)).map(({ type }) => factorKind(type))
      : [],
  );
  const posture: UserPosture = {
    status: user.status ?? 'unknown',
    mfa: lookups.has('factors') ? said(hasMfa(factors, mfaRule)) : 'unknown',
    kinds: FACTOR_KINDS.filter((kind) => kinds.has(kind)),
    admin: lookups.has('roles') ? said(isAdmin(facets, adminRule)) : 'unknown',
    signIn: signInOf(user.lastLogin, signedInAt),
    service: shareOf(readsUserType ? isServiceUserType(user.userType) : undefined),
  };
  const counts = signedInAt !== undefined && maySignIn(posture);
  return { posture, signedInDay: counts ? Math.floor(signedInAt / DAY_MS) : undefined };
}

/** Okta gives no last sign-in for users who have never signed in. */
function signInOf(lastLogin: string | undefined, at: number | undefined): UserPosture['signIn'] {
  if (lastLogin === undefined) return 'never';
  return at === undefined ? 'unknown' : 'known';
}

/** A question that failed or was not asked is not answered. */
function said(facet: Facet<boolean>): YesNoUnknown {
  return shareOf(facet.kind === 'known' ? facet.value : undefined);
}

function shareOf(answer: boolean | undefined): YesNoUnknown {
  if (answer === undefined) return 'unknown';
  return answer ? 'yes' : 'no';
}
