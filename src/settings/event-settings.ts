import { ADMIN_RULES } from '../enrich/admin.ts';
import { LOOKUP_FAILURE_RULES } from '../enrich/enrich-user.ts';
import { MFA_RULES } from '../enrich/mfa.ts';
import { RISK_RULES } from '../enrich/risk.ts';
import { DIALECT_NAMES } from '../ocsf/names.ts';
import { facts } from './facts.ts';
import { fromText } from './parsed.ts';
import * as values from './values.ts';

/** The settings that decide what an event says of a user. */
export const EVENT_SETTINGS = {
  dialect: fromText(values.oneOf(DIALECT_NAMES)).register(facts, {
    name: 'DIALECT',
    decides: ['event'],
    default: 'sekoia',
    description: "the form of the events: the reference connector's, or that of an OCSF version",
    example: 'ocsf-1.6.0',
  }),
  mfaRule: fromText(values.oneOf(MFA_RULES)).register(facts, {
    name: 'MFA_RULE',
    decides: ['event'],
    default: { sekoia: 'any', ocsf: 'active' },
    description:
      'which factors count: any of them; active ones; strong ones (not question, email, sms or call)',
    example: 'active',
  }),
  adminRule: fromText(values.oneOf(ADMIN_RULES)).register(facts, {
    name: 'ADMIN_RULE',
    decides: ['event'],
    default: { sekoia: 'reference', ocsf: 'any-role' },
    description: 'who is Admin: holders of an active role whose type contains "admin", or of any active role',
    example: 'any-role',
  }),
  onLookupFailure: fromText(values.oneOf(LOOKUP_FAILURE_RULES)).register(facts, {
    name: 'ON_LOOKUP_FAILURE',
    decides: ['event'],
    default: 'omit',
    description:
      'what a failed lookup leaves in the event: nothing, or "none" as the reference connector does',
    example: 'omit',
  }),
  rawData: fromText(values.yesOrNo).register(facts, {
    name: 'RAW_DATA',
    decides: ['event', 'kept'],
    effect: {
      words: 'in the dialects ocsf-*',
      holds: (textOf) => textOf('DIALECT').toLowerCase().startsWith('ocsf-'),
    },
    default: 'false',
    description: 'ocsf-* dialects: carry the user as Okta gave it, without credentials',
    example: 'true',
  }),
  risk: fromText(values.yesOrNo).register(facts, {
    name: 'RISK',
    decides: ['event'],
    effect: {
      words: 'in the dialects ocsf-*',
      holds: (textOf) => textOf('DIALECT').toLowerCase().startsWith('ocsf-'),
    },
    default: 'false',
    description: "ocsf-* dialects: judge each user's risk by the rules of RISK_RULES (docs/risk.md)",
    example: 'true',
  }),
  riskRules: fromText(values.riskRules).register(facts, {
    name: 'RISK_RULES',
    decides: ['event'],
    effect: {
      words: 'with RISK=true in the dialects ocsf-*',
      holds: (textOf) =>
        textOf('RISK').toLowerCase() === 'true' && textOf('DIALECT').toLowerCase().startsWith('ocsf-'),
    },
    default: RISK_RULES.join(','),
    description: 'the rules by which RISK judges',
    example: 'admin-without-mfa,dormant',
  }),
};
