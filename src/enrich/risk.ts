import type { Facet, UserFacets } from '../ports/org.ts';
import { isAdmin, type AdminRule } from './admin.ts';
import { isActive, mapFacet } from './facets.ts';
import { hasMfa } from './mfa.ts';
import { parseStamp } from './stamps.ts';

const DAY_MS = 86_400_000;
const DORMANT_DAYS = 90;
const OLD_PASSWORD_DAYS = 365;
const NEVER_SIGNED_IN_DAYS = 30;

/** `undefined`: the known answers do not decide. */
type RuleResult = boolean | undefined;

interface RiskSettings {
  readonly adminRule: AdminRule;
  readonly rules: ReadonlySet<RiskRule>;
}

interface RiskCase {
  readonly facets: UserFacets;
  readonly adminRule: AdminRule;
  /** The day for which the risk is judged, in Unix milliseconds. */
  readonly at: number;
}

interface RuleText {
  readonly score: number;
  readonly reason: string;
  readonly holds: (given: RiskCase) => RuleResult;
}

/** Okta lets users with these statuses sign in, or go on with it. */
const USABLE_STATUSES: ReadonlySet<string> = new Set([
  'ACTIVE',
  'PROVISIONED',
  'PASSWORD_EXPIRED',
  'RECOVERY',
  'LOCKED_OUT',
]);

/** Every rule with its score and reason. docs/risk.md has the same table; a test compares them. */
export const RISK_TABLE = {
  'admin-without-mfa': {
    score: 90,
    reason: 'Admin without an active factor',
    holds: ({ facets, adminRule }) =>
      all(isUsable(facets), said(isAdmin(facets, adminRule)), not(said(hasMfa(facets.factors, 'active')))),
  },
  'admin-weak-mfa': {
    score: 60,
    reason: 'Admin whose active factors are all weak: question, email, sms or call',
    holds: ({ facets, adminRule }) =>
      all(
        isUsable(facets),
        said(isAdmin(facets, adminRule)),
        said(hasMfa(facets.factors, 'active')),
        not(said(hasMfa(facets.factors, 'strong'))),
      ),
  },
  'deactivated-admin': {
    score: 50,
    reason: 'Deactivated but still in a group that holds an active admin role',
    holds: ({ facets }) => all(isStatus(facets, 'DEPROVISIONED'), isInAdminGroup(facets)),
  },
  dormant: {
    score: 30,
    reason: `Active but not signed in for ${DORMANT_DAYS} days`,
    holds: ({ facets, at }) =>
      all(isStatus(facets, 'ACTIVE'), isOlder(facets.user.lastLogin, DORMANT_DAYS, at)),
  },
  'never-signed-in': {
    score: 30,
    reason: `Never signed in, ${NEVER_SIGNED_IN_DAYS} days after activation`,
    holds: ({ facets, at }) => {
      const { lastLogin, activated, created } = facets.user;
      return all(
        isUsable(facets),
        lastLogin === undefined,
        isOlder(activated ?? created, NEVER_SIGNED_IN_DAYS, at),
      );
    },
  },
  'old-password': {
    score: 20,
    reason: `Password older than ${OLD_PASSWORD_DAYS} days`,
    holds: ({ facets, at }) =>
      all(isUsable(facets), isOlder(facets.user.passwordChanged, OLD_PASSWORD_DAYS, at)),
  },
} as const satisfies Readonly<Record<string, RuleText>>;

export type RiskRule = keyof typeof RISK_TABLE;
export const RISK_RULES: readonly RiskRule[] = Object.keys(RISK_TABLE).filter(isRiskRule);

export function isRiskRule(name: string): name is RiskRule {
  return Object.hasOwn(RISK_TABLE, name);
}

/** From the highest level. A score belongs to the first level whose least score it reaches. */
export const RISK_LEVELS = [
  { level: 'Critical', levelId: 4, least: 90 },
  { level: 'High', levelId: 3, least: 60 },
  { level: 'Medium', levelId: 2, least: 30 },
  { level: 'Low', levelId: 1, least: 1 },
  { level: 'Info', levelId: 0, least: 0 },
] as const;

const HIGHEST_SCORE = 100;

interface RiskReason {
  readonly rule: RiskRule;
  readonly score: number;
  readonly reason: string;
}

export interface Risk {
  readonly level: string;
  readonly levelId: number;
  /** The sum of the reasons' scores, at most 100. */
  readonly score: number;
  readonly reasons: readonly RiskReason[];
  /** Rules that the known answers do not decide: the true score may be higher. */
  readonly undecided: readonly RiskRule[];
}

/**
 * The risk of a user on the day of `facets.evaluatedAt`. `undefined` where no rule holds and one is undecided: "no
 * risk" would be a guess.
 */
export function assessRisk(facets: UserFacets, { adminRule, rules }: RiskSettings): Risk | undefined {
  const given: RiskCase = { facets, adminRule, at: facets.evaluatedAt ?? facets.readAt };
  const reasons: RiskReason[] = [];
  const undecided: RiskRule[] = [];
  for (const rule of RISK_RULES) {
    if (!rules.has(rule)) continue;
    const { score, reason, holds } = RISK_TABLE[rule];
    const verdict = holds(given);
    if (verdict === undefined) undecided.push(rule);
    if (verdict === true) reasons.push({ rule, score, reason });
  }
  if (reasons.length === 0 && undecided.length > 0) return undefined;
  const score = Math.min(
    HIGHEST_SCORE,
    reasons.reduce((sum, reason) => sum + reason.score, 0),
  );
  const { level, levelId } = RISK_LEVELS.find(({ least }) => score >= least) ?? RISK_LEVELS[4];
  return { level, levelId, score, reasons, undecided };
}

/** Three-valued "and": one known no decides, whatever else is unknown. */
function all(...verdicts: readonly RuleResult[]): RuleResult {
  if (verdicts.includes(false)) return false;
  return verdicts.includes(undefined) ? undefined : true;
}

function not(verdict: RuleResult): RuleResult {
  return verdict === undefined ? undefined : !verdict;
}

/** A question that failed or was not asked decides nothing. */
function said(facet: Facet<boolean>): RuleResult {
  return facet.kind === 'known' ? facet.value : undefined;
}

function isStatus({ user }: UserFacets, status: string): RuleResult {
  return user.status === undefined ? undefined : user.status === status;
}

function isUsable({ user }: UserFacets): RuleResult {
  return user.status === undefined ? undefined : USABLE_STATUSES.has(user.status);
}

/** An absent date is not an old one; a date that cannot be read decides nothing. */
function isOlder(stamp: string | undefined, days: number, at: number): RuleResult {
  if (stamp === undefined) return false;
  const since = parseStamp(stamp);
  return since === undefined ? undefined : at - since > days * DAY_MS;
}

function isInAdminGroup({ groups }: UserFacets): RuleResult {
  if (groups.kind !== 'known') return undefined;
  const verdicts = groups.value.map(({ roles }) => said(mapFacet(roles, (list) => list.some(isActive))));
  if (verdicts.includes(true)) return true;
  return verdicts.includes(undefined) ? undefined : false;
}
