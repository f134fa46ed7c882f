import { ZodDefault, ZodOptional } from 'zod';
import { LOG_LEVELS } from '../ports/log.ts';
import { LOOKUPS } from '../ports/org.ts';
import { ALERT_SETTINGS } from './alert-settings.ts';
import { ASSET_SETTINGS, withAsset } from './asset-settings.ts';
import { intakeBaseUrl, oktaBaseUrl } from './base-url.ts';
import { DPOP_MODES, SERVICE_APP_NAMES } from './credential.ts';
import { EVENT_SETTINGS } from './event-settings.ts';
import { HOOKS_CREDENTIAL_SETTINGS } from './hooks-credential.ts';
import { facts, type SettingFacts } from './facts.ts';
import { NOTICE_SETTINGS } from './notice-settings.ts';
import { HOOK_SETTINGS } from './hook-settings.ts';
import { allowedTexts, fromAnyText, fromText, type Allowed } from './parsed.ts';
import { privateKeys } from './private-key.ts';
import { proxyUrl } from './proxy-url.ts';
import { QUESTION_SETTINGS } from './question-settings.ts';
import { SCHEDULE_SETTINGS } from './schedule-settings.ts';
import { SHAPING_SETTINGS } from './shaping-settings.ts';
import * as values from './values.ts';

const MOST_BYTES = 104_857_600;

/**
 * Every setting, with the way its text is read and everything that is said about it in any place. A new setting is one
 * entry.
 */
export const SETTINGS = {
  oktaBaseUrl: fromText(oktaBaseUrl).register(facts, {
    name: 'OKTA_BASE_URL',
    decides: ['event', 'connection'],
    requiredTo: 'read',
    description: 'the org; custom domains are welcome; https, or http to this machine only',
    allowed: 'an https URL without a path; http to this machine only',
    example: 'https://acme.okta.com',
  }),
  orgLabel: fromText(values.label)
    .optional()
    .register(facts, {
      name: 'ORG_LABEL',
      decides: ['event'],
      description: 'a name for this org in logs and report, and in metadata.labels of ocsf-* events',
      allowed: 'one line of at most 100 characters',
      example: 'acme-production',
    }),
  httpsProxy: fromText(proxyUrl)
    .optional()
    .register(facts, {
      name: 'HTTPS_PROXY',
      decides: ['connection'],
      isSecret: true,
      description:
        'the proxy on the way to Okta, the intake and the webhook; never used for this machine itself',
      allowed: 'an http or https URL; with user and password if need be',
      example: 'http://proxy.example.com:3128',
    }),
  noProxy: fromText(values.anyText)
    .optional()
    .register(facts, {
      name: 'NO_PROXY',
      decides: ['connection'],
      description: 'hosts and domains that are reached without the proxy, separated by commas; * is all',
      allowed: 'hosts and domains, separated by commas; or *',
      example: 'api.sekoia.io,.example.com',
    }),
  oktaApiToken: fromText(values.headerSecret('SSWS'))
    .optional()
    .register(facts, {
      name: 'OKTA_API_TOKEN',
      decides: ['connection'],
      requiredTo: 'read',
      unlessGiven: SERVICE_APP_NAMES,
      isSecret: true,
      description: 'the SSWS token that reads the org; or a service app by the next four',
      allowed: 'plain ASCII without spaces; without "SSWS" in front',
      example: '00aBcD...',
    }),
  oktaClientId: fromText(values.pathSegment)
    .optional()
    .register(facts, {
      name: 'OKTA_CLIENT_ID',
      decides: ['connection'],
      description: 'the Client ID of the service app (OAuth 2.0 with private_key_jwt)',
      allowed: 'an id of letters, digits and hyphens',
      example: '0oa1b2c3d4E5F6G7H8I9',
    }),
  oktaPrivateKey: fromAnyText(privateKeys)
    .optional()
    .register(facts, {
      name: 'OKTA_PRIVATE_KEY',
      decides: ['connection'],
      isSecret: true,
      description:
        'its private key as PEM, JWK or base64 of either; while keys are rotated two of them, one PEM after the other or as a JWK set',
      allowed: 'one key or two; RSA of at least 2048 bits, or EC',
      example: '-----BEGIN PRIVATE KEY-----...',
    }),
  oktaKeyId: fromText(values.keyIds)
    .optional()
    .register(facts, {
      name: 'OKTA_KEY_ID',
      decides: ['connection'],
      description: "the key's KID in Okta, unless the JWK names it; of two keys both, separated by a comma",
      allowed: 'one id, or two separated by a comma',
      example: 'kT4x0vQ2pXc',
    }),
  oktaDpop: fromText(values.oneOf(DPOP_MODES)).register(facts, {
    name: 'OKTA_DPOP',
    decides: ['connection'],
    effect: {
      words: 'with a service app (OKTA_CLIENT_ID, or OKTA_HOOKS_CLIENT_ID for the command hooks)',
      holds: (textOf) => textOf('OKTA_CLIENT_ID') !== '' || textOf('OKTA_HOOKS_CLIENT_ID') !== '',
    },
    default: 'auto',
    description:
      "bind the service app's tokens to a key of this process (DPoP): as Okta asks, always or never",
    example: 'always',
  }),
  oktaRateLimitShare: fromText(values.share).register(facts, {
    name: 'OKTA_RATE_LIMIT_SHARE',
    decides: ['connection'],
    default: '0.5',
    description: "the part of each Okta bucket's shown limit that may be spent, over 0 up to 1",
    allowed: 'a part over 0 up to 1',
    example: '0.5',
  }),
  oktaMaxConcurrency: fromText(values.wholeNumber(1, 1000)).register(facts, {
    name: 'OKTA_MAX_CONCURRENCY',
    decides: ['connection'],
    default: '10',
    description: 'requests to Okta in flight',
    example: '10',
  }),
  oktaUserSearch: fromText(values.searchExpression)
    .optional()
    .register(facts, {
      name: 'OKTA_USER_SEARCH',
      decides: ['asked'],
      description: 'Okta search expression: only these users',
      allowed: 'one line; brackets and quotes that close',
      example: 'profile.department eq "Finance"',
    }),
  includeDeprovisioned: fromText(values.yesOrNo).register(facts, {
    name: 'INCLUDE_DEPROVISIONED',
    decides: ['asked'],
    effect: { words: 'without STATUSES, which decides alone', holds: (textOf) => textOf('STATUSES') === '' },
    default: 'false',
    description: 'deactivated users too',
    example: 'true',
  }),
  lookups: fromText(values.lookups).register(facts, {
    name: 'LOOKUPS',
    decides: ['asked', 'connection'],
    default: LOOKUPS.join(','),
    description: 'which enrichments to make; group-roles needs groups',
    example: 'groups,factors',
  }),
  ...ASSET_SETTINGS,
  ...SHAPING_SETTINGS,
  ...EVENT_SETTINGS,
  sekoiaBaseUrl: fromText(intakeBaseUrl).register(facts, {
    name: 'SEKOIA_BASE_URL',
    default: 'https://api.sekoia.io',
    description: 'the intake; https, or http to this machine only',
    allowed: 'an https URL, with a path if need be; http to this machine only',
    example: 'https://api.sekoia.io',
  }),
  sekoiaApiKey: fromText(values.headerSecret('Bearer')).optional().register(facts, {
    name: 'SEKOIA_API_KEY',
    requiredTo: 'push',
    isSecret: true,
    description: 'the key of the intake',
    allowed: 'plain ASCII without spaces; without "Bearer" in front',
    example: 'eyJhbG...',
  }),
  sekoiaConnectorUuid: fromText(values.pathSegment).optional().register(facts, {
    name: 'SEKOIA_CONNECTOR_UUID',
    requiredTo: 'push',
    description: 'the id of the asset connector that receives the events',
    allowed: 'an id of letters, digits and hyphens',
    example: '5b0c1f0e-6d3a-4b57-9a53-2f4f6f3f7c11',
  }),
  sekoiaDevicesConnectorUuid: fromText(values.pathSegment)
    .optional()
    .register(facts, {
      name: 'SEKOIA_DEVICES_CONNECTOR_UUID',
      effect: withAsset('devices'),
      requiredTo: 'push',
      description: 'the id of the asset connector that receives the events of devices',
      allowed: 'an id of letters, digits and hyphens',
      example: '8c2d7a40-11f6-4c1e-9d0b-3a5e7b9c2f18',
    }),
  batchSize: fromText(values.wholeNumber(1, 100_000)).register(facts, {
    name: 'BATCH_SIZE',
    default: '100',
    description: 'most events in one push',
    example: '100',
  }),
  batchBytes: fromText(values.wholeNumber(1, MOST_BYTES)).register(facts, {
    name: 'BATCH_BYTES',
    default: '1048576',
    description: 'most bytes in one push',
    example: '1048576',
  }),
  ...SCHEDULE_SETTINGS,
  ...NOTICE_SETTINGS,
  ...QUESTION_SETTINGS,
  ...ALERT_SETTINGS,
  verifyAnswersSeconds: fromText(values.wholeNumber(0, values.A_YEAR_SECONDS)).register(facts, {
    name: 'VERIFY_ANSWERS',
    default: '604800',
    description:
      'every answer is asked again at the latest after this time, the oldest first, over all runs; between, the System Log vouches for it; 0: every full run asks everybody',
    allowed: 'whole seconds from 0 to 31536000',
    example: '604800',
  }),
  maxDrift: fromText(values.percentage).register(facts, {
    name: 'MAX_DRIFT',
    default: '0.1%',
    description:
      'when more verified answers of a lookup than this, and at least 3 within seven days, differ though no event said so, the next full run asks everybody',
    allowed: 'a percentage from 0% to 100%',
    example: '0.1%',
  }),
  policyRecheckSeconds: fromText(values.policyRecheck).register(facts, {
    name: 'POLICY_RECHECK',
    default: '86400',
    description:
      'seconds over which the factors of all users are read again after a change of an enrolment policy, an authenticator or a zone',
    allowed: 'whole seconds from 0 to 31536000; or at-once',
    example: '86400',
  }),
  delivery: fromText(values.oneOf(['changed', 'all'])).register(facts, {
    name: 'DELIVERY',
    default: 'changed',
    description: 'only events that differ from what was delivered, or those of every user evaluated',
    example: 'changed',
  }),
  resendIntervalSeconds: fromText(values.wholeNumber(0, values.A_YEAR_SECONDS)).register(facts, {
    name: 'RESEND_INTERVAL',
    default: '604800',
    description: 'seconds after which a full run delivers unchanged events again',
    example: '604800',
  }),
  fullSyncIntervalSeconds: fromText(values.wholeNumber(1, values.A_YEAR_SECONDS)).register(facts, {
    name: 'FULL_SYNC_INTERVAL',
    default: '86400',
    description: 'seconds from the end of a full run to the start of the next',
    example: '86400',
  }),
  verifyGroupRoles: fromText(values.wholeNumber(0, 10_000)).register(facts, {
    name: 'VERIFY_GROUP_ROLES',
    effect: {
      words: 'with the lookup group-roles or roles',
      holds: (textOf) => textOf('LOOKUPS').includes('roles'),
    },
    default: '7',
    description:
      'every how many full runs all groups are asked for roles, whatever their admin flag says; 0 never',
    example: '7',
  }),
  maxAnswerAgeSeconds: fromText(values.wholeNumber(0, values.A_YEAR_SECONDS)).register(facts, {
    name: 'MAX_ANSWER_AGE',
    decides: ['event'],
    default: '604800',
    description: 'seconds that a last known answer may stand in for a lookup that failed',
    example: '604800',
  }),
  maxRemovals: fromText(values.percentage).register(facts, {
    name: 'MAX_REMOVALS',
    default: '10%',
    description:
      'nobody is removed when over 3 and over this share of the known users are gone, or over half, or the list is empty',
    allowed: 'a percentage from 0% to 100%',
    example: '10%',
  }),
  historyDays: fromText(values.wholeNumber(0, 3650)).register(facts, {
    name: 'HISTORY_DAYS',
    default: '30',
    description: 'how many days the history of changes goes back; 0: no changes are recorded',
    allowed: 'whole days from 0 to 3650',
    example: '90',
  }),
  stateDir: fromText(values.anyText).register(facts, {
    name: 'STATE_DIR',
    default: './state',
    description: 'where the inventory is kept',
    allowed: 'the path of a folder',
    example: '/var/lib/okta-ocsf',
  }),
  httpHost: fromText(values.listenHost).register(facts, {
    name: 'HTTP_HOST',
    default: '127.0.0.1',
    description:
      'the address on which worker answers for health and metrics; 0.0.0.0 is every address, of IPv6 too',
    allowed: 'an address or a host name, without scheme or port',
    example: '0.0.0.0',
  }),
  httpPort: fromText(values.wholeNumber(0, 65_535)).register(facts, {
    name: 'HTTP_PORT',
    default: '8080',
    description: 'the port of health and metrics',
    example: '8080',
  }),
  statusPage: fromText(values.yesOrNo).register(facts, {
    name: 'STATUS_PAGE',
    default: 'true',
    description: 'worker shows its state at / and /api/status, without names or ids',
    example: 'false',
  }),
  httpAllowedHosts: fromText(values.hostNames)
    .optional()
    .register(facts, {
      name: 'HTTP_ALLOWED_HOSTS',
      effect: { words: 'with STATUS_PAGE=true', holds: (textOf) => textOf('STATUS_PAGE') !== 'false' },
      description:
        'names under which browsers may ask for the status page, beside localhost and addresses; others get 421',
      allowed: 'host names, separated by commas; without scheme or port',
      example: 'okta-ocsf.example.com',
    }),
  ...HOOK_SETTINGS,
  ...HOOKS_CREDENTIAL_SETTINGS,
  logLevel: fromText(values.oneOf(LOG_LEVELS)).register(facts, {
    name: 'LOG_LEVEL',
    default: 'info',
    description: 'the least level that is logged',
    example: 'debug',
  }),
};

export interface SettingRow extends Omit<SettingFacts, 'allowed'> {
  /** The property of `Settings`. */
  readonly key: string;
  /** In words; or values that can be counted. */
  readonly allowed: string | Allowed;
}

/** The table as rows, in its order. */
export const SETTING_ROWS: readonly SettingRow[] = Object.entries(SETTINGS).map(([key, schema]) => {
  const row = facts.get(schema);
  const allowed =
    row?.allowed ??
    allowedTexts.get(
      schema instanceof ZodOptional || schema instanceof ZodDefault ? schema.unwrap() : schema,
    );
  if (row === undefined || allowed === undefined) throw new Error(`setting without facts: ${key}`);
  return { key, ...row, allowed };
});
