import { createHash, generateKeyPairSync } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { loadSettings } from '../settings/load.ts';
import { SETTING_ROWS } from '../settings/table.ts';
import { connectionKey, fingerprintOf } from './fingerprints.ts';

const folder = mkdtempSync(join(tmpdir(), 'okta-ocsf-fingerprints-'));
afterAll(() => rmSync(folder, { recursive: true }));

type Env = Readonly<Record<string, string>>;

function mappingFile(name: string, from: string, to: string): string {
  const path = join(folder, name);
  writeFileSync(path, JSON.stringify([{ from, to }]));
  return path;
}

function privateKey(): string {
  return generateKeyPairSync('ec', { namedCurve: 'P-256' })
    .privateKey.export({ type: 'pkcs8', format: 'pem' })
    .toString();
}

/** With every setting given that others need to have an effect. */
const TOKEN: Env = {
  OKTA_BASE_URL: 'https://acme.okta.com',
  OKTA_API_TOKEN: '00abcdefghijklmn',
  HTTPS_PROXY: 'http://joe:proxy-password@proxy.example.com:3128',
  SEKOIA_API_KEY: 'key-of-the-intake',
  DIALECT: 'ocsf-1.6.0',
  RISK: 'true',
  REDACT: 'email=hash',
  REDACT_KEY: 'k'.repeat(32),
  MAPPING_FILE: mappingFile('mapping.json', 'profile.team', 'unmapped.team'),
  ALERT_WEBHOOK_URL: 'https://alerts.example.com/okta-ocsf',
  ALERT_WEBHOOK_KEY: 'w'.repeat(32),
  HOOK_PORT: '8443',
  HOOK_SECRET: 's'.repeat(32),
  HOOK_TLS_CERT_FILE: '/etc/tls.crt',
  HOOK_TLS_KEY_FILE: '/etc/tls.key',
};
const { OKTA_API_TOKEN: _, ...WITHOUT_TOKEN } = TOKEN;
const APP: Env = {
  ...WITHOUT_TOKEN,
  OKTA_CLIENT_ID: '0oa1',
  OKTA_PRIVATE_KEY: privateKey(),
  OKTA_KEY_ID: 'kid-1',
};

/** Another value of every setting. */
const OTHERS: Env = {
  OKTA_BASE_URL: 'https://login.acme.example',
  ORG_LABEL: 'production',
  HTTPS_PROXY: 'http://joe:another-password@proxy.example.com:3128',
  NO_PROXY: 'acme.okta.com',
  OKTA_API_TOKEN: '00nmlkjihgfedcba',
  OKTA_CLIENT_ID: '0oa2',
  OKTA_PRIVATE_KEY: privateKey(),
  OKTA_KEY_ID: 'kid-2',
  OKTA_DPOP: 'always',
  OKTA_RATE_LIMIT_SHARE: '0.25',
  OKTA_RATE_LIMIT_SHARE_WINDOW: '0.8',
  SCHEDULE: '@daily',
  SCHEDULE_TIME_ZONE: 'Europe/Paris',
  FULL_SYNC_WINDOW: '22:00-05:00',
  OKTA_MAX_CONCURRENCY: '4',
  OKTA_USER_SEARCH: 'profile.department eq "Finance"',
  INCLUDE_DEPROVISIONED: 'true',
  LOOKUPS: 'groups,factors',
  ASSETS: 'apps,devices',
  APP_USERS: 'all',
  INCLUDE_GROUPS: 'Employees',
  EXCLUDE_GROUPS: 'Guests',
  STATUSES: 'ACTIVE',
  MAPPING_FILE: mappingFile('other.json', 'profile.team', 'unmapped.group'),
  REDACT: 'email=drop',
  REDACT_KEY: 'q'.repeat(32),
  DIALECT: 'ocsf-1.5.0',
  MFA_RULE: 'strong',
  ADMIN_RULE: 'reference',
  ON_LOOKUP_FAILURE: 'assume-none',
  RAW_DATA: 'true',
  RISK: 'false',
  RISK_RULES: 'dormant',
  SEKOIA_BASE_URL: 'https://intake.example',
  SEKOIA_API_KEY: 'another-key',
  SEKOIA_CONNECTOR_UUID: 'id-2',
  SEKOIA_DEVICES_CONNECTOR_UUID: 'id-3',
  BATCH_SIZE: '10',
  BATCH_BYTES: '1000',
  FREQUENCY: '60',
  VERIFY_ANSWERS: '60',
  MAX_DRIFT: '1%',
  POLICY_RECHECK: 'at-once',
  DELIVERY: 'all',
  RESEND_INTERVAL: '60',
  FULL_SYNC_INTERVAL: '60',
  VERIFY_GROUP_ROLES: '1',
  MAX_ANSWER_AGE: '60',
  MAX_REMOVALS: '20%',
  STATE_DIR: '/var/lib/elsewhere',
  HTTP_HOST: '0.0.0.0',
  HTTP_PORT: '9090',
  STATUS_PAGE: 'false',
  HTTP_ALLOWED_HOSTS: 'status.example.com',
  HOOK_PORT: '9443',
  HOOK_HOST: '0.0.0.0',
  HOOK_PATH: '/hooks',
  HOOK_SECRET: 't'.repeat(32),
  HOOK_HEADER: 'X-Hook-Secret',
  HOOK_DELAY: '5',
  HOOK_TLS_CERT_FILE: '/etc/other.crt',
  HOOK_TLS_KEY_FILE: '/etc/other.key',
  ALERT_WEBHOOK_URL: 'https://hooks.example.com/okta-ocsf',
  ALERT_WEBHOOK_KEY: 'n'.repeat(32),
  ALERT_WEBHOOK_FORMAT: 'slack',
  NOTIFY: 'all',
  QUERIES_DIR: '/etc/okta-ocsf/queries',
  ALERTS_FILE: mappingFile('alerts.json', 'profile.team', 'unmapped.team'),
  HISTORY_DAYS: '90',
  OKTA_HOOKS_API_TOKEN: '00hooks',
  OKTA_HOOKS_CLIENT_ID: '0oa3',
  OKTA_HOOKS_PRIVATE_KEY: privateKey(),
  OKTA_HOOKS_KEY_ID: 'kid-3',
  LOG_LEVEL: 'debug',
};

/** They say when, how fast, how much at once and where to: what was made with other values stays right. */
const DECIDE_NOTHING = [
  'APP_USERS',
  'SEKOIA_BASE_URL',
  'SEKOIA_API_KEY',
  'SEKOIA_CONNECTOR_UUID',
  'SEKOIA_DEVICES_CONNECTOR_UUID',
  'BATCH_SIZE',
  'BATCH_BYTES',
  'FREQUENCY',
  'SCHEDULE',
  'ALERT_WEBHOOK_URL',
  'ALERT_WEBHOOK_KEY',
  'ALERT_WEBHOOK_FORMAT',
  'NOTIFY',
  'QUERIES_DIR',
  'ALERTS_FILE',
  'VERIFY_ANSWERS',
  'MAX_DRIFT',
  'POLICY_RECHECK',
  'DELIVERY',
  'RESEND_INTERVAL',
  'FULL_SYNC_INTERVAL',
  'VERIFY_GROUP_ROLES',
  'MAX_REMOVALS',
  'HISTORY_DAYS',
  'STATE_DIR',
  'HTTP_HOST',
  'HTTP_PORT',
  'STATUS_PAGE',
  'HTTP_ALLOWED_HOSTS',
  'HOOK_PORT',
  'HOOK_HOST',
  'HOOK_PATH',
  'HOOK_SECRET',
  'HOOK_HEADER',
  'HOOK_DELAY',
  'HOOK_TLS_CERT_FILE',
  'HOOK_TLS_KEY_FILE',
  'OKTA_HOOKS_API_TOKEN',
  'OKTA_HOOKS_CLIENT_ID',
  'OKTA_HOOKS_PRIVATE_KEY',
  'OKTA_HOOKS_KEY_ID',
  'LOG_LEVEL',
];

function fingerprintsOf(env: Env) {
  const { settings } = loadSettings(env, { requireSink: false });
  return {
    event: fingerprintOf('event', settings),
    asked: fingerprintOf('asked', settings),
    kept: fingerprintOf('kept', settings),
    connection: connectionKey(settings),
  };
}

function changedBy(env: Env, change: Env): string[] {
  const [before, after] = [fingerprintsOf(env), fingerprintsOf({ ...env, ...change })];
  return Object.keys(before).filter((name) => Reflect.get(before, name) !== Reflect.get(after, name));
}

test('compose, fingerprints: every setting says what it decides, or is known to decide nothing', () => {
  const silent = SETTING_ROWS.filter(({ decides }) => decides === undefined);

  expect(silent.map(({ name }) => name)).toEqual(DECIDE_NOTHING);
  expect(Object.keys(OTHERS).toSorted()).toEqual(SETTING_ROWS.map(({ name }) => name).toSorted());
});

test.each(SETTING_ROWS)(
  'compose, fingerprints: another $name changes the fingerprints of what it decides, and no other',
  (row) => {
    const { name, decides = [] } = row;
    const env = name in APP && !(name in TOKEN) ? APP : TOKEN;

    expect(changedBy(env, { [name]: OTHERS[name] ?? '' })).toEqual([...decides].toSorted(byPlace));
  },
);

const PLACES = ['event', 'asked', 'kept', 'connection'];

function byPlace(one: string, other: string): number {
  return PLACES.indexOf(one) - PLACES.indexOf(other);
}

test.each([
  ['RISK_RULES without RISK', { RISK: 'false' }, { RISK_RULES: 'dormant' }, []],
  ['REDACT_KEY without a hash', { REDACT: 'email=drop' }, { REDACT_KEY: 'q'.repeat(32) }, []],
  [
    'RAW_DATA in the dialect sekoia, which carries none',
    { DIALECT: 'sekoia', RISK: 'false', MAPPING_FILE: '' },
    { RAW_DATA: 'true' },
    ['kept'],
  ],
  ['the order of LOOKUPS', { LOOKUPS: 'groups,factors' }, { LOOKUPS: 'factors,groups' }, []],
  ['the order of STATUSES', { STATUSES: 'ACTIVE,STAGED' }, { STATUSES: 'STAGED,ACTIVE' }, []],
  ['the order of REDACT', { REDACT: 'email=drop,title=hash' }, { REDACT: 'title=hash,email=drop' }, []],
  [
    'another expression in MAPPING_FILE',
    {},
    { MAPPING_FILE: mappingFile('expression.json', 'profile.title', 'unmapped.team') },
    ['kept'],
  ],
  [
    'another place of the same MAPPING_FILE',
    {},
    { MAPPING_FILE: mappingFile('moved.json', 'profile.team', 'unmapped.team') },
    [],
  ],
])('compose, fingerprints: %s changes only what it decides', (_what, env, change, changed) => {
  expect(changedBy({ ...TOKEN, ...env }, change)).toEqual(changed);
});

test('compose, fingerprints: a fingerprint that is stored holds no secret, nor a digest of one that needs no key', () => {
  const secrets = [TOKEN, APP].flatMap((env) =>
    SETTING_ROWS.filter(({ isSecret }) => isSecret === true).flatMap(({ name }) => env[name] ?? []),
  );

  const stored = [TOKEN, APP].map((env) => {
    const { event, asked, kept } = fingerprintsOf(env);
    return [event, asked, kept].join('\n');
  });

  expect(new Set(secrets).size).toBe(8);
  for (const secret of secrets) {
    const digest = createHash('sha256').update(secret).digest();
    const forms = [secret, ...(['hex', 'base64'] as const).map((form) => digest.toString(form).slice(0, 12))];
    for (const form of forms) expect(stored.join('\n')).not.toContain(form);
  }
});
