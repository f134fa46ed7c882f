import type { Facet, Factor } from '../ports/org.ts';
import { mapFacet } from './facets.ts';

export const MFA_RULES = ['any', 'active', 'strong'] as const;
export type MfaRule = (typeof MFA_RULES)[number];

/**
 * Factors that can be phished or guessed from afar. Identity Engine enrols some of them (e-mail) without anyone asking.
 */
const WEAK_TYPES: ReadonlySet<string> = new Set(['question', 'email', 'sms', 'call']);

/** Some providers say ENROLLED for ACTIVE; providers that give no status list only factors that work. */
function isUsable({ status }: Factor): boolean {
  return status === undefined || status === 'ACTIVE' || status === 'ENROLLED';
}

const COUNTS: Readonly<Record<MfaRule, (factor: Factor) => boolean>> = {
  any: () => true,
  active: isUsable,
  strong: (factor) => isUsable(factor) && !WEAK_TYPES.has(factor.type),
};

export function countsAsMfa(factor: Factor, rule: MfaRule): boolean {
  return COUNTS[rule](factor);
}

/** Has the user a factor that counts under the rule? Unknown factors make this unknown, never a no. */
export function hasMfa(factors: Facet<readonly Factor[]>, rule: MfaRule): Facet<boolean> {
  return mapFacet(factors, (list) => list.some(COUNTS[rule]));
}
